"""`gocua doctor`: what is well, what is not and what to do. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.guide_checks import check
from bot.library import GUIDES, guide_folders
from bot.settings import Settings
from storage import inbox, outbox, pace, people, schema
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a line of the report; when not `ok`, advice of that name is shown."""

    name: str
    value: str
    ok: bool = True


def examine(settings: Settings, database: Database) -> list[Finding]:
    findings = [*_settings(settings), _guides()]
    try:
        return findings + database.read_now(
            lambda one: list(_stored(one, settings, database.now(one)))
        )
    except SQLAlchemyError as error:
        return [*findings, Finding("database", type(error).__name__, ok=False)]


def _settings(settings: Settings) -> Iterator[Finding]:
    telegram = bool(settings.telegram_token.get_secret_value())
    yield Finding("channels", "webchat, telegram" if telegram else "webchat")
    public = settings.base_url.startswith("https://") or not telegram
    yield Finding("base_url", settings.base_url, ok=public)


def _guides() -> Finding:
    faults = [one for one in check(GUIDES, datetime.now(UTC).date()) if not one.warning]
    return Finding("guides", str(len(guide_folders())), ok=not faults)


def _stored(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    yield Finding("database", connection.dialect.name)
    current = schema.is_current(connection)
    yield Finding("migrations", schema.head() or "", ok=current)
    if not current:
        return
    inbound, outbound = inbox.counts(connection), outbox.counts(connection)
    waiting = inbound["waiting"] + outbound["queued"]
    room = waiting < settings.queue_limit
    yield Finding("inbox", str(inbound["waiting"]), ok=room)
    yield Finding("parked", str(inbound["parked"]), ok=not inbound["parked"])
    yield Finding("outbox", f"{outbound['queued']} / {settings.queue_limit}", ok=room)
    yield Finding("uncertain", str(outbound["uncertain"]), ok=not outbound["uncertain"])
    yield Finding("help", str(people.open_help(connection)))
    paused = pace.blocked(connection, now)
    yield Finding("paused", ", ".join(paused) or "0", ok=not paused)
