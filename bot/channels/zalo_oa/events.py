"""Every event Zalo names, and what it means here. Pure tables and small readers of bodies.

Sources disagree on three names; all of them are known.
"""

from collections.abc import Mapping

from bot.core.events import (
    ChoiceMade,
    DataWithdrawn,
    Event,
    GroupChanged,
    GroupClaimed,
    GroupNews,
    GroupTouched,
    GuideStarted,
    Ignored,
    MediaReceived,
    Notice,
    PersonAnswered,
    ReachabilityChanged,
    ReceiptCame,
    TextReceived,
)
from bot.core.links import claimed
from bot.core.secrets import Secret

PRESS = "#1"  # what a button's payload begins with; "#" also passes the console's text filter
_SEND, _SEND_GROUP = "user_send_", "user_send_group_"
_MEDIA = frozenset(
    {"image", "audio", "video", "sticker", "gif", "location", "file", "business_card"}
)
_GROUP_NEWS = {
    "user_join_group": GroupNews.JOINED,
    "user_out_group": GroupNews.LEFT,
    "user_leave_group": GroupNews.LEFT,
    "user_request_join_group": GroupNews.ASKED,
    "accept_request_join_group": GroupNews.ACCEPTED,
    "react_request_join_group": GroupNews.ACCEPTED,
    "react_request_join_group_accept": GroupNews.ACCEPTED,
    "reject_request_join_group": GroupNews.REJECTED,
    "react_request_join_group_reject": GroupNews.REJECTED,
    "add_group_admin": GroupNews.ADMIN_ADDED,
    "remove_group_admin": GroupNews.ADMIN_REMOVED,
    "update_group_info": GroupNews.RENAMED,
}
_MEMBERSHIP = {"create_group": True, "delete_group": False, "disperse_group": False}
_RECEIPTS = {"user_received_message": "delivered", "user_seen_message": "seen"}
_CAME = frozenset({"follow", "user_click_chatnow"})
_IGNORED = {
    "user_reacted_message": "reaction",
    "oa_reacted_message": "echo",
    "user_submit_info": "contact-form",
    "add_user_to_tag": "tag",
    "remove_user_from_tag": "tag",
    "remove_tag": "tag",
    "update_user_info": "tag",
    "user_feedback": "feedback",
    "user_click_button": "click",
    "user_click_link": "click",
    "change_oa_daily_quota": "quota",
    "change_template_status": "template",
    "change_template_quota": "template",
    "change_template_quality": "template",
}
# What counts as coming near the OA and opens its right to write for seven days.
_NEAR = frozenset({"follow", "user_click_chatnow", "user_submit_info", "user_feedback"})
Body = Mapping[str, object]


def part(body: Body, key: str) -> dict[str, object]:
    """An object inside a body; empty when it is not one."""
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def person_of(name: str, body: Body) -> str:
    """The id that is not the OA's. Zalo has four ways of saying whom an event is about."""
    if name.startswith("oa_"):
        return str(part(body, "recipient").get("id", ""))
    for place in (part(body, "follower"), part(body, "sender")):
        if isinstance(place.get("id"), str):
            return str(place["id"])
    return str(body.get("user_id", ""))


def near(name: str, body: Body) -> str:
    """Who came near the OA by this, by writing to it or in its group; empty for nobody."""
    counts = name.startswith(_SEND) or name in _NEAR
    return person_of(name, body) if counts else ""


def event(name: str, body: Body, secrets: frozenset[Secret]) -> Event | Notice:
    """Unknown names are kept and counted: Zalo adds some without notice."""
    message = part(body, "message")
    if name in _RECEIPTS:
        return ReceiptCame(_RECEIPTS[name], _references(message))
    if name in _GROUP_NEWS:
        return GroupTouched(_GROUP_NEWS[name])
    if name in _MEMBERSHIP:
        return GroupChanged("", _MEMBERSHIP[name], _MEMBERSHIP[name])
    if name.startswith(_SEND_GROUP):
        return _in_group(message)
    if name.startswith(_SEND):
        return _said(name.removeprefix(_SEND), message, secrets)
    return _other(name, body)


def _in_group(message: Body) -> Notice:
    """What is said among neighbours is nobody's business here, but for the code of a group."""
    code = claimed(str(message.get("text", "")))
    return GroupClaimed(code, "") if code else Ignored("group-message")


def _other(name: str, body: Body) -> Event | Notice:
    if name in _CAME:
        return GuideStarted("")
    if name == "unfollow":
        return ReachabilityChanged(reachable=False)
    if name == "user_withdraw":
        return DataWithdrawn()
    if name.startswith("oa_send_"):
        by_hand = "group" not in name and part(body, "sender").get("admin_id")
        return PersonAnswered() if by_hand else Ignored("echo")
    if name.startswith("anonymous_send_"):
        return Ignored("anonymous")
    return Ignored(_IGNORED.get(name, f"unknown {name[:60]}"))


def _references(message: Body) -> tuple[str, ...]:
    several = message.get("msg_ids")
    given = several if isinstance(several, list) else [message.get("msg_id")]
    return tuple(one for one in given if isinstance(one, str) and one)


def _said(kind: str, message: Body, secrets: frozenset[Secret]) -> Event | Notice:
    text = message.get("text", "")
    if kind == "text" and isinstance(text, str):
        return _press(text) or TextReceived(text, secrets)
    if kind == "link":
        return TextReceived(_link(message), secrets, forwarded=True)
    if kind == "image":
        caption = TextReceived(text, secrets) if isinstance(text, str) and text else None
        return MediaReceived(kind, caption, str(_payload(message).get("picture", "")))
    return MediaReceived(kind) if kind in _MEDIA else Ignored(f"unknown user_send_{kind[:40]}")


def _press(text: str) -> ChoiceMade | None:
    """A button comes back as a text that anybody could type, so it only names a choice:
    what it may do is judged by the state of the chat."""
    version, _, rest = text.strip().partition("|")
    if version != PRESS:
        return None
    turn, _, choice = rest.partition("|")
    known = turn.isascii() and turn.isdigit() and len(turn) < 18
    return ChoiceMade(choice, int(turn)) if known else ChoiceMade("", -1)


def _payload(message: Body) -> Body:
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else {}
    return part(first, "payload") if isinstance(first, dict) else {}


def _link(message: Body) -> str:
    payload = _payload(message)
    said = (message.get("text"), payload.get("description"), payload.get("url"))
    return "\n".join(one for one in said if isinstance(one, str) and one)
