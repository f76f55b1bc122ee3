"""Telegram away from the start: the service is up, the web chat answers, the queue is bounded."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from phone import SECRET, Telegram, eventually
from service import PATIENCE, Service

from bot.core.guide import Phrase
from bot.library import Library
from storage import outbox
from storage.database import Database

LIMIT = 60
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """Not started: nothing listens on its port."""
    made = Telegram(limits=False)
    yield made
    made.stop()


@pytest.fixture(params=ENGINES)
def service(
    telegram: Telegram, request: pytest.FixtureRequest, new_url: NewUrl, tmp_path: Path
) -> Iterator[Service]:
    made = telegram.service(tmp_path, new_url(request.param), QUEUE_LIMIT=str(LIMIT)).start()
    yield made
    made.stop()


def _update(number: int) -> bytes:
    sender = {"id": number, "is_bot": False, "first_name": "A"}
    chat = {"id": number, "type": "private"}
    message = {"message_id": 1, "date": 1, "from": sender, "chat": chat, "text": "chào"}
    return orjson.dumps({"update_id": number, "message": message})


def _doctor(service: Service) -> dict[str, tuple[str, bool]]:
    said = service.run("doctor", "--json").stdout
    return {one["name"]: (one["value"], one["ok"]) for one in orjson.loads(said)}


def _totals(service: Service) -> dict[str, int]:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    found = database.read_now(outbox.totals)
    database.close()
    return found


def _chat_answers(service: Service, consent: str) -> bool:
    with httpx.Client(base_url=service.base, timeout=PATIENCE) as browser:
        browser.post("/tro-chuyen", data={"id": "a1", "bai": ""})
        return consent in browser.get("/tro-chuyen").text


def test_telegram_away(telegram: Telegram, service: Service, library: Library) -> None:
    consent = library.messages.phrases[Phrase.CONSENT]
    assert _chat_answers(service, consent)
    taken = _write_until_refused(service)
    assert LIMIT // 2 <= len(taken) <= 2 * LIMIT
    assert _chat_answers(service, consent)
    findings = _doctor(service)
    assert not findings["outbox"][1]
    assert not findings["paused"][1]
    assert "telegram" in findings["paused"][0]

    for person in taken:
        telegram.people.chat(person).met = True
    telegram.start()
    eventually(lambda: not {"queued", "sending"} & _totals(service).keys(), 300)
    assert all(consent in [one.text for one in telegram.from_bot(person)] for person in taken)
    eventually(lambda: telegram.cloud.webhook.get("url", "").endswith("/hooks/telegram"), 120)
    assert httpx.post(
        f"{service.base}/hooks/telegram", content=_update(1), headers=HEADERS, timeout=PATIENCE
    )
    assert _doctor(service)["paused"][1]


def _write_until_refused(service: Service) -> list[int]:
    """People write until the hook asks to come back later; nothing taken is refused."""
    taken: list[int] = []
    with httpx.Client(base_url=service.base, headers=HEADERS, timeout=PATIENCE) as platform:
        for person in range(1000, 2000):
            answer = platform.post("/hooks/telegram", content=_update(person))
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) > 0
                return taken
            assert answer.status_code == 200
            taken.append(person)
            if len(taken) % (LIMIT // 2) == 0:
                eventually(lambda: _is_counted(service))
    raise AssertionError("never refused")


def _is_counted(service: Service) -> bool:
    """The service looks at its queues now and then; this waits for the next look."""
    said = httpx.get(f"{service.base}/metrics", timeout=PATIENCE).text
    waiting = sum(
        float(line.split()[-1]) for line in said.splitlines() if line.startswith("gocua_waiting{")
    )
    states = _totals(service)
    return waiting >= states.get("queued", 0) + states.get("sending", 0) - 5
