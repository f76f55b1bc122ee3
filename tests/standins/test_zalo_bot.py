"""The stand-in's Bot Platform refuses what the platform refuses, over real HTTP."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import orjson
import pytest
from phone import eventually
from service import PATIENCE
from zalo import BOT_SECRET, BOT_TOKEN, Hook, Zalo

from bot.standins.zalo.model import RefusedError

from .conftest import Json

LAN = "6ede9afa66b88fe60001"
GROUP = "zgr-d0a1a6afd9c0309e0001"


@dataclass
class Api:
    zalo: Zalo
    client: httpx.Client

    def call(self, method: str, **params: object) -> Json:
        answer = self.client.post(f"/bot{BOT_TOKEN}/{method}", json=params)
        found: Json = answer.json()
        assert answer.status_code == 200
        assert ("result" in found) <= found["ok"]
        return found

    def code(self, method: str, **params: object) -> int:
        """0 for an answer with "ok"."""
        answer = self.call(method, **params)
        return 0 if answer["ok"] else answer["error_code"]


@pytest.fixture
def api(zalo: Zalo) -> Iterator[Api]:
    with httpx.Client(base_url=zalo.url, timeout=PATIENCE) as client:
        yield Api(zalo, client)


@pytest.fixture
def hooked(api: Api, hook: Hook) -> Api:
    assert api.code("setWebhook", url=hook.url, secret_token=BOT_SECRET) == 0
    return api


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("sendMessage", {"text": "Chào bác"}, 0),
        ("sendMessage", {"text": "x" * 2000}, 0),
        ("sendMessage", {"text": "x" * 2001}, 400),
        ("sendMessage", {"text": ""}, 400),
        ("sendMessage", {}, 400),
        ("sendMessage", {"text": "Chào", "chat_id": "someone-new"}, 400),
        ("sendPhoto", {"photo": "https://example.vn/a.png", "caption": "Ảnh"}, 0),
        ("sendPhoto", {"photo": "https://example.vn/a.png", "caption": "x" * 2001}, 400),
        ("sendPhoto", {"photo": "a.png"}, 400),
        ("sendSticker", {"sticker": "d063f44dc80821560001"}, 0),
        ("sendSticker", {}, 400),
        ("sendVoice", {"voice_url": "https://example.vn/a.aac"}, 0),
        ("sendVoice", {"voice_url": "https://example.vn/a.mp3"}, 400),
        ("sendChatAction", {"action": "typing"}, 0),
        ("sendChatAction", {"action": "juggling"}, 400),
        ("sendSong", {}, 404),
    ],
)
def test_what_may_be_sent(api: Api, method: str, params: Json, code: int) -> None:
    api.zalo.bot_people.say(LAN, "chào")
    assert api.code(method, **{"chat_id": LAN, **params}) == code


def test_answers_look_as_seen(api: Api, seen: Json) -> None:
    api.zalo.bot_people.say(LAN, "chào")
    answers = {
        "getMe_ok": api.call("getMe"),
        "sendMessage_ok": api.call("sendMessage", chat_id=LAN, text="Chào"),
        "sendChatAction_ok": api.call("sendChatAction", chat_id=LAN, action="typing"),
        "unauthorized": api.client.post("/bot1:wrong/getMe").json(),
    }
    for name, answer in answers.items():
        sample = seen["bot"][name]
        assert answer.keys() == sample.keys(), name
        assert answer.get("result", {}).keys() == sample.get("result", {}).keys(), name


def test_refusals_may_come_with_their_status(api: Api) -> None:
    api.zalo.bot.honest_status = True
    for token, status in ((BOT_TOKEN, 400), ("1:wrong", 401)):
        answer = api.client.post(f"/bot{token}/sendMessage", json={})
        assert (answer.status_code, answer.json()["error_code"]) == (status, status)


def test_a_form_does_as_well_as_json(api: Api) -> None:
    api.zalo.bot_people.say(LAN, "chào")
    form = {"chat_id": LAN, "text": "Chào"}
    assert api.client.post(f"/bot{BOT_TOKEN}/sendMessage", data=form).json()["ok"]
    broken = api.client.post(
        f"/bot{BOT_TOKEN}/sendMessage", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.json()["error_code"] == 400


def test_updates_come_one_by_one_or_not_at_all(api: Api, seen: Json) -> None:
    api.zalo.bot_people.say(LAN, "một")
    api.zalo.bot_people.say(LAN, "hai")
    texts = [api.call("getUpdates", timeout="1")["result"]["message"]["text"] for _ in range(2)]
    assert texts == ["một", "hai"]
    assert api.call("getUpdates", timeout="0") == seen["bot"]["getUpdates_timeout"]
    later = threading.Timer(0.2, api.zalo.bot_people.say, (LAN, "ba"))
    later.start()
    assert api.call("getUpdates", timeout="20")["result"]["message"]["text"] == "ba"
    later.join()


def test_a_webhook_ends_polling(hooked: Api, hook: Hook) -> None:
    hooked.zalo.bot_people.say(LAN, "chào")
    assert hooked.code("getUpdates", timeout="0") == 408
    eventually(lambda: len(hook.heard) == 1)
    assert hook.heard[0].headers["x-bot-api-secret-token"] == BOT_SECRET
    info = hooked.call("getWebhookInfo")["result"]
    assert info["url"] == hook.url
    assert hooked.call("deleteWebhook")["result"]["url"] == ""
    hooked.zalo.bot_people.say(LAN, "còn đó không?")
    assert hooked.code("getUpdates", timeout="1") == 0


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://example.vn/hook", BOT_SECRET), ("https://example.vn/hook", "short"), ("", "")],
)
def test_webhooks_that_are_refused(api: Api, url: str, secret: str) -> None:
    assert api.code("setWebhook", url=url, secret_token=secret) == 400


def test_both_envelopes_and_both_names_of_a_picture(hooked: Api, hook: Hook) -> None:
    bot, people = hooked.zalo.bot, hooked.zalo.bot_people
    people.send_photo(LAN, "ảnh lỗi")
    bot.enveloped, bot.photo_key = True, "photo_url"
    people.send_photo(LAN)
    for kind in ("sticker", "voice", "unsupported"):
        people.send(LAN, kind)
    eventually(lambda: len(hook.heard) == 5)
    flat, *wrapped = (orjson.loads(one.body) for one in hook.heard)
    assert {"photo", "caption"} <= flat["message"].keys()
    assert "photo_url" in wrapped[0]["result"]["message"]
    assert [one["result"]["event_name"] for one in wrapped] == [
        f"message.{kind}.received" for kind in ("image", "sticker", "voice", "unsupported")
    ]


def test_groups_are_heard_when_they_mention_the_bot(hooked: Api, hook: Hook) -> None:
    people = hooked.zalo.bot_people
    people.found_group(GROUP, "Ấp 1")
    people.say_in_group(LAN, GROUP, "chào cả nhà", mention=False)
    people.say_in_group(LAN, GROUP, "mấy giờ họp?")
    eventually(lambda: len(hook.heard) == 1)
    assert orjson.loads(hook.heard[0].body)["message"]["chat"]["chat_type"] == "GROUP"
    assert hooked.code("sendMessage", chat_id=GROUP, text="Bảy giờ") == 0
    assert hooked.code("sendVoice", chat_id=GROUP, voice_url="https://example.vn/a.aac") == 400
    people.remove_bot(GROUP)
    assert hooked.code("sendMessage", chat_id=GROUP, text="Bảy giờ") == 403


def test_three_groups_and_not_for_every_bot(api: Api) -> None:
    for number in range(3):
        api.zalo.bot_people.found_group(f"zgr-{number}", "Ấp")
    with pytest.raises(RefusedError):
        api.zalo.bot_people.found_group("zgr-3", "Ấp")
    api.zalo.bot_people.remove_bot("zgr-0")
    api.zalo.bot.can_join_groups = False
    with pytest.raises(RefusedError):
        api.zalo.bot_people.found_group("zgr-3", "Ấp")


def test_the_month_has_so_many_messages_both_ways(api: Api, seen: Json) -> None:
    bot, people = api.zalo.bot, api.zalo.bot_people
    bot.most_messages = 3
    people.say(LAN, "chào")
    assert [api.code("sendMessage", chat_id=LAN, text="Chào") for _ in range(2)] == [0, 0]
    assert api.call("sendMessage", chat_id=LAN, text="Chào") == seen["bot"]["quota_exceeded"]
    people.say(LAN, "sao im vậy?")
    assert [api.code("getUpdates", timeout="0") for _ in range(2)] == [0, 408], "it was lost"
    api.zalo.ahead = 32 * 24 * 3600
    assert api.code("sendMessage", chat_id=LAN, text="Chào") == 0


def test_fifty_people_are_known(api: Api) -> None:
    for number in range(51):
        api.zalo.bot_people.say(f"person-{number}", "chào")
    assert api.code("sendMessage", chat_id="person-49", text="Chào") == 0
    assert api.code("sendMessage", chat_id="person-50", text="Chào") == 400


def test_what_goes_wrong_on_the_way(api: Api) -> None:
    api.zalo.bot_people.say(LAN, "chào")
    faults = api.zalo.bot.faults
    faults.errors_500, faults.throttle, faults.lost_answers, faults.refusals = 1, 1, 1, [403]
    assert api.client.post(f"/bot{BOT_TOKEN}/sendMessage", json={}).status_code == 500
    codes = [api.code("sendMessage", chat_id=LAN, text="Chào") for _ in range(2)]
    assert codes == [403, 429]
    with pytest.raises(httpx.TransportError):
        api.code("sendMessage", chat_id=LAN, text="Chào")
    assert api.zalo.bot_people.messages(LAN)[-1].text == "Chào"
