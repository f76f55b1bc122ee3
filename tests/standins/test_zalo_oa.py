"""The Zalo stand-in's OA refuses what Zalo refuses, over real HTTP."""

from typing import Any

import httpx
import orjson
import pytest

from bot.standins.zalo.model import DAY, Template

from .conftest import PERSON, Oa

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
BUTTON = {"title": "Xong", "type": "oa.query.show", "payload": "#1"}


def _template(**payload: object) -> Json:
    return {"attachment": {"type": "template", "payload": payload}}


def _buttons(count: int = 1, **button: object) -> Json:
    return {"text": "Chọn", **_template(buttons=[{**BUTTON, **button}] * count)}


def _list(count: int, **element: object) -> Json:
    return _template(template_type="list", elements=[{"title": "A", **element}] * count)


def _media(**element: object) -> Json:
    return _template(template_type="media", elements=[{"media_type": "image", **element}])


@pytest.fixture
def near(oa: Oa) -> Oa:
    """Someone has just written."""
    oa.zalo.people.say(PERSON, "chào")
    return oa


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "Chào bác"}, 0),
        ({"text": "x" * 2000}, 0),
        ({"text": "x" * 2001}, -210),
        ({"text": " "}, -201),
        ({"text": 5}, -201),
        ("text", -201),
        (_buttons(), 0),
        (_buttons(5), 0),
        (_buttons(6), -210),
        (_buttons(title="x" * 101), -210),
        (_buttons(title=""), -201),
        (_buttons(payload="x" * 1001), -201),
        (_buttons(type="oa.open.url", payload={"url": "https://vneid.gov.vn"}), 0),
        (_buttons(type="oa.open.url", payload={"url": "vneid.gov.vn"}), -201),
        (_buttons(type="oa.open.phone", payload={"phone_code": "84900000001"}), 0),
        (_buttons(type="oa.open.sms", payload={"phone_code": "84", "content": "x" * 161}), -201),
        (_buttons(type="oa.unheard.of"), -201),
        (_template(buttons=[BUTTON]), -201),
        (_list(5), 0),
        (_list(6), -210),
        (_list(0), -201),
        (_template(template_type="list", elements="many"), -201),
        (_template(template_type="request_user_info", elements=[{"title": "A"}]), 0),
        (_template(template_type="request_user_info", elements=[{"title": "A"}] * 2), -201),
        (_template(template_type="carousel"), -201),
        (_media(url="https://example.vn/a.png"), 0),
        (_media(url="ftp://example.vn/a.png"), -201),
        (_media(), -201),
        (_media(url="https://example.vn/a.png", attachment_id="1"), -201),
        (_media(attachment_id="never-uploaded"), -201),
        (_media(media_type="gif", url="https://example.vn/a.gif"), -201),
        (_media(media_type="sticker", attachment_id="bfe458bf64fa8da40001"), 0),
        (_template(template_type="media", elements=[]), -201),
        ({"attachment": {"type": "image", "payload": {}}}, -201),
        ({"attachment": {"type": "file", "payload": {"token": "no"}}}, -201),
    ],
)
def test_what_a_message_may_be(near: Oa, message: object, code: int) -> None:
    answer = near.say(message)
    assert answer["error"] == code
    assert ("data" in answer) == (code == 0)


def test_buttons_can_be_switched_off(near: Oa) -> None:
    near.zalo.oa.rich = False
    assert near.say(_buttons())["error"] == -233
    assert near.say(_list(1))["error"] == -233
    assert near.say({"text": "Trả lời 1 hoặc 2"})["error"] == 0


def test_the_window_and_the_price(near: Oa) -> None:
    zalo, text = near.zalo, {"text": "Nhắc bác"}
    zalo.oa.sub_quota, zalo.oa.wallet = 1, 60
    assert near.say(text)["data"]["quota"] == {"quota_type": "reply"}
    zalo.ahead = 3 * DAY
    near.token = zalo.oa.oauth.pair()["access_token"]
    assert near.say(text)["data"]["quota"]["remain"] == "0"
    assert "quota" not in near.say(text)["data"]
    assert near.say(text)["error"] == -321
    zalo.oa.wallet = None
    assert near.say(text)["error"] == -320
    zalo.ahead = 8 * DAY
    near.token = zalo.oa.oauth.pair()["access_token"]
    assert near.say(text)["error"] == -230
    zalo.people.say(PERSON, "tôi đây")
    assert near.say(text)["error"] == 0


@pytest.mark.parametrize("code", [-213, -217, -227, -244])
def test_people_who_cannot_be_written_to(near: Oa, code: int) -> None:
    near.zalo.people.user(PERSON).refusal = code
    assert near.say({"text": "Chào"})["error"] == code
    assert near.say({"text": "Chào"}, "246999")["error"] == -201


def test_a_minute_has_so_many_calls(near: Oa) -> None:
    for _ in range(100):
        assert near.say({"text": "Chào"})["error"] == 0
    answer = near.client.post("/v3.0/oa/message/cs", json={}, headers={"access_token": near.token})
    assert answer.json()["error"] == -32
    assert answer.headers["x-ratelimit-limit"] == "100"
    assert answer.headers["x-ratelimit-remain"] == "0"
    near.zalo.ahead = 61
    assert near.say({"text": "Chào"})["error"] == 0
    near.zalo.oa.package = "full"
    near.zalo.oa.faults.throttle = 1
    assert [near.say({"text": "Chào"})["error"] for _ in range(3)] == [-32, 0, 0]


def test_uploads_by_size_and_type_live_seven_days(near: Oa) -> None:
    assert near.upload("image", "a.png", PNG + b"0" * 1024 * 1024)["error"] == -210
    assert near.upload("image", "a.png", b"GIF89a")["error"] == -201
    assert near.upload("gif", "a.gif", b"GIF89a")["error"] == 0
    assert near.upload("file", "a.csv", b"a,b")["error"] == 0
    token = near.upload("file", "a.pdf", b"%PDF-1.7")["data"]["token"]
    name = near.upload("image", "a.png", PNG)["data"]["attachment_id"]
    assert near.say(_media(attachment_id=name))["error"] == 0
    assert near.say({"attachment": {"type": "file", "payload": {"token": token}}})["error"] == 0
    near.zalo.ahead = 6.9 * DAY
    near.token = near.zalo.oa.oauth.pair()["access_token"]
    assert near.say(_media(attachment_id=name))["error"] == 0
    near.zalo.ahead = 7.1 * DAY
    near.token = near.zalo.oa.oauth.pair()["access_token"]
    near.zalo.people.say(PERSON, "chào")
    assert near.say(_media(attachment_id=name))["error"] == -100
    near.zalo.oa.media.left["image"] = 0
    assert near.upload("image", "a.png", PNG)["error"] == -211


def test_uploads_that_are_none(near: Oa) -> None:
    headers = {"access_token": near.token}
    answer = near.client.post("/v2.0/oa/upload/image", data={"file": "x"}, headers=headers)
    assert answer.json()["error"] == -201
    assert near.client.post("/v2.0/oa/upload/song", headers=headers).status_code == 404


def test_people_of_the_oa(near: Oa) -> None:
    people = near.zalo.people
    people.tag(PERSON, "Ấp 1")
    people.follow("2460000000000000002")
    detail = near.get("v3.0/oa/user/detail", data=orjson.dumps({"user_id": PERSON}).decode())
    assert detail["data"]["tags_and_notes_info"]["tag_names"] == ["Ấp 1"]
    wanted = orjson.dumps({"offset": 0, "count": 50, "is_follower": True}).decode()
    assert near.get("v3.0/oa/user/getlist", data=wanted)["data"]["users"] == [
        {"user_id": "2460000000000000002"}
    ]
    assert near.get("v3.0/oa/user/getlist", data='{"count":51}')["error"] == -201
    assert near.get("v3.0/oa/user/getlist", data="[]")["error"] == -201
    assert near.get("v2.0/oa/getoa")["data"]["num_follower"] == 1
    talk = orjson.dumps({"user_id": PERSON, "offset": 0, "count": 10}).decode()
    assert near.get("v2.0/oa/conversation", data=talk)["data"][0]["message"] == "chào"
    assert near.get("v2.0/oa/conversation", data='{"user_id":"1"}')["error"] == -201
    quota = near.post("quota/message", {"user_id": PERSON})["data"]
    assert int(quota["last_interaction"]) > 1_700_000_000_000


def test_a_talk_is_read_by_tens(near: Oa) -> None:
    talk = orjson.dumps({"user_id": PERSON, "count": 11}).decode()
    assert near.get("v2.0/oa/conversation", data=talk)["error"] == -201


def test_templates_stand_behind_approval(near: Oa) -> None:
    zalo = near.zalo
    zalo.oa.templates = {
        "1": Template("1", frozenset({"ten"})),
        "2": Template("2", approved=False),
        "3": Template("3", by_user=False),
        "4": Template("4", promotional=True),
    }

    def send(template: str, **data: str) -> int:
        body = {"user_id": PERSON, "template_id": template, "template_data": data}
        code: int = near.post("message/template", body)["error"]
        return code

    midnight = 17 * 3600 - (zalo.oa.clock() % DAY)
    zalo.ahead = 30 * DAY + midnight
    near.token = zalo.oa.oauth.pair()["access_token"]
    assert [send("1", ten="Lan"), send("1"), send("2"), send("3"), send("9")] == [
        0,
        -201,
        -131,
        -249,
        -201,
    ]
    assert send("4") == -234
    zalo.ahead += 10 * 3600
    assert send("4") == 0
    zalo.oa.verified = False
    assert send("1", ten="Lan") == -221


def test_refusals_as_told_and_lost_answers(near: Oa) -> None:
    faults = near.zalo.oa.faults
    faults.refusals = [-204, -235]
    assert [near.say({"text": "a"})["error"] for _ in range(3)] == [-204, -235, 0]
    faults.errors_500 = 1
    headers = {"access_token": near.token}
    assert near.client.post("/v3.0/oa/message/cs", json={}, headers=headers).status_code == 500
    faults.lost_answers = 1
    known = len(near.zalo.people.messages(PERSON))
    with pytest.raises(httpx.TransportError):
        near.say({"text": "b"})
    assert len(near.zalo.people.messages(PERSON)) == known + 1


def test_addresses_that_are_shut_or_none(near: Oa) -> None:
    headers = {"access_token": near.token}
    old = near.client.post("/v2.0/oa/message", json={}, headers=headers)
    assert old.json()["error"] == -240
    assert near.client.post("/v3.0/oa/nothing", json={}).status_code == 404
    empty = near.client.post("/v3.0/oa/message/cs?data={}", headers=headers)
    assert empty.json()["error"] == -201


def test_answers_look_like_those_that_were_seen(near: Oa, seen: Json) -> None:
    answer = near.say({"text": "Chào"})
    assert answer.keys() == seen["oa"]["cs_ok_reply_window"].keys()
    assert answer["data"].keys() == seen["oa"]["cs_ok_reply_window"]["data"].keys()
    detail = near.get("v3.0/oa/user/detail", data=orjson.dumps({"user_id": PERSON}).decode())
    assert detail["data"].keys() == seen["oa"]["user_detail_ok"]["data"].keys()
    quota = near.post("quota/message", {"user_id": PERSON})
    assert quota["data"].keys() == seen["oa"]["quota_user_ok"]["data"].keys()
