"""Zalo OA end to end over real HTTP: signed webhooks in, API calls out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from phone import SECRET, TOKEN, Telegram, eventually
from service import PATIENCE, Service
from sqlalchemy import select
from walk import right_answer
from zalo import CONSOLE, PERSON, Zalo

from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, from_plain
from bot.library import Library
from storage import facts, outbox
from storage.database import Database
from storage.rows import table
from storage.tables import Consent, ConversationState, DataRequest, InboxUpdate, Progress

LAN = 42
OTHER = "2460000000000000002"
ACCOUNT = ("zalo_oa", CONSOLE.app_id)
SEEN = orjson.loads(
    (Path(__file__).parent.parent / "fixtures" / "zalo_oa" / "events.json").read_bytes()
)["events"]
MARK = {"Content-Type": "application/json"}


def address(person: str) -> str:
    return f"zalo_oa:{CONSOLE.app_id}:{person}"


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.oa.package = "full"
    yield made
    made.stop()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, new_url: NewUrl) -> str:
    return new_url(request.param)


@pytest.fixture
def service(zalo: Zalo, url: str, tmp_path: Path) -> Iterator[Service]:
    made = zalo.oa_service(tmp_path, url).start()
    zalo.hooked(made)
    yield made
    made.stop()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A look into the service's own."""
    made = Database(url)
    yield made
    made.close()


def _texts(zalo: Zalo, person: str = PERSON) -> str:
    return "\n".join(one.text for one in zalo.from_oa(person))


def _rows(database: Database, model: type, of: str = "") -> list[dict[str, Any]]:
    found = table(model)
    query = select(found).order_by(*found.primary_key.columns)
    if of:
        query = query.where(found.c.address == of)
    return database.read_now(lambda one: [dict(row) for row in one.execute(query).mappings()])


def _outcome(database: Database, of: str) -> dict[str, object]:
    """Everything the database holds of a chat's walk, but for times and ids."""
    ids = {"id", "address", "at", "updated_at"}

    def bare(model: type) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in row.items() if key not in ids}
            for row in _rows(database, model, of)
        ]

    states = [orjson.loads(row["state"]) for row in bare(ConversationState)]
    return {"states": states, "progress": bare(Progress), "consents": bare(Consent)}


def _fact(database: Database, name: str) -> tuple[str, int, int]:
    known = database.read_now(lambda one: facts.load(one, ACCOUNT))
    return known.get(name, ("", 0, 0))


def _handled(database: Database) -> bool:
    return not [row for row in _rows(database, InboxUpdate) if row["state"] == "waiting"]


def _idle(database: Database) -> bool:
    """Everything heard is handled and everything that may be sent is sent."""
    counts = database.read_now(outbox.counts)
    return _handled(database) and not counts["queued"] and not counts["sending"]


def _state(database: Database, of: str) -> Conversation:
    rows = _rows(database, ConversationState, of)
    return from_plain(orjson.loads(rows[0]["state"])) if rows else Conversation()


def _walk(
    database: Database, guides: Guides, of: str, answer: Callable[[list[str], str], None]
) -> None:
    """From the first greeting through the whole of vneid, doing everything right."""
    guide, started = guides.current["vneid"], False
    for turn in range(1, 80):
        eventually(lambda: _state(database, of).turn == turn and _idle(database))  # noqa: B023
        offered = [one.id for one in prompt(_state(database, of), guides).choices]
        choice = right_answer(offered, guide)
        if not choice:
            if started:
                return
            choice, started = guide.id, True
        answer(offered, choice)
    raise AssertionError(of)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_guide_ends_alike_on_telegram_and_on_zalo_with_and_without_buttons(
    zalo: Zalo, url: str, database: Database, library: Library, tmp_path: Path
) -> None:
    telegram = Telegram(limits=False).start()
    both = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_URL": telegram.url,
    }
    service = zalo.oa_service(tmp_path, url, **both).start()
    zalo.hooked(service)
    telegram.hooked()
    guides, chat = library.content(), f"telegram:123456:{LAN}"

    telegram.people.say(LAN, "chào")
    eventually(lambda: bool(telegram.offered(LAN)))
    _walk(database, guides, chat, lambda _, choice: telegram.press(LAN, choice))
    zalo.people.say(PERSON, "chào")
    eventually(lambda: bool(zalo.offered(PERSON)))
    _walk(database, guides, address(PERSON), lambda _, choice: zalo.press(PERSON, choice))
    zalo.oa.rich = False
    zalo.people.say(OTHER, "chào")
    eventually(lambda: "Gõ 1:" in _texts(zalo, OTHER))

    def types(offered: list[str], choice: str) -> None:
        zalo.people.say(OTHER, str(offered.index(choice) + 1))

    _walk(database, guides, address(OTHER), types)
    assert library.content().current["vneid"].closing in _texts(zalo, OTHER)
    expected = _outcome(database, chat)
    assert len(str(expected["progress"])) > 1000
    assert _outcome(database, address(PERSON)) == expected
    assert _outcome(database, address(OTHER)) == expected
    eventually(lambda: _fact(database, "buttons")[0] == "refused")
    assert not zalo.offered(OTHER)
    service.stop()
    telegram.stop()


def _post(service: Service, name: str, signature: str | None = None) -> int:
    body = SEEN[name]["raw"].encode()
    mac = SEEN[name]["signature"] if signature is None else signature
    headers = {**MARK, **({"X-ZEvent-Signature": mac} if mac else {})}
    answer = httpx.post(
        f"{service.base}/hooks/zalo-oa", content=body, headers=headers, timeout=PATIENCE
    )
    return answer.status_code


def test_bodies_that_were_seen_come_in_once_each(
    zalo: Zalo, service: Service, database: Database, library: Library
) -> None:
    zalo.oa.mail.url = ""  # nothing else comes in
    zalo.people.user(PERSON).last_interaction = zalo.oa.clock()
    names = list(SEEN)
    for name in (*names, *reversed(names), *names):
        assert _post(service, name) == 200
    eventually(lambda: _idle(database))
    stored = _rows(database, InboxUpdate)
    assert len(stored) == len(names) - 1, "the console's knock is nothing to keep"
    assert {row["state"] for row in stored} == {"done"}
    asked = _rows(database, DataRequest)
    assert [row["kind"] for row in asked] == ["delete"], "somebody withdrew their data"


def test_wrong_and_missing_signatures_process_nothing(
    zalo: Zalo, service: Service, database: Database
) -> None:
    wrong = "mac=" + "0" * 64
    for name in SEEN:
        for signature in ("", wrong, SEEN["follow"]["signature"][:-2] + "zz"):
            assert _post(service, name, signature) == 200
    assert _rows(database, InboxUpdate) == []
    eventually(lambda: _fact(database, "signature:miss")[1] == 3 * (len(SEEN) - 1))
    assert httpx.get(f"{service.base}/hooks/zalo-oa", timeout=PATIENCE).status_code in (200, 405)
    counted = httpx.get(f"{service.base}/metrics", timeout=PATIENCE).text
    assert 'outcome="not-verified"' in counted
    assert 'outcome="knock"' in counted
    warned = [one for one in service.log.read_text().splitlines() if '"warning"' in one]
    assert len([one for one in warned if "not-verified" in one]) == 3 * (len(SEEN) - 1)
    assert not [one for one in warned if "knock" in one]
