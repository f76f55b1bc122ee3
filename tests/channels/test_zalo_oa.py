"""Zalo OA: bodies as seen in the wild in, calls out, and what each error code means."""

import unicodedata
from pathlib import Path
from typing import Any

import orjson
import pytest
from zalo import CONSOLE, PERSON, zalo_oa

from bot.channels.base import Failure, MalformedError, NotSent, Outgoing, PictureFile, Received
from bot.channels.notes import Fact, Notes
from bot.channels.typed import split
from bot.channels.wire import refused
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.errors import meaning
from bot.channels.zalo_oa.oauth import NoPair, Pair, challenge, read
from bot.channels.zalo_oa.parse import group_chat, group_id
from bot.channels.zalo_oa.render import RICH, Words, parts
from bot.channels.zalo_oa.signature import mac
from bot.channels.zalo_oa.words import plain
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import (
    ChoiceMade,
    DataWithdrawn,
    GroupChanged,
    GroupClaimed,
    GroupNews,
    GroupTouched,
    GuideStarted,
    Ignored,
    MediaReceived,
    PersonAnswered,
    ReachabilityChanged,
    ReceiptCame,
    TextReceived,
)
from bot.core.guide import Choice
from bot.core.secrets import Secret

SEEN = orjson.loads(
    (Path(__file__).parent.parent / "fixtures" / "zalo_oa" / "events.json").read_bytes()
)
EVENTS: dict[str, dict[str, str]] = SEEN["events"]
NOTHING = TextReceived("", forwarded=True)
SHOWN = "http://f6.photo.talk.zdn.vn/000/full.jpg"
GROUP = "g.f414c8f76fa586fb0001"
PROBE = "console_url_check"

# name -> chat, event, who came near the OA by it
EXPECTED: dict[str, tuple[str, object, str]] = {
    "user_send_text": (PERSON, TextReceived("Xin chào, tôi cần cài VNeID"), PERSON),
    "user_send_text_quote": (PERSON, TextReceived("Bước này tôi không thấy nút"), PERSON),
    "user_send_text_from_button": (PERSON, TextReceived("#LT_DONE:vneid-1:3"), PERSON),
    "user_send_image": (PERSON, MediaReceived("image", None, SHOWN), PERSON),
    "user_send_location": (PERSON, MediaReceived("location"), PERSON),
    "user_send_sticker": (PERSON, MediaReceived("sticker"), PERSON),
    "user_send_gif": (PERSON, MediaReceived("gif"), PERSON),
    "user_send_audio": (PERSON, MediaReceived("audio"), PERSON),
    "user_send_video": (PERSON, MediaReceived("video"), PERSON),
    "user_send_file": (PERSON, MediaReceived("file"), PERSON),
    "user_send_link": (
        PERSON,
        TextReceived("Cổng dịch vụ công\nhttps://example.gov.vn/", forwarded=True),
        PERSON,
    ),
    "follow": (PERSON, GuideStarted(""), PERSON),
    "unfollow": (PERSON, ReachabilityChanged(reachable=False), ""),
    "user_click_chatnow": (PERSON, GuideStarted(""), PERSON),
    "user_seen_message": (
        PERSON,
        ReceiptCame("seen", ("63ecf43f0df7dba80001", "63ecf43f0df7dba80002")),
        "",
    ),
    "user_received_message": (PERSON, ReceiptCame("delivered", ("63ecf43f0df7dba80001",)), ""),
    "user_received_message_zbs": ("0", ReceiptCame("delivered", ("15a0cc0bbb13bd4c0001",)), ""),
    "user_submit_info": (PERSON, Ignored("contact-form"), PERSON),
    "user_reacted_message": (PERSON, Ignored("reaction"), ""),
    "oa_send_text": (PERSON, PersonAnswered(), ""),
    "add_user_to_tag": ("0", Ignored("tag"), ""),
    "user_withdraw": (PERSON, DataWithdrawn(), ""),
    "group_create_group": (GROUP, GroupChanged("", member=True, can_post=True), ""),
    "group_user_join_group": (GROUP, GroupTouched(GroupNews.JOINED), ""),
    "group_user_request_join_group": (GROUP, GroupTouched(GroupNews.ASKED), ""),
    "group_accept_request_join_group": (GROUP, GroupTouched(GroupNews.ACCEPTED), ""),
    "group_reject_request_join_group": (GROUP, GroupTouched(GroupNews.REJECTED), ""),
    "group_add_group_admin": (GROUP, GroupTouched(GroupNews.ADMIN_ADDED), ""),
    "group_remove_group_admin": (GROUP, GroupTouched(GroupNews.ADMIN_REMOVED), ""),
    "group_update_group_info": (GROUP, GroupTouched(GroupNews.RENAMED), ""),
    "group_user_out_group": (GROUP, GroupTouched(GroupNews.LEFT), ""),
    "group_delete_group": (GROUP, GroupChanged("", member=False, can_post=False), ""),
    "user_send_group_text": (GROUP, Ignored("group-message"), PERSON),
    "oa_send_group_text": (GROUP, Ignored("echo"), ""),
}


@pytest.fixture
def channel() -> ZaloOA:
    return zalo_oa("http://127.0.0.1:9")


def _read(channel: ZaloOA, raw: str | bytes) -> Received:
    taken = channel.intake(raw.encode() if isinstance(raw, str) else raw)
    received = channel.parse(taken.body, taken.secrets)
    assert (received.address, received.at) == (taken.address, taken.at)
    return received


def _body(name: str, **fields: object) -> bytes:
    return orjson.dumps({"event_name": name, "sender": {"id": PERSON}, **fields})


def test_every_body_that_was_seen_has_its_expectation() -> None:
    assert EVENTS.keys() == EXPECTED.keys() | {PROBE}


@pytest.mark.parametrize("name", EXPECTED)
def test_body(channel: ZaloOA, name: str) -> None:
    chat, event, near = EXPECTED[name]
    received = _read(channel, EVENTS[name]["raw"])
    assert received.address == Address("zalo_oa", CONSOLE.app_id, chat)
    assert (received.event, received.near) == (event, near)
    assert received.at == int(orjson.loads(EVENTS[name]["raw"])["timestamp"]) * 1000


@pytest.mark.parametrize("name", EXPECTED)
def test_signatures_that_were_seen_are_known(channel: ZaloOA, name: str) -> None:
    body, given = EVENTS[name]["raw"].encode(), EVENTS[name]["signature"]
    assert channel.verify({"x-zevent-signature": given}, body)
    assert channel.verify({"x-zevent-signature": given.removeprefix("mac=").upper()}, body)
    assert channel.notes.drain()[1] == {"signature:2": 2}
    for wrong in ("", given[:-1], given.replace("mac=", "mac=0"), "mac="):
        assert not channel.verify({"x-zevent-signature": wrong}, body)
    assert not channel.verify({"x-zevent-signature": given}, body + b" ")
    assert not channel.verify({"x-zevent-signature": given}, b"\xff")
    assert channel.notes.drain()[1] == {"signature:miss": 6}


def test_the_console_may_knock(channel: ZaloOA) -> None:
    assert not channel.verify({}, EVENTS[PROBE]["raw"].encode())
    assert channel.notes.drain()[1] == {"probe": 1}
    assert channel.unverified == 200
    with pytest.raises(MalformedError):
        channel.intake(b"{}")


def test_the_time_of_the_header_is_a_second_candidate(channel: ZaloOA) -> None:
    body = _body("user_send_text")
    made = mac(CONSOLE.app_id, body, "17", "another-secret")
    headers = {"x-zevent-signature": f"mac={made}", "x-zevent-timestamp": "17"}
    assert channel.verify(headers, body)
    assert channel.notes.drain()[1] == {"signature:1-header": 1}


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_personal_is_stored(channel: ZaloOA, name: str) -> None:
    """But for the link to a person's picture, which goes once it is handled."""
    body = channel.intake(EVENTS[name]["raw"].encode()).body
    if name == "user_send_image":
        assert body.count("zdn.vn") == 1, "the picture's own, no thumbnail"
        body = body.replace(SHOWN, "")
    for personal in ("84900000001", "Nguyễn Văn A", "30/10/1959", "zdn.vn", "zadn.vn", "10.793"):
        assert personal not in body


def test_ids_stay_and_secrets_go(channel: ZaloOA) -> None:
    message = {"text": "mã OTP là 482913", "msg_id": "482913482913"}
    taken = channel.intake(_body("user_send_text", message=message, timestamp="1795478401137"))
    assert taken.event_id == "user_send_text:482913482913"
    assert taken.secrets == frozenset({Secret.CODE})
    received = channel.parse(taken.body, taken.secrets)
    assert received.event == TextReceived("mã OTP là •••", frozenset({Secret.CODE}))
    plain_body = orjson.loads(taken.body)
    assert plain_body["message"]["msg_id"] == "482913482913"
    assert plain_body["sender"]["id"] == PERSON


def test_only_what_was_sent_is_known_by_its_message_id(channel: ZaloOA) -> None:
    both = [
        channel.intake(_body("user_reacted_message", message={"msg_id": "1", "react_icon": icon}))
        for icon in ("a", "b")
    ]
    assert both[0].event_id != both[1].event_id
    assert channel.intake(_body("follow")).event_id == channel.intake(_body("follow")).event_id


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("user_leave_group", GroupTouched(GroupNews.LEFT)),
        ("react_request_join_group", GroupTouched(GroupNews.ACCEPTED)),
        ("react_request_join_group_accept", GroupTouched(GroupNews.ACCEPTED)),
        ("react_request_join_group_reject", GroupTouched(GroupNews.REJECTED)),
        ("disperse_group", GroupChanged("", member=False, can_post=False)),
    ],
)
def test_disputed_names_are_all_known(channel: ZaloOA, name: str, event: object) -> None:
    assert _read(channel, _body(name, group_id="f4")).event == event


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("user_does_something_new", "unknown user_does_something_new"),
        ("user_send_hologram", "unknown user_send_hologram"),
        ("anonymous_send_text", "anonymous"),
        ("oa_send_image", "echo"),
        ("oa_reacted_message", "echo"),
        ("user_click_button", "click"),
    ],
)
def test_what_is_not_acted_on_is_counted(channel: ZaloOA, name: str, reason: str) -> None:
    assert _read(channel, _body(name)).event == Ignored(reason)
    unknown = {reason: 1} if reason.startswith("unknown") else {}
    assert channel.notes.drain()[1] == unknown


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("#1|3|xong", ChoiceMade("xong", 3)),
        ("#1|x|xong", ChoiceMade("", -1)),
        ("#1|", ChoiceMade("", -1)),
        ("#1", ChoiceMade("", -1)),
        ("#1|" + "9" * 30 + "|xong", ChoiceMade("", -1)),
        ("#2|3|xong", TextReceived("#2|3|xong")),
        ("xong", TextReceived("xong")),
    ],
)
def test_a_button_comes_back_as_a_text(channel: ZaloOA, text: str, event: object) -> None:
    assert _read(channel, _body("user_send_text", message={"text": text})).event == event


def test_odd_bodies_do_no_harm(channel: ZaloOA) -> None:
    assert _read(channel, _body("user_send_text", message=5)).event == TextReceived("")
    assert _read(channel, _body("user_send_text", message={"text": 5})).event == Ignored(
        "unknown user_send_text"
    )
    odd = {"attachments": ["x", 7]}
    assert _read(channel, _body("user_send_link", message=odd)).event == NOTHING
    odd = {"attachments": []}
    assert _read(channel, _body("user_send_link", message=odd)).event == NOTHING
    assert _read(channel, b'{"event_name": "user_join_group", "group_id": 5}').address.id == "0"
    assert _read(channel, b'{"event_name": "follow"}').address.id == "0"
    assert _read(channel, _body("follow", timestamp="soon")).at == 0
    for body in (b'{"event_name": 5}', b'{"event_name": ""}', b"{}"):
        with pytest.raises(MalformedError):
            channel.intake(body)


def test_a_groups_code_is_heard_and_whose_it_is(channel: ZaloOA) -> None:
    message = {"text": "cả nhà ơi /noi AB2CD3", "msg_id": "m"}
    body = _body(
        "user_send_group_text",
        sender={"id": PERSON},
        recipient={"id": "f4"},
        group_id="f4",
        message=message,
    )
    received = _read(channel, body)
    assert received.event == GroupClaimed("AB2CD3", "")
    assert (received.address.id, received.author) == (group_chat("f4"), PERSON)


def test_groups_have_a_mark_of_their_own() -> None:
    assert group_id(group_chat("f4")) == "f4"
    assert group_id(PERSON) == ""


# The way out


def _outgoing(
    text: str, choices: int = 0, *, to: str = PERSON, picture: PictureFile | None = None
) -> Outgoing:
    offered = tuple(Choice(f"c{n}", f"Nút {n}") for n in range(1, choices + 1))
    address = Address("zalo_oa", CONSOLE.app_id, to)
    return Outgoing(1, address, Message(text, offered, 3), picture=picture)


WORDS = Words("Gõ {number}: {label}", "Mời chọn")
PICTURE = PictureFile(Path("a.png"), "Màn hình", "d1", "id-1")


def _bodies(outgoing: Outgoing, usable: frozenset[str] = RICH) -> list[dict[str, Any]]:
    return [one.body for one in parts(outgoing, usable, WORDS)]


def test_up_to_five_choices_are_buttons() -> None:
    (body,) = _bodies(_outgoing("Bước 1", 3))
    payload = body["attachment"]["payload"]
    assert body["text"] == "Bước 1"
    assert [(one["title"], one["type"], one["payload"]) for one in payload["buttons"]] == [
        (f"Nút {n}", "oa.query.hide", f"#1|3|c{n}") for n in (1, 2, 3)
    ]


def test_up_to_nine_choices_are_a_list() -> None:
    (body,) = _bodies(_outgoing("Bác học bài nào?", 8))
    payload = body["attachment"]["payload"]
    titles = [one["title"] for one in payload["elements"]]
    assert titles == ["Bác học bài nào?", "Nút 1", "Nút 2", "Nút 3", "Nút 4"]
    assert payload["elements"][1]["default_action"]["payload"] == "#1|3|c1"
    assert [one["title"] for one in payload["buttons"]] == ["Nút 5", "Nút 6", "Nút 7", "Nút 8"]
    (body,) = _bodies(_outgoing("a" * 120, 8))
    head = body["attachment"]["payload"]["elements"][0]
    assert head == {"title": "Mời chọn", "subtitle": "a" * 120}


def test_more_choices_and_refused_kinds_are_numbers() -> None:
    (body,) = _bodies(_outgoing("Chọn", 10))
    assert body["text"].startswith("Chọn\n\nGõ 1: Nút 1\nGõ 2: Nút 2")
    assert _bodies(_outgoing("Chọn", 2), frozenset()) == [
        {"text": "Chọn\n\nGõ 1: Nút 1\nGõ 2: Nút 2"}
    ]
    assert len(_bodies(_outgoing("a " * 300, 8))) == 1


def test_long_texts_are_cut_at_line_ends_and_keep_their_buttons() -> None:
    line = "a" * 900
    bodies = _bodies(_outgoing("\n".join([line] * 5), 2))
    assert [len(body["text"]) for body in bodies] == [1801, 1801, 900]
    assert ["attachment" in body for body in bodies] == [False, False, True]
    group = _bodies(_outgoing("\n".join([line] * 2), 2, to=GROUP))
    assert [len(body["text"]) for body in group] == [900, 900]
    assert all("attachment" not in body for body in group)


def test_pictures_go_with_a_text_or_before_its_buttons() -> None:
    (body,) = _bodies(_outgoing("Xem hình", picture=PICTURE))
    element = body["attachment"]["payload"]["elements"][0]
    assert body["text"] == "Xem hình"
    assert element == {"media_type": "image", "attachment_id": "id-1"}
    first, second = _bodies(_outgoing("Xem hình", 2, picture=PICTURE))
    assert (first["text"], second["text"]) == ("Màn hình", "Xem hình")
    new = PictureFile(Path("a.png"), "Màn hình", "d1")
    assert [bool(one.upload) for one in parts(_outgoing("x", 2, picture=new), RICH, WORDS)] == [
        True,
        False,
    ]
    assert _bodies(_outgoing("")) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Quan trọng** và _x_", "Quan trọng và _x_"),
        ("__a__ ~~b~~ `c` ```d```", "a b c d"),
        ("*nghiêng* 2 * 3 * 4", "nghiêng 2 * 3 * 4"),
        ("# Tiêu đề\nchữ #1", "Tiêu đề\nchữ #1"),
        ("<b>Đậm</b><br>dòng <a href='x'>hai</a>", "Đậm\ndòng hai"),
        ("[Cổng](https://example.gov.vn) [x](y)", "Cổng (https://example.gov.vn) [x](y)"),
        ("hỏi [@3880000000000000001] nhé", "hỏi [ @3880000000000000001] nhé"),
        ("1 < 2 và 3 > 2", "1 < 2 và 3 > 2"),
    ],
)
def test_words_are_shown_as_they_are(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_accents_are_composed() -> None:
    assert plain(unicodedata.normalize("NFD", "Nguyễn Thị Lựu")) == "Nguyễn Thị Lựu"


def test_cutting_loses_no_word() -> None:
    assert split("aaa bbb\nccc", 8) == ["aaa bbb", "ccc"]
    assert split("aaa bbb ccc", 8) == ["aaa bbb", "ccc"]
    assert split("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert split("", 4) == []


def test_limits_follow_the_package() -> None:
    notes = Notes({"rate": Fact("2000")})
    slow, fast = zalo_oa("http://x").limits, zalo_oa("http://x", notes=notes).limits
    assert slow.reply_interval == slow.other_interval == 20 * fast.reply_interval
    for limits, rate in ((slow, 100), (fast, 2000)):
        in_a_minute = (60_000_000 + limits.burst) // limits.reply_interval + 1
        assert 0.9 * rate <= in_a_minute <= 0.95 * rate
        assert limits.shared
    assert zalo_oa("http://x", notes=Notes({"rate": Fact("0")})).limits == slow


@pytest.mark.parametrize(
    ("code", "failure", "wait"),
    [
        (-32, Failure.THROTTLED, 5),
        (-200, Failure.TEMPORARY, 0),
        (-201, Failure.PERMANENT, 0),
        (-204, Failure.REJECTED, 0),
        (-211, Failure.HELD, 6 * 3600),
        (-213, Failure.GONE, 0),
        (-230, Failure.HELD, 0),
        (-234, Failure.HELD, 99),
        (-237, Failure.GONE, 0),
        (-403, Failure.GONE, 0),
        (-999, Failure.PERMANENT, 0),
    ],
)
def test_what_a_code_means(code: int, failure: Failure, wait: float) -> None:
    meant = meaning(code, to_next_minute=5, to_morning=99)
    assert meant == NotSent(failure, f"zalo{code}", wait)


def test_a_dead_upload_is_forgotten() -> None:
    meant = meaning(errors.EXPIRED_MEDIA, to_next_minute=5, to_morning=99)
    assert (meant.failure, meant.picture) == (Failure.AGAIN, "")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, Failure.DOUBT),
        (404, Failure.REJECTED),
        (429, Failure.THROTTLED),
        (500, Failure.TEMPORARY),
        (502, Failure.DOUBT),
        (504, Failure.DOUBT),
    ],
)
def test_answers_that_are_none(status: int, failure: Failure) -> None:
    assert refused(status).failure is failure


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (200, {"access_token": "a", "refresh_token": "b", "expires_in": "90"}, Pair("a", "b", 90)),
        (200, {"access_token": "a", "refresh_token": "b"}, Pair("a", "b")),
        (200, {"access_token": "a", "refresh_token": ""}, NoPair("no-tokens", refused=True)),
        (200, {"error": -14014, "error_name": "x"}, NoPair("zalo-14014", refused=True)),
        (400, {"error_name": "x"}, NoPair("no-tokens", refused=True)),
        (500, {"error": 1}, NoPair("http-500")),
        (200, [], NoPair("http-200")),
    ],
)
def test_only_two_tokens_are_a_pair(status: int, body: object, meant: Pair | NoPair) -> None:
    assert read(status, orjson.dumps(body)) == meant


def test_a_torn_answer_is_no_pair() -> None:
    assert read(200, b"{") == NoPair("http-200")


def test_the_challenge_is_that_of_the_standard() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
