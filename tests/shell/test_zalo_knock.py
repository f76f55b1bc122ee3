"""Who is outside Zalo's seven days is asked by a paid template to write, once a week, by day."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from fakes import Clock
from house_of import no_picture, until
from pydantic import SecretStr
from zalo import CONSOLE, PERSON, Zalo

from bot.channels.base import Failure, NotSent, Outgoing, packed
from bot.channels.registry import Needs, channels
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.parse import knock_chat, knock_user
from bot.channels.zalo_oa.render import Words
from bot.core.address import Address
from bot.core.effects import Message
from bot.sender import Sender
from bot.settings import Settings
from bot.standins.zalo.model import Template
from bot.zalo import Zalo as Joined
from storage import contacts, lanes, outbox, unreached
from storage.contacts import Contact
from storage.database import DAY, HOUR, SECOND, Database
from storage.outbox import NewDelivery
from storage.signals import Signals

TEMPLATE = "t-1"
ADDRESS = f"zalo_oa:{CONSOLE.app_id}:{PERSON}"
NOON = 1_795_496_400_000_000  # 24 November 2026, 12:00 in Ho Chi Minh City


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.oa.templates[TEMPLATE] = Template(TEMPLATE, frozenset({"so_tin"}))
    made.people.say(PERSON, "chào")
    made.people.user(PERSON).last_interaction -= 8 * 24 * 3600
    yield made
    made.stop()


@dataclass
class Office:
    database: Database
    clock: Clock
    joined: Joined
    channel: ZaloOA
    sender: Sender

    def knock(self) -> int:
        return self.database.write_now(lambda one: self.joined.knock(one, self.clock()))

    def remind(self, number: int = 1) -> None:
        new = [
            NewDelivery("reminder:1", ADDRESS, packed(Message("x")), lanes.PERSONAL, lasts=30 * DAY)
            for _ in range(number)
        ]
        self.database.write_now(lambda one: outbox.enqueue(one, new, self.clock()))

    async def sent(self, held: int) -> None:
        """Until so many are held and nothing else is on its way."""
        running = asyncio.create_task(self.sender.run())

        async def idle() -> bool:
            counts = await self.database.read(outbox.counts)
            return (counts["queued"], counts["sending"], counts["held"]) == (0, 0, held)

        await until(idle)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _joined(zalo: Zalo, database: Database, template: str) -> Joined:
    settings = Settings(
        _env_file=None,
        secret_key=SecretStr("key"),
        zalo_oa_app_id=CONSOLE.app_id,
        zalo_oa_app_secret=SecretStr(CONSOLE.app_secret),
        zalo_oa_webhook_secret=SecretStr(CONSOLE.oa_secret),
        zalo_oa_refresh_token=SecretStr(zalo.oa.oauth.pair()["refresh_token"]),
        zalo_oa_api_url=zalo.url,
        zalo_oa_oauth_url=zalo.url,
        zalo_oa_knock_template=template,
    )
    made = Joined.of(settings, database, Words("Gõ {number}: {label}", "Mời chọn"))
    assert made
    return made


@pytest.fixture(params=[TEMPLATE])
async def office(
    zalo: Zalo, database: Database, clock: Clock, request: pytest.FixtureRequest
) -> AsyncIterator[Office]:
    clock.now = NOON
    joined, signals = _joined(zalo, database, request.param), Signals(database)
    signals.present = True
    database.write_now(lambda one: joined.begin(one, clock()))
    channel = channels(Needs(_nowhere, zalo_oa=joined.needs))["zalo_oa"]
    assert isinstance(channel, ZaloOA)
    sender = Sender(database, signals, channel, no_picture, "https://x.vn/hinh")
    made = Office(database, clock, joined, channel, sender)
    database.write_now(
        lambda one: contacts.save(one, {ADDRESS: Contact(clock() - 8 * DAY, clock() - 8 * DAY)})
    )
    yield made
    await channel.close()
    await joined.close()


async def _nowhere(*_: object) -> None:
    return


async def test_they_are_asked_to_write_and_then_get_everything(zalo: Zalo, office: Office) -> None:
    office.remind(2)
    await office.sent(held=2)
    assert zalo.from_oa(PERSON) == []
    assert office.knock() == 1
    await office.sent(held=2)
    assert [(one.kind, one.text) for one in zalo.from_oa(PERSON)] == [("template", "2")]
    assert [one.owner for one in _listed(office)] == ["reminder:1"] * 2, "and no knock"
    assert office.knock() == 0
    office.clock.advance(8 * DAY / SECOND)
    assert office.knock() == 1, "a week later once more"


def _listed(office: Office) -> list[unreached.Unreached]:
    return office.database.read_now(lambda one: unreached.listed(one, [""], 10))


async def test_nobody_is_knocked_for_at_night(office: Office) -> None:
    office.remind()
    await office.sent(held=1)
    office.clock.advance(9 * HOUR / SECOND)
    assert office.knock() == 0
    office.clock.advance(12 * HOUR / SECOND)
    assert office.knock() == 1


@pytest.mark.parametrize("office", [""], indirect=True)
async def test_without_a_template_nothing_is_sent(zalo: Zalo, office: Office) -> None:
    office.remind()
    await office.sent(held=1)
    assert office.knock() == 0
    address = Address("zalo_oa", CONSOLE.app_id, knock_chat(PERSON))
    left_over = await office.channel.send(Outgoing(1, address, Message("2")))
    assert left_over == NotSent(Failure.PERMANENT, "no-template")
    assert zalo.from_oa(PERSON) == []


async def test_what_zalo_says_of_a_template(zalo: Zalo, office: Office) -> None:
    outgoing = Outgoing(1, Address("zalo_oa", CONSOLE.app_id, knock_chat(PERSON)), Message("2"))
    for code, failure in ((-131, Failure.PERMANENT), (-114, Failure.GONE), (-133, Failure.HELD)):
        zalo.oa.faults.refusals = [code]
        result = await office.channel.send(outgoing)
        assert isinstance(result, NotSent)
        assert (result.failure, result.code) == (failure, f"zalo{code}")


def test_its_chat_is_no_persons() -> None:
    assert knock_user(knock_chat(PERSON)) == PERSON
    assert knock_user(PERSON) == ""
