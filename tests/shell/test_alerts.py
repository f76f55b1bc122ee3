"""Operators hear of trouble in their own chats: late enough, not twice, and of its end."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import Clock, FakeChannel
from house_of import House, until
from phone import TOKEN, Telegram
from pydantic import SecretStr
from service import free_port
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from village import NOW, find, plant

from bot.alerts import Alerts
from bot.core.rights import Role
from bot.doctor import examine
from bot.ending import end
from bot.library import Library
from bot.rehearsal import StandIn
from bot.settings import Settings
from storage import inbox, lanes, links, pace, people, teams, upkeep
from storage.database import DAY, HOUR, MINUTE, SECOND, Database

_PORT = free_port()


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library, clock: Clock) -> House:
    clock.now = NOW
    database.write_now(plant)
    return House(database, channel, library)


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@pytest.fixture
def alerts(house: House, tmp_path: Path) -> Alerts:
    return _alerts(house, tmp_path)


def _alerts(house: House, folder: Path, machine: str = "") -> Alerts:
    settings = Settings(_env_file=None, data_dir=folder)
    return Alerts(house.database, house.signals, settings, machine)


def _operators(house: House, *names: str) -> None:
    def work(connection: Connection) -> None:
        for name in names:
            person = find(connection, name)
            row = {"person": person, "role": Role.OPERATOR, "area": "", "granted_by": 0}
            teams.grant(connection, [row], NOW)
            address = f"fake:one:{name}"
            people.see(connection, {address: "fake"}, NOW)
            links.link(connection, address, person, NOW)

    house.database.write_now(work)


def _park(house: House) -> None:
    house.hear("poison")

    def work(connection: Connection) -> None:
        (update,) = inbox.waiting(connection, ["fake:one:poison"], 1)
        inbox.park(connection, update, "malformed x")

    house.database.write_now(work)


def _mend(house: House) -> None:
    house.database.write_now(lambda one: one.exec_driver_sql("DELETE FROM inbox_update"))


async def _check(house: House, alerts: Alerts, clock: Clock, microseconds: int) -> int:
    clock.advance(microseconds / SECOND)
    told = house.database.write_now(alerts.once)
    await house.deliver()
    return told


async def test_trouble_is_told_late_daily_and_when_it_is_over(
    house: House, channel: FakeChannel, alerts: Alerts, clock: Clock
) -> None:
    _operators(house, "Chị Hoa", "Anh Dũng")
    _park(house)
    told = [await _check(house, alerts, clock, MINUTE) for _ in range(4)]
    assert told == [0, 0, 2, 0]
    assert await _check(house, alerts, clock, DAY) == 2
    _mend(house)
    assert [await _check(house, alerts, clock, MINUTE) for _ in range(2)] == [2, 0]
    first, again, over = channel.texts("Chị Hoa")
    assert first.startswith("⚠️ Tin đến bị gác lại: 1\n")
    assert again == first
    assert over == "✅ Đã ổn trở lại: Tin đến bị gác lại: 0"
    assert channel.texts("Anh Dũng") == [first, again, over]


async def test_a_hiccup_is_not_told(house: House, alerts: Alerts, clock: Clock) -> None:
    _operators(house, "Chị Hoa")
    for _ in range(3):
        _park(house)
        assert await _check(house, alerts, clock, MINUTE) == 0
        _mend(house)
        assert await _check(house, alerts, clock, MINUTE) == 0
    kept = house.database.read_now(lambda one: upkeep.begun_with(one, "alert:"))
    assert kept == {}


def _of_two(house: House, folder: Path) -> tuple[Alerts, Alerts]:
    """Those of two machines; the first has files it cannot get rid of."""
    sick, well = folder / "sick", folder / "well"
    (sick / "spool").mkdir(parents=True)
    (sick / "spool" / "x.aside").touch()
    return _alerts(house, sick, "sick"), _alerts(house, well, "well")


async def test_a_machine_that_is_well_says_nothing_of_another(
    house: House, channel: FakeChannel, tmp_path: Path, clock: Clock
) -> None:
    """On SQLite there is one, and no name."""
    _operators(house, "Chị Hoa")
    sick, well = _of_two(house, tmp_path)
    if house.database.is_sqlite:
        well = sick
    for _ in range(4):
        await _check(house, sick, clock, MINUTE)
        await _check(house, well, clock, 0)
    name = "" if house.database.is_sqlite else " (sick)"
    (told,) = channel.texts("Chị Hoa")
    assert told.splitlines()[0].endswith(f": 0 / 1{name}")
    (tmp_path / "sick" / "spool" / "x.aside").unlink()
    assert await _check(house, sick, clock, MINUTE) == 1
    assert channel.texts("Chị Hoa")[-1].endswith(f": 0 / 0{name}")


async def test_of_a_machine_that_is_gone_nothing_is_kept(
    house: House, tmp_path: Path, clock: Clock
) -> None:
    _operators(house, "Chị Hoa")
    sick, well = _of_two(house, tmp_path)
    for _ in range(4):
        await _check(house, sick, clock, MINUTE)
    await _check(house, well, clock, DAY)
    kept = house.database.read_now(lambda one: upkeep.begun_with(one, "alert:"))
    assert len(kept) == (not house.database.is_sqlite)
    assert await _check(house, well, clock, 2 * HOUR) == 0
    assert house.database.read_now(lambda one: upkeep.begun_with(one, "alert:")) == {}


async def test_with_nobody_to_tell_the_log_says_so(
    house: House, alerts: Alerts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    _park(house)
    assert [await _check(house, alerts, clock, 2 * MINUTE) for _ in range(2)] == [0, 0]
    assert "nobody can be told of parked" in caplog.text


def test_the_doctor_misses_an_operator_once_a_platform_is_joined(house: House) -> None:
    def found(settings: Settings) -> tuple[str, bool]:
        lines = examine(settings, house.database)
        return next((one.value, one.ok) for one in lines if one.name == "operators")

    joined = Settings(_env_file=None, telegram_token=SecretStr("1:a"))
    assert found(Settings(_env_file=None)) == ("0", True)
    assert found(joined) == ("0", False)
    _operators(house, "Chị Hoa")
    assert found(joined) == ("1", True)


async def test_the_way_that_is_down_is_not_taken(
    house: House, channel: FakeChannel, alerts: Alerts, clock: Clock
) -> None:
    _operators(house, "Chị Hoa")
    other = "fake:two:Chị Hoa"

    def work(connection: Connection) -> None:
        person = find(connection, "Chị Hoa")
        people.see(connection, {other: "fake"}, NOW)
        links.link(connection, other, person, NOW)
        rate = pace.Rate(pace.BOTH, 1000)
        pace.allowance(connection, ("fake", "one"), rate, NOW)
        pace.block(connection, ("fake", "one"), NOW + DAY, "token-lost", everything=True)

    house.database.write_now(work)
    for _ in range(3):
        clock.advance(MINUTE / SECOND)
        house.database.write_now(alerts.once)
    assert house.database.read_now(lambda one: lanes.earliest(one, ("fake", "two")))
    assert not house.database.read_now(lambda one: lanes.earliest(one, ("fake", "one")))


def _joined(alerts: Alerts, telegram: Telegram, **more: object) -> Alerts:
    given = {"telegram_token": SecretStr(TOKEN), "telegram_api_url": telegram.url, **more}
    alerts._settings = alerts._settings.model_copy(update=given)
    return alerts


async def test_a_platform_that_calls_elsewhere_is_told(
    house: House, channel: FakeChannel, alerts: Alerts, clock: Clock, telegram: Telegram
) -> None:
    """As whoever takes over the bot's token does."""
    _operators(house, "Chị Hoa")
    base = "http://127.0.0.1:9"
    _joined(alerts, telegram, base_url=base)
    for place in ("http://127.0.0.1:8/other", f"{base}/hooks/telegram"):
        telegram.cloud.webhook["url"] = place
        for _ in range(4):
            await alerts.ask()
            await _check(house, alerts, clock, MINUTE)
    told, over = (one for one in channel.texts("Chị Hoa") if "Telegram gọi tới" in one)
    assert "http://127.0.0.1:8/other" in told
    assert over.startswith("✅")


async def test_an_address_that_was_never_reached_from_here_is_no_alarm(
    alerts: Alerts, house: House, telegram: Telegram, tmp_path: Path
) -> None:
    """Some networks do not let a machine call its own public address; once seen, it is missed."""
    found = StandIn(Starlette(routes=[Route("/hooks/zalo-oa", _fine, methods=["POST"])]), _PORT)
    here = {"base_url": f"http://127.0.0.1:{_PORT}", "zalo_oa_api_url": telegram.url}
    _joined(alerts, telegram, zalo_oa_app_id="1", **here)

    async def told() -> dict[str, bool]:
        await alerts.ask()
        return {one.name: one.ok for one in alerts._told}

    assert "hook_zalo_oa" not in await told()
    found.start()
    assert (await told())["hook_zalo_oa"]
    found.stop()
    assert not (await told())["hook_zalo_oa"]


async def _fine(_request: Request) -> Response:
    return Response()


async def test_it_looks_by_itself(
    house: House, alerts: Alerts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.alerts._SECONDS", 0.01)
    monkeypatch.setattr("bot.alerts._ASK_SECONDS", 0.01)
    _operators(house, "Chị Hoa")

    async def known(wanted: bool) -> None:
        async def there() -> bool:
            kept = await house.database.read(lambda one: upkeep.begun_with(one, "alert:"))
            return bool(kept) is wanted

        await until(there)

    task = asyncio.create_task(alerts.run())
    _park(house)
    await known(wanted=True)
    _mend(house)
    await known(wanted=False)
    await end([task])
