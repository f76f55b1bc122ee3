"""The make-believe phone of the Zalo stand-in, as its page uses it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import pytest
from service import PATIENCE
from zalo import Zalo

from .conftest import PERSON, Json, Oa

OA_CHAT, BOT_CHAT = f"oa/{PERSON}", "bot/6ede9afa66b88fe60001"


@dataclass
class Phone:
    client: httpx.Client

    def shown(self, chat: str) -> Json:
        found: Json = self.client.get(f"/_phone/{quote(chat)}/messages").json()
        return found

    def act(self, chat: str, name: str, **body: object) -> int:
        return self.client.post(f"/_phone/{quote(chat)}/{name}", json=body).status_code


@pytest.fixture
def phone(zalo: Zalo) -> Iterator[Phone]:
    with httpx.Client(base_url=zalo.url, timeout=PATIENCE) as client:
        yield Phone(client)


def test_the_page_and_what_it_needs(phone: Phone) -> None:
    page = phone.client.get("/").text
    for chat in (OA_CHAT, BOT_CHAT):
        assert f'value="{chat}"' in page
    assert phone.client.get("/_phone/phone.js").status_code == 200
    assert phone.client.get("/_phone/phone.css").status_code == 200
    assert phone.client.get("/_phone/other.js").status_code == 404


def test_a_chat_with_the_oa(phone: Phone, oa: Oa) -> None:
    assert phone.act(OA_CHAT, "say", text="chào") == 200
    assert phone.act(OA_CHAT, "photo") == 200
    button = {"title": "Xong", "type": "oa.query.show", "payload": "#1"}
    oa.say({"text": "?", "attachment": {"type": "template", "payload": {"buttons": [button]}}})
    action = {"type": "oa.query.hide", "payload": "#2"}
    element = {"title": "Bài 1", "default_action": action}
    rich = {"template_type": "list", "elements": [{"title": "Mời bác chọn"}, element]}
    oa.say({"attachment": {"type": "template", "payload": rich}})
    with_buttons, with_list = phone.shown(OA_CHAT)["messages"][-2:]
    assert with_buttons["buttons"] == [[{"text": "Xong", "callback_data": "Xong"}]]
    assert (with_list["text"], with_list["buttons"][0][0]["text"]) == ("Mời bác chọn", "Bài 1")
    for message, title in ((with_buttons, "Xong"), (with_list, "Bài 1")):
        assert phone.act(OA_CHAT, "press", message=message["id"], button=title) == 200
    assert [one["text"] for one in phone.shown(OA_CHAT)["messages"][-2:]] == ["#1", "#2"]
    assert phone.act(OA_CHAT, "press", message=with_list["id"], button="Không có") == 400
    assert all(one.seen for one in oa.zalo.people.messages(PERSON) if one.from_bot)


def test_pictures_can_be_seen(phone: Phone, oa: Oa) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    oa.zalo.people.say(PERSON, "chào")
    name = oa.upload("image", "a.png", png)["data"]["attachment_id"]
    for element in ({"attachment_id": name}, {"url": "https://example.vn/a.png"}):
        payload = {"template_type": "media", "elements": [{"media_type": "image", **element}]}
        oa.say({"text": "Ảnh", "attachment": {"type": "template", "payload": payload}})
    uploaded, linked = (one["photo"] for one in phone.shown(OA_CHAT)["messages"][-2:])
    assert linked == "https://example.vn/a.png"
    assert phone.client.get(uploaded).content == png
    assert phone.client.get("/_media/none").status_code == 404


def test_blocking_the_oa(phone: Phone, oa: Oa) -> None:
    phone.act(OA_CHAT, "block", blocked=True)
    assert oa.say({"text": "Chào"})["error"] == -217
    assert phone.shown(OA_CHAT)["blocked"]
    phone.act(OA_CHAT, "block", blocked=False)
    assert oa.say({"text": "Chào"})["error"] == 0


def test_a_chat_with_the_bot(phone: Phone, zalo: Zalo) -> None:
    assert phone.act(BOT_CHAT, "say", text="chào") == 200
    assert phone.act(BOT_CHAT, "photo") == 200
    assert phone.act(BOT_CHAT, "juggle") == 400
    assert len(zalo.bot.updates) == 2
    phone.act(BOT_CHAT, "block", blocked=True)
    assert phone.shown(BOT_CHAT)["blocked"]
