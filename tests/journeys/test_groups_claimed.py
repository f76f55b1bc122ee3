"""Groups on Zalo are tied to their place by a code that a known member says in them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import NewUrl
from phone import eventually
from service import Service
from sqlalchemy import Connection
from village import NEAR, find, plant
from zalo import BOT_TOKEN, CONSOLE, PERSON, Zalo

from bot.core.rights import terminal
from bot.services import groups as group_service
from storage import groups, links, people
from storage.database import Database

TU, BOT_GROUP = "6ede9afa66b88fe60001", "zgr-d0a1a6afd9c0309e0001"


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.oa.package = "full"
    yield made
    made.stop()


class _Office:
    """A registered group, its code, and a member known by their own chat."""

    def __init__(self, service: Service, way: str, chat: str) -> None:
        self.database = Database(service.env["GOCUA_DATABASE_URL"])
        self.code = self.database.write_now(lambda one: self._offer(one, way, chat))

    def _offer(self, connection: Connection, way: str, chat: str) -> str:
        plant(connection)
        now, member = self.database.now(connection), find(connection, "Anh Dũng")
        people.see(connection, {chat: way}, now)
        links.link(connection, chat, member, now)
        groups.put(connection, [{"code": "g", "area": NEAR, "channel": way, "name": "Xóm 1"}])
        return group_service.claim_code(connection, terminal(), now, "g")

    def claims(self, say: Callable[[str], object], address: str) -> None:
        say(f"/noi {self.code}")
        eventually(lambda: self._group().address == address)
        assert self._group().trouble == ""
        self.database.close()

    def _group(self) -> groups.Group:
        found = self.database.read_now(lambda one: groups.get(one, "g"))
        assert found
        return found


def test_in_a_group_of_the_bot(zalo: Zalo, new_url: NewUrl, tmp_path: Path) -> None:
    service = zalo.service(tmp_path, new_url("sqlite")).start()
    eventually(lambda: bool(zalo.bot.mail.url))
    account = BOT_TOKEN.partition(":")[0]
    office = _Office(service, "zalo_bot", f"zalo_bot:{account}:{TU}")
    zalo.bot_people.found_group(BOT_GROUP, "Xóm 1")
    office.claims(
        lambda text: zalo.bot_people.say_in_group(TU, BOT_GROUP, text),
        f"zalo_bot:{account}:{BOT_GROUP}",
    )
    eventually(lambda: any("Xóm 1" in one.text for one in zalo.from_bot(BOT_GROUP)))
    service.stop()


def test_in_a_group_of_the_oa(zalo: Zalo, new_url: NewUrl, tmp_path: Path) -> None:
    service = zalo.oa_service(tmp_path, new_url("sqlite")).start()
    zalo.hooked(service)
    office = _Office(service, "zalo_oa", f"zalo_oa:{CONSOLE.app_id}:{PERSON}")
    group = zalo.people.found_group("Xóm 1", PERSON)
    office.claims(
        lambda text: zalo.people.say_in_group(PERSON, group.id, text),
        f"zalo_oa:{CONSOLE.app_id}:g.{group.id}",
    )
    eventually(lambda: any("Xóm 1" in one.text for one in group.messages.values() if one.from_bot))
    service.stop()
