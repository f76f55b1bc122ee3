"""The OA's HTTP methods by path: token, rate, faults, then the work. Speaks no HTTP itself."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.standins.zalo import groups
from bot.standins.zalo.content import invalid
from bot.standins.zalo.model import Call, Json, RefusedError, User
from bot.standins.zalo.oa import OaCloud

Work = Callable[[OaCloud, Json], object]
_MOST_USERS, _MOST_TALK = 50, 10


def call(oa: OaCloud, token: str, method: str, params: Json) -> object:
    """`method` is "POST /v3.0/oa/message/cs". Raises RefusedError, KeyError for no such path."""
    work = METHODS[method]
    with oa.lock:
        oa.calls.append(Call(method, params, oa.clock()))
        oa.oauth.check(token)
        oa.pace()
        if oa.faults.refusals:
            raise RefusedError(oa.faults.refusals.pop(0), "Refused as told")
        return work(oa, params)


def upload(oa: OaCloud, token: str, kind: str, name: str, body: bytes) -> Json:
    with oa.lock:
        oa.calls.append(Call(f"POST /v2.0/oa/upload/{kind}", {"bytes": len(body)}, oa.clock()))
        oa.oauth.check(token)
        oa.pace()
        return oa.media.add(kind, name, body)


def _user_quota(oa: OaCloud, params: Json) -> Json:
    user = oa.user(params.get("user_id"))
    return {
        "last_interaction": str(int(user.last_interaction * 1000)),
        "cs_reply": {"remain": 8, "total": 8},
        "promotion": dict.fromkeys(
            ("daily_remain", "daily_total", "monthly_remain", "monthly_total"), 0
        ),
    }


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d/%m/%Y")


def _user_detail(oa: OaCloud, params: Json) -> Json:
    user, face = oa.user(params.get("user_id")), "https://example.zadn.vn/a.jpg"
    shared = dict.fromkeys(("address", "city", "district", "phone", "name"), "")
    return {
        "user_id": user.id,
        "user_id_by_app": user.by_app,
        "user_external_id": "",
        "display_name": user.name,
        "user_alias": "",
        "is_sensitive": False,
        "user_last_interaction_date": _day(user.last_interaction),
        "user_is_follower": user.follows,
        "avatar": face,
        "avatars": {"120": face, "240": face},
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": user.tags},
        "shared_info": {**shared, **user.shared},
    }


def _user_list(oa: OaCloud, params: Json) -> Json:
    offset, count = params.get("offset", 0), params.get("count", _MOST_USERS)
    if not (isinstance(offset, int) and isinstance(count, int) and count <= _MOST_USERS):
        raise invalid("count")

    def wanted(user: User) -> bool:
        tag, follows = params.get("tag_name"), params.get("is_follower")
        return (tag is None or tag in user.tags) and follows in (None, user.follows)

    every = [one for one in oa.users.values() if wanted(one)]
    page = [{"user_id": one.id} for one in every[offset : offset + count]]
    return {"total": len(every), "count": len(page), "offset": offset, "users": page}


def _oa_info(oa: OaCloud, _: Json) -> Json:
    return {
        "oaid": oa.console.oa_id,
        "name": oa.console.oa_name,
        "is_verified": oa.verified,
        "oa_type": 4,
        "num_follower": sum(one.follows for one in oa.users.values()),
        "package_name": {"growth": "Tăng trưởng", "full": "Toàn diện"}[oa.package],
        "package_valid_through_date": "31/12/2026",
        "linked_ZCA": "" if oa.wallet is None else "ZCA-1",
    }


def _talk(oa: OaCloud, params: Json) -> list[Json]:
    """Newest first; `src` 0 is the OA, 1 the person."""
    user, start = oa.user(params.get("user_id")), int(params.get("offset", 0))
    count = int(params.get("count", 5))
    if count > _MOST_TALK:
        raise invalid("count")
    newest = list(reversed(user.messages.values()))[start : start + count]
    return [
        {
            "src": 0 if one.from_bot else 1,
            "time": int(one.at * 1000),
            "type": one.kind,
            "message": one.text,
            "message_id": one.id,
            "from_id": one.sender,
        }
        for one in newest
    ]


def _shut(_oa: OaCloud, _params: Json) -> object:
    raise RefusedError(-240, "Message API v2 is shut down, use v3")


METHODS: dict[str, Work] = {
    "POST /v3.0/oa/message/cs": OaCloud.send,
    "POST /v3.0/oa/message/template": OaCloud.send_template,
    "POST /v2.0/oa/message": _shut,
    "POST /v3.0/oa/quota/message": _user_quota,
    "POST /v3.0/oa/quota/group": groups.quota,
    "GET /v3.0/oa/user/detail": _user_detail,
    "GET /v3.0/oa/user/getlist": _user_list,
    "GET /v2.0/oa/getoa": _oa_info,
    "GET /v2.0/oa/conversation": _talk,
    "POST /v3.0/oa/group/message": groups.send,
    "GET /v3.0/oa/group/getgroupsofoa": groups.listed,
    "GET /v3.0/oa/group/getgroup": groups.shown,
    "GET /v3.0/oa/group/listmember": groups.members,
    "GET /v3.0/oa/group/listpendinginvite": groups.pending,
    "POST /v3.0/oa/group/creategroupwithoa": groups.create,
    "POST /v3.0/oa/group/updateinfo": groups.update,
    "POST /v3.0/oa/group/updateasset": groups.renew,
    "POST /v3.0/oa/group/invite": groups.invite,
    "POST /v3.0/oa/group/acceptpendinginvite": groups.accept,
    "POST /v3.0/oa/group/rejectpendinginvite": groups.reject,
    "POST /v3.0/oa/group/removemembers": groups.remove,
    "POST /v3.0/oa/group/addadmins": groups.add_admins,
    "POST /v3.0/oa/group/removeadmins": groups.remove_admins,
    "POST /v3.0/oa/group/delete": groups.delete,
}
