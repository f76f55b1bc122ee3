"""The stand-in refuses what Telegram refuses, so that tests and rehearsals are honest."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from phone import SECRET, TOKEN, Telegram, eventually
from service import PATIENCE

LAN = 42


class Hook:
    """A webhook that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.came: list[tuple[str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
                outer.came.append((secret, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.stop()


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(retry_base=0.02).start()
    made.people.say(LAN, "chào")
    yield made
    made.stop()


def _call(telegram: Telegram, method: str, token: str = TOKEN, **params: object) -> dict[str, Any]:
    answer = httpx.post(f"{telegram.url}/bot{token}/{method}", json=params, timeout=PATIENCE)
    plain: dict[str, Any] = answer.json()
    assert plain["ok"] == answer.is_success
    assert answer.status_code == plain.get("error_code", 200)
    return plain


@pytest.mark.parametrize(
    ("method", "params", "code", "wording"),
    [
        ("nothing", {}, 404, "Not Found"),
        ("sendMessage", {"chat_id": 99, "text": "a"}, 400, "chat not found"),
        ("sendMessage", {"chat_id": LAN, "text": " "}, 400, "text is empty"),
        ("sendMessage", {"chat_id": LAN, "text": "x" * 4097}, 400, "too long"),
        ("sendPhoto", {"chat_id": LAN, "photo": "nope"}, 400, "wrong file identifier"),
        ("editMessageText", {"chat_id": LAN, "message_id": 1, "text": "a"}, 400, "edit not found"),
        ("deleteMessage", {"chat_id": LAN, "message_id": 1}, 400, "delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old"),
        ("getFile", {"file_id": "nope"}, 400, "invalid file_id"),
        ("setWebhook", {"url": "https://a.vn", "secret_token": "có dấu"}, 400, "unallowed"),
    ],
)
def test_refusals(
    telegram: Telegram, method: str, params: dict[str, object], code: int, wording: str
) -> None:
    answer = _call(telegram, method, TOKEN, **params)
    assert answer["error_code"] == code
    assert wording in answer["description"]


def test_a_wrong_token_is_refused(telegram: Telegram) -> None:
    assert _call(telegram, "getMe", token="1:x")["error_code"] == 401


def test_buttons_carry_at_most_64_bytes(telegram: Telegram) -> None:
    for size, fine in ((64, True), (65, False)):
        button = {"text": "a", "callback_data": "x" * size}
        markup = {"inline_keyboard": [[button]]}
        telegram.cloud.limits = False
        answer = _call(telegram, "sendMessage", chat_id=LAN, text="a", reply_markup=markup)
        assert answer["ok"] == fine


def test_the_same_edit_twice_is_refused(telegram: Telegram) -> None:
    sent = _call(telegram, "sendMessage", chat_id=LAN, text="a")["result"]["message_id"]
    edit = {"chat_id": LAN, "message_id": sent, "text": "b"}
    assert _call(telegram, "editMessageText", **edit)["ok"]
    again = _call(telegram, "editMessageText", **edit)
    assert "message is not modified" in again["description"]


def test_one_chat_takes_one_message_a_second(telegram: Telegram) -> None:
    telegram.cloud.clock = lambda: 1000.0
    assert _call(telegram, "sendMessage", chat_id=LAN, text="a")["ok"]
    refused = _call(telegram, "sendMessage", chat_id=LAN, text="b")
    assert refused["error_code"] == 429
    assert refused["parameters"]["retry_after"] >= 1
    telegram.cloud.clock = lambda: 1001.1
    assert _call(telegram, "sendMessage", chat_id=LAN, text="b")["ok"]


def test_a_group_takes_twenty_a_minute(telegram: Telegram) -> None:
    telegram.people.found_group(-5, "Khu phố")
    answers = []
    for second in range(25):
        telegram.cloud.clock = lambda at=second: 1000.0 + at  # type: ignore[misc]
        answers.append(_call(telegram, "sendMessage", chat_id=-5, text="a")["ok"])
    assert answers == [True] * 20 + [False] * 5


def test_updates_come_with_the_secret_in_order_until_they_are_taken(
    telegram: Telegram, hook: Hook
) -> None:
    hook.answers = [500, 403, 200]
    telegram.people.say(LAN, "hai")
    _call(telegram, "setWebhook", url=hook.url, secret_token=SECRET)
    eventually(lambda: not telegram.cloud.waiting)
    assert {secret for secret, _ in hook.came} == {SECRET}
    said = [body["message"]["text"] for _, body in hook.came]
    assert said == ["chào", "chào", "chào", "hai"]
    assert telegram.cloud.last_error == "Wrong response from the webhook: 403"
    assert _call(telegram, "getWebhookInfo")["result"]["pending_update_count"] == 0


def test_kinds_that_were_not_asked_for_do_not_come(telegram: Telegram, hook: Hook) -> None:
    _call(telegram, "setWebhook", url=hook.url, allowed_updates=["my_chat_member"])
    eventually(lambda: len(hook.came) == 1)
    telegram.people.say(LAN, "hai")
    telegram.people.block(LAN)
    eventually(lambda: len(hook.came) == 2)
    assert "my_chat_member" in hook.came[-1][1]


def test_a_tap_dies_after_150_seconds(telegram: Telegram, hook: Hook) -> None:
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    sent = _call(telegram, "sendMessage", chat_id=LAN, text="a", reply_markup=markup)
    telegram.people.press(LAN, sent["result"]["message_id"], "a")
    now = telegram.cloud.clock()
    telegram.cloud.clock = lambda: now + 151
    _call(telegram, "setWebhook", url=hook.url, secret_token=SECRET)
    eventually(lambda: not telegram.cloud.waiting)
    assert [list(body)[-1] for _, body in hook.came] == ["message"]


def test_the_make_believe_phone(telegram: Telegram) -> None:
    with httpx.Client(base_url=telegram.url, timeout=PATIENCE) as phone:
        assert "<html" in phone.get("/").text
        assert phone.get("/_phone/phone.js").status_code == 200
        assert phone.get("/_phone/secret").status_code == 404
        base = "/_phone/77"
        assert phone.post(f"{base}/say", json={"text": "chào"}).status_code == 200
        said = phone.get(f"{base}/messages").json()["messages"]
        assert [one["text"] for one in said] == ["chào"]
        assert phone.post(f"{base}/press", json={"message": 1, "button": "x"}).status_code == 400
        assert phone.post(f"{base}/dance", json={}).status_code == 400
