"""Zalo's seven days end to end: no call, the reminder kept and why, sent when they write."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from conftest import ENGINES, NewUrl
from phone import eventually
from service import Service
from zalo import CONSOLE, PERSON, Zalo

from bot.channels.base import packed
from bot.core.effects import Message
from bot.core.guide import Phrase
from bot.library import Library
from storage import contacts, lanes, outbox, unreached
from storage.contacts import Contact
from storage.database import DAY, Database
from storage.outbox import NewDelivery

ADDRESS = f"zalo_oa:{CONSOLE.app_id}:{PERSON}"
REMINDER = "Bác còn bài VNeID đang dở, mình làm tiếp nhé."


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


@pytest.fixture(params=ENGINES)
def service(
    zalo: Zalo, request: pytest.FixtureRequest, new_url: NewUrl, tmp_path: Path
) -> Iterator[Service]:
    made = zalo.oa_service(tmp_path, new_url(request.param)).start()
    zalo.hooked(made)
    yield made
    made.stop()


def _texts(zalo: Zalo) -> list[str]:
    return [one.text for one in zalo.from_oa(PERSON)]


def _silent(zalo: Zalo, database: Database, days: int) -> None:
    """As if they had last written so many days ago: there and here."""
    zalo.people.user(PERSON).last_interaction -= days * 24 * 3600
    away = {ADDRESS: Contact(database.read_now(database.now) - days * DAY)}
    database.write_now(lambda one: contacts.save(one, away))


def _remind(database: Database) -> None:
    message = NewDelivery("reminder:1", ADDRESS, packed(Message(REMINDER)), lanes.PERSONAL)
    database.write_now(lambda one: outbox.enqueue(one, [message], database.now(one)))


def _sends(zalo: Zalo) -> int:
    return len([one for one in zalo.oa.calls if one.method.endswith("message/cs")])


def test_somebody_silent_for_eight_days(zalo: Zalo, service: Service, library: Library) -> None:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    zalo.people.say(PERSON, "chào")
    consent = library.messages.phrases[Phrase.CONSENT]
    eventually(lambda: consent in _texts(zalo))
    _silent(zalo, database, 6)
    _remind(database)
    eventually(lambda: _texts(zalo).count(REMINDER) == 1)

    _silent(zalo, database, 8)
    sends = _sends(zalo)
    _remind(database)
    eventually(lambda: database.read_now(outbox.counts)["held"] == 1)
    (waiting,) = database.read_now(lambda one: unreached.listed(one, [""], 10))
    assert (waiting.address, waiting.owner, waiting.reason) == (ADDRESS, "reminder:1", "window")
    shown = orjson.loads(service.run("doctor", "--json").stdout)
    assert [one["value"] for one in shown if one["name"] == "zalo_oa_held"] == ["window: 1"]
    assert "7 ngày" in service.run("zalo", "why", "window").stdout
    assert _sends(zalo) == sends, "no call was made"

    zalo.people.say(PERSON, "tôi đây")
    eventually(lambda: _texts(zalo).count(REMINDER) == 2)
    assert database.read_now(lambda one: unreached.listed(one, [""], 10)) == []
    database.close()
