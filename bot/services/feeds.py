"""Feeds of official sites, whose news become drafts of announcements."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, feeds
from storage.feeds import Kept

_EVERY_AREA = "*"
_COMPOSE = Operation.COMPOSE_ANNOUNCEMENT


def add(connection: Connection, actor: Actor, now: int, url: str, areas: Collection[str]) -> int:
    """Its drafts are the actor's, for these areas; whoever added a feed approves none of them."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not areas:
        raise Refused(Problem.BAD_VALUE)
    _require(connection, actor, areas)
    made = feeds.add(connection, url.strip(), areas, actor.person, now)
    if made is None:
        raise Refused(Problem.SAME)
    audit.record(connection, actor, _COMPOSE, f"feed:{made}", now, step="add")
    return made


def _require(connection: Connection, actor: Actor, areas: Collection[str]) -> None:
    for area in areas:
        access.require(connection, actor, _COMPOSE, EVERYWHERE if area == _EVERY_AREA else area)


def remove(connection: Connection, actor: Actor, now: int, feed: int) -> None:
    """Its drafts stay."""
    found = feeds.get(connection, feed)
    if found is None:
        access.scopes(actor, _COMPOSE)
        raise Refused(Problem.NO_FEED)
    _require(connection, actor, found.areas)
    feeds.remove(connection, feed)
    audit.record(connection, actor, _COMPOSE, f"feed:{feed}", now, step="remove")


def listed(connection: Connection, actor: Actor) -> list[Kept]:
    access.scopes(actor, Operation.SEE_ANNOUNCEMENTS)
    return feeds.everything(connection)
