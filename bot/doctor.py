"""`gocua doctor`: what is well, what is not and what to do. Reads only."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import backlog, spool
from bot.calendars import office_hours
from bot.channels.zalo_bot.parse import NAME as ZALO_BOT
from bot.channels.zalo_bot.parse import account_of
from bot.channels.zalo_bot.render import MOST_MESSAGES, MOST_PEOPLE
from bot.channels.zalo_oa.parse import NAME as ZALO_OA
from bot.core.rights import Role, terminal
from bot.guide_checks import check
from bot.holidays import unconfirmed
from bot.installed import sealed_with_another
from bot.library import GUIDES, guide_folders
from bot.services import zalo
from bot.settings import Settings
from bot.vault import Vault
from bot.zalo import missing
from bot.zalo_words import ZaloWords
from storage import (
    calls,
    data_requests,
    inbox,
    links,
    outbox,
    pace,
    quotas,
    schema,
    teams,
    upkeep,
    wholeness,
)
from storage.database import DAY, SECOND, Database
from storage.wholeness import is_damage

_NEARLY = 0.9
_LEAST_FREE = 2**30
_BACKUP_AGE = 7 * DAY


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a line of the report; when not `ok`, advice of that name is shown. `title` and
    `do` take the place of both where the words are known already."""

    name: str
    value: str
    ok: bool = True
    title: str = ""
    do: str = ""


def examine(settings: Settings, database: Database) -> list[Finding]:
    findings = [*_settings(settings), _guides(), _spool(settings.data_dir)]
    try:
        if not database.read_now(lambda one: wholeness.is_whole(one, thorough=True)):
            return [*findings, Finding("damaged", "SQLite", ok=False)]
        return findings + database.read_now(
            lambda one: list(_stored(one, settings, database.now(one)))
        )
    except SQLAlchemyError as error:
        name = "damaged" if is_damage(error) else "database"
        return [*findings, Finding(name, type(error).__name__, ok=False)]


def running(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    """What can change while the service runs."""
    yield _disk(settings.data_dir)
    yield _spool(settings.data_dir)
    yield from _stored(connection, settings, now)


def _settings(settings: Settings) -> Iterator[Finding]:
    called = _called(settings)
    yield Finding("channels", ", ".join(["webchat", *called]))
    if lacking := missing(settings):
        yield Finding("zalo_oa_settings", ", ".join(lacking), ok=False)
    if bare := settings.unguarded:
        yield Finding("unguarded", bare, ok=False)
    public = settings.base_url.startswith("https://") or not called
    yield Finding("base_url", settings.base_url, ok=public)
    yield _disk(settings.data_dir)


def _called(settings: Settings) -> list[str]:
    """Channels of platforms that are on."""
    tokens = {"telegram": settings.telegram_token, "zalo_bot": settings.zalo_bot_token}
    called = [name for name, token in tokens.items() if token]
    return [*called, ZALO_OA] if settings.zalo_oa_app_id else called


def _disk(folder: Path) -> Finding:
    near = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(near).free
    return Finding("disk", f"{free / 2**30:.1f} GB", ok=free >= _LEAST_FREE)


def _spool(data: Path) -> Finding:
    """Files that wait while the service runs mean that the database is away."""
    waiting, aside = spool.counts(spool.folder_in(data))
    return Finding("spool", f"{waiting} / {aside}", ok=not (waiting or aside))


def _guides() -> Finding:
    found = check(GUIDES, datetime.now(UTC).date())
    faults = [one for one in found if not one.warning or one.code == "expired"]
    return Finding("guides", str(len(guide_folders())), ok=not faults)


def _stored(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    yield Finding("database", connection.dialect.name)
    if shut := sealed_with_another(settings, connection):
        yield Finding("kept", ", ".join(shut), ok=False)
    current = schema.is_current(connection)
    yield Finding("migrations", schema.head() or "", ok=current)
    if not current:
        return
    inbound, outbound = inbox.counts(connection), outbox.counts(connection)
    waiting = backlog.waiting(connection)
    room = sum(waiting.values()) < settings.queue_limit
    yield Finding("inbox", str(waiting["inbox"]), ok=room)
    yield Finding("parked", str(inbound["parked"]), ok=not inbound["parked"])
    yield Finding("outbox", f"{waiting['outbox']} / {settings.queue_limit}", ok=room)
    yield Finding("uncertain", str(outbound["uncertain"]), ok=not outbound["uncertain"])
    yield Finding("help", str(calls.open_count(connection)))
    late = calls.unanswered(connection, now - DAY)
    yield Finding("help_unanswered", str(late), ok=not late)
    late = data_requests.overdue(connection, now)
    waits = data_requests.open_count(connection)
    yield Finding("data_requests", f"{late} / {waits}", ok=not late)
    yield _holidays(settings, now)
    yield Finding("holidays_unconfirmed", ", ".join(map(str, unconfirmed())) or "0")
    paused = pace.blocked(connection, now)
    why = [f"{name} ({reason})" for name, (_, reason) in paused.items()]
    yield Finding("paused", ", ".join(why) or "0", ok=not paused)
    yield _backup(connection, settings, now)
    yield _operators(connection, settings)
    if settings.zalo_bot_token:
        yield _zalo_bot(connection, settings, now)
    if settings.zalo_oa_app_id and settings.secret_key:
        yield from _zalo_oa(connection, settings, now)


def _operators(connection: Connection, settings: Settings) -> Finding:
    """Somebody has to hear of what goes wrong, once residents can write from outside."""
    reached = len(links.reach(connection, teams.holders(connection, Role.OPERATOR)))
    return Finding("operators", str(reached), ok=reached > 0 or not _called(settings))


def _holidays(settings: Settings, now: int) -> Finding:
    """A calendar without days of this year was not looked after."""
    zone = ZoneInfo(settings.timezone)
    newest = max((day.year for day in office_hours(zone).holidays), default=0)
    this = datetime.fromtimestamp(now / SECOND, zone).year
    return Finding("holidays", str(newest), ok=newest >= this)


def _backup(connection: Connection, settings: Settings, now: int) -> Finding:
    """Nobody is told off on the first days, while there is little to lose."""
    done = upkeep.last(connection, upkeep.BACKUP)
    if done is None:
        begun = inbox.first(connection)
        return Finding("backup", "0", ok=begun is None or now - begun < _BACKUP_AGE)
    at = datetime.fromtimestamp(done.at / SECOND, ZoneInfo(settings.timezone))
    return Finding("backup", f"{at:%d/%m/%Y %H:%M}", ok=now - done.at < _BACKUP_AGE)


def _zalo_bot(connection: Connection, settings: Settings, now: int) -> Finding:
    """The Basic package of the platform carries few people and messages."""
    account = account_of(settings.zalo_bot_token.get_secret_value())
    since = _month_start(now, ZoneInfo(settings.timezone))
    used = quotas.used(connection, ZALO_BOT, account, since)
    near = used.people >= _NEARLY * MOST_PEOPLE or used.messages >= _NEARLY * MOST_MESSAGES
    value = f"{used.people}/{MOST_PEOPLE} · {used.messages}/{MOST_MESSAGES}"
    return Finding("zalo_bot", value, ok=not near)


def _zalo_oa(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    words = ZaloWords(ZoneInfo(settings.timezone))
    account, vault = (
        (ZALO_OA, settings.zalo_oa_app_id),
        Vault(settings.secret_key.get_secret_value()),
    )
    for line in zalo.health(connection, terminal(), now, account, vault):
        value = words.value(line.name, line.form, line.values)
        do = words.advice(line.advice) if line.advice else ""
        title = words.title(line.name)
        yield Finding(f"zalo_oa_{line.name}", value, not line.advice, title, do)


def _month_start(now: int, zone: ZoneInfo) -> int:
    """Both in microseconds."""
    today = datetime.fromtimestamp(now / SECOND, zone)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(first.timestamp()) * SECOND
