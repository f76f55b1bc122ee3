"""A practice broadcast: as many groups and persons as there really are, none of them real.

Of the real database only numbers are read. Everybody in the rehearsal's own database is invented
here, and stands in the stand-ins of the platforms.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.core.address import Address
from bot.core.announcement import Content, Way
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.model import Chat
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.model import BotChat, Group
from bot.standins.zalo.people import People as ZaloPeople
from storage import contacts, groups, people, persons, schema
from storage.contacts import Contact
from storage.database import Database
from storage.rows import batches
from storage.tallies import Tally, tally

CHANNELS = ("telegram", "zalo_oa", "zalo_bot")
_EVERYBODY = Content("-", areas=("*",), ways=tuple(Way), channels=CHANNELS)
_FIRST = 7_000_000


def counts(url: str) -> list[Tally]:
    """Whom an announcement to all would reach today; empty when there is no such database."""
    try:
        database = Database(url)
        try:
            return database.read_now(lambda one: _counted(one, database))
        finally:
            database.close()
    except (SQLAlchemyError, OSError):
        return []


def _counted(connection: Connection, database: Database) -> list[Tally]:
    if not schema.is_current(connection):
        return []
    return tally(connection, _EVERYBODY, database.now(connection))


@dataclass(frozen=True, slots=True)
class _One:
    """Somebody invented, or a group. `reason` is why it cannot receive."""

    place: int
    way: str
    reason: str

    def chat(self, *, group: bool) -> str:
        number = _FIRST + self.place
        if self.way == Way.GMF and group:
            return f"g.{number:020d}"
        return str(-number if self.way == Way.TELEGRAM and group else number)


def _everyone(found: Sequence[Tally], *, group: bool) -> Iterator[_One]:
    place = 0
    for one in found:
        for _ in range(one.number if one.group is group else 0):
            place += 1
            yield _One(place, one.way, one.reason)


class Practice:
    """`accounts` are the rehearsal's, by channel; `called` is what everybody is called here."""

    def __init__(
        self, found: Sequence[Tally], accounts: dict[str, str], area: str, called: str
    ) -> None:
        self._accounts, self._area, self._called = accounts, area, called
        self.groups = list(_everyone(found, group=True))
        self.people = list(_everyone(found, group=False))

    def _address(self, one: _One, *, group: bool) -> Address:
        return Address(one.way, self._accounts[one.way], one.chat(group=group))

    # In the stand-ins

    def fill(self, telegram: TelegramCloud, zalo: ZaloCloud) -> None:
        for one in self.groups:
            if one.way != Way.RELAY:
                self._found(telegram, zalo, one)
        for one in self.people:
            name = one.chat(group=False)
            match one.way:
                case "telegram":
                    chat = Chat(int(name), "private", self._called, met=True)
                    telegram.chats[chat.id] = chat
                case "zalo_oa":
                    ZaloPeople(zalo.oa).user(name).last_interaction = zalo.oa.clock()
                case _:
                    zalo.bot.chats[name] = BotChat(name, self._called, met=True)

    def _found(self, telegram: TelegramCloud, zalo: ZaloCloud, one: _One) -> None:
        name, title = one.chat(group=True), f"{self._called} {one.place}"
        match one.way:
            case Way.TELEGRAM:
                telegram.chats[int(name)] = Chat(int(name), "group", title, met=True)
            case Way.GMF:
                group = Group(name.removeprefix("g."), title)
                zalo.oa.groups[group.id] = group
            case _:
                zalo.bot.chats[name] = BotChat(name, title, group=True, met=True)

    # In the rehearsal's database

    def plant(self, connection: Connection, now: int) -> None:
        """Once: groups bound or with what keeps them from receiving, persons who agreed."""
        keeper = persons.add_one(connection, {"call_name": self._called}, now)
        self._plant_groups(connection, keeper, now)
        for some in batches(self.people):
            self._plant_people(connection, some, now)

    def _plant_groups(self, connection: Connection, keeper: int, now: int) -> None:
        groups.put(connection, [self._row(one) for one in self.groups])
        for one in self.groups:
            if one.reason in ("not-claimed", "no-keeper"):
                continue
            if one.way == Way.RELAY:
                groups.claim(connection, _code(one), "", keeper, now)
                continue
            address = self._address(one, group=True)
            groups.claim(connection, _code(one), str(address), keeper, now)
            well = not one.reason
            title = f"{self._called} {one.place}"
            people.set_group(connection, address, now, title=title, member=well, can_post=well)

    def _row(self, one: _One) -> dict[str, Any]:
        name = f"{self._called} {one.place}"
        return {"code": _code(one), "area": self._area, "channel": one.way, "name": name}

    def _plant_people(self, connection: Connection, some: Sequence[_One], now: int) -> None:
        addresses = {str(self._address(one, group=False)): one for one in some}
        people.see(connection, {address: one.way for address, one in addresses.items()}, now)
        contacts.save(connection, dict.fromkeys(addresses, Contact(near_at=now)))
        agreed = {"person": 0, "purpose": "news", "granted": True, "version": "-"}
        more = {"recorder": "practice", "at": now}
        people.record_consents(
            connection, [{**agreed, **more, "address": address} for address in addresses]
        )
        for address, one in addresses.items():
            if one.reason:
                people.set_reachable(connection, address, now, reachable=False)


def _code(one: _One) -> str:
    return f"dien-tap-{one.place}"
