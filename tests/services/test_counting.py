"""What is kept of places says what counting says, and is fresh or not used."""

from zoneinfo import ZoneInfo

import pytest
from counting import statements
from fakes import Clock
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, find, plant

from bot.core.counts import Begun, Counts, from_plain, to_plain, together
from bot.core.figures import Figures, Proof, Snag
from bot.core.rights import terminal
from bot.core.state import Guides
from bot.core.weeks import Week
from bot.counter import NAME, Counter
from bot.services import counting, figures, funnels
from bot.services.figures import Catalogue
from storage import counts, households, persons, progress, rows, tallies, upkeep
from storage.database import DAY, HOUR, MINUTE, Database
from storage.tables import Confirmation, GuideRun, Visit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = Week(2027, 2)
LAST = WEEK.before()
START = WEEK.start(ZONE)
NOW = START + 2 * DAY
CATALOGUE = Catalogue({"vneid": "VNeID"}, {}, {"": ("18-59",)}, "danh sách")


class Hamlets:
    """A village where something happened, and who counts it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.counter = Counter(database, ZONE)
        clock.now = NOW
        database.write_now(plant)
        database.write_now(self._live)

    def _live(self, connection: Connection) -> None:
        for turn, name in enumerate(("Bà Năm", "Ông Bảy", "Cô Đào")):
            self.did(connection, name, "started", START + turn)
            self.did(connection, name, "stuck" if turn else "finished", START + HOUR)
        self.did(connection, "", "done", START, "first")
        seen = {"person": find(connection, "Anh Tư"), "guide": "vneid", "kind": "verified"}
        more = {"revision": "r", "run": 0, "visit": 0, "recorder": 1, "at": START}
        rows.insert(connection, Confirmation, [seen | more])
        door = {"household": "H001", "person": 0, "guide": "", "outcome": "away", "member": 1}
        rows.insert(connection, Visit, [door | {"day": "x", "at": START}])
        run = {"sequence": 0, "place": 0, "person": find(connection, "Ông Bảy"), "guide": "vneid"}
        state = {"revision": "r", "way": "chat", "started_by": 0, "state": "started"}
        dates = {"created_at": 1, "moved_at": 1, "ended_at": None}
        still = {"item": "first", "stuck": 0, "helped_at": 0}
        rows.insert(connection, GuideRun, [run | state | dates | still])

    @staticmethod
    def did(connection: Connection, name: str, outcome: str, at: int, item: str = "first") -> None:
        person = find(connection, name) if name else 0
        row = {"address": f"fake:one:{name}", "person": person, "guide": "vneid"}
        more = {"revision": "r", "item": item, "outcome": outcome, "at": at}
        progress.record(connection, [row | more])

    async def count(self) -> None:
        while await self.counter.once():
            pass

    def see(self, area: str = COMMUNE, week: Week = WEEK) -> Figures:
        def work(connection: Connection) -> Figures:
            return figures.see(connection, terminal(), self.clock(), ZONE, area, week, CATALOGUE)

        return self.database.read_now(work)


@pytest.fixture
def hamlets(database: Database, clock: Clock) -> Hamlets:
    return Hamlets(database, clock)


@pytest.mark.parametrize("area", ["", COMMUNE, NEAR, FAR])
async def test_what_is_kept_says_what_counting_says(hamlets: Hamlets, area: str) -> None:
    counted = hamlets.see(area), hamlets.see(area, LAST)
    await hamlets.count()
    assert (hamlets.see(area), hamlets.see(area, LAST)) == counted
    with statements(hamlets.database._reading) as asked:
        hamlets.see(area)
    assert asked.number <= 11


async def test_what_was_kept_an_hour_ago_is_counted_anew(hamlets: Hamlets, guides: Guides) -> None:
    await hamlets.count()
    hamlets.database.write_now(lambda one: hamlets.did(one, "Chị Hoa", "started", NOW + MINUTE))
    hamlets.clock.now = NOW + HOUR
    assert _begun(hamlets.see()) == 3
    hamlets.clock.now = NOW + HOUR + 1
    assert _begun(hamlets.see()) == 4
    guide = guides.current["vneid"]
    found = hamlets.database.read_now(
        lambda one: funnels.lately(one, terminal(), hamlets.clock(), ZONE, guide)
    )
    assert len(found) == len(guide.steps)


def _begun(found: Figures) -> int | None:
    whole = found.all_of("vneid")
    assert whole
    return whole.times


async def test_counting_waits_its_turn_and_writes_only_what_changed(hamlets: Hamlets) -> None:
    await hamlets.count()
    hamlets.database.write_now(lambda one: hamlets.did(one, "Chị Hoa", "started", NOW + MINUTE))
    hamlets.clock.now = NOW + MINUTE - 1
    assert await hamlets.counter.once() is False
    assert _begun(hamlets.see()) == 3
    hamlets.clock.now = NOW + MINUTE + 1
    assert await hamlets.counter.once() is False
    assert _begun(hamlets.see()) == 4
    done = hamlets.database.read_now(lambda one: upkeep.last(one, NAME))
    assert done
    assert done.rows == 1


async def test_a_place_everybody_left_is_kept_no_longer(hamlets: Hamlets) -> None:
    await hamlets.count()
    hamlets.database.write_now(
        lambda one: households.change(one, "H004", NOW, state=households.MOVED)
    )
    hamlets.clock.now += HOUR
    await hamlets.count()
    kept = hamlets.database.read_now(lambda one: counts.counts(one, [""], [str(WEEK)]))
    assert [area for _, area, _ in kept] == [NEAR]


async def test_a_week_is_counted_to_its_end_and_then_left(hamlets: Hamlets) -> None:
    await hamlets.count()
    hamlets.clock.now = WEEK.end(ZONE) + HOUR
    await hamlets.count()
    hamlets.database.write_now(lambda one: hamlets.did(one, "Chị Hoa", "started", NOW + MINUTE))
    assert _begun(hamlets.see()) == 3, "as it was counted"
    anew = hamlets.database.read_now(
        lambda one: figures.gather(one, hamlets.clock(), ZONE, COMMUNE, WEEK, CATALOGUE, anew=True)
    )
    assert _begun(anew) == 4
    steps = hamlets.database.read_now(lambda one: counts.steps(one, "", str(WEEK)))
    assert steps == [], "only the running week says where people stand"


@pytest.mark.parametrize("area", ["", COMMUNE, FAR])
async def test_where_people_stand_is_kept_as_it_is_counted(
    hamlets: Hamlets, guides: Guides, area: str
) -> None:
    guide = guides.current["vneid"]
    first = guide.steps[0].id

    def went(connection: Connection) -> None:
        for name in ("", "Bà Năm", "Cô Đào"):
            hamlets.did(connection, name, "done", NOW - HOUR, first)

    hamlets.database.write_now(went)

    def look(connection: Connection) -> list[funnels.Step]:
        return funnels.lately(connection, terminal(), NOW, ZONE, guide, area)

    counted = hamlets.database.read_now(look)
    assert counted[0].passed == {"": 3, COMMUNE: 2, FAR: 1}[area]
    await hamlets.count()
    assert hamlets.database.read_now(look) == counted


async def test_the_big_numbers_are_the_same_kept_and_counted(hamlets: Hamlets) -> None:
    def look(connection: Connection) -> tallies.Homes:
        return counting.homes(connection, [COMMUNE], NOW, ZONE)

    counted = hamlets.database.read_now(look)
    assert counted == tallies.Homes(4, 1, 1)
    await hamlets.count()
    assert hamlets.database.read_now(look) == counted


async def test_reading_costs_the_same_with_many_more_people(hamlets: Hamlets) -> None:
    def fill(connection: Connection) -> None:
        made = [{"code": f"G{n}", "area": NEAR, "label": "x"} for n in range(300)]
        households.add(connection, made, NOW)
        live = [{"household": f"G{n}", "call_name": "An", "age_band": "80+"} for n in range(300)]
        persons.add(connection, live, NOW)

    await hamlets.count()
    numbers = []
    for more in (lambda _: None, fill):
        hamlets.database.write_now(more)
        hamlets.clock.now += HOUR
        with statements(hamlets.database._reading) as read:
            with statements(hamlets.database.engine) as written:
                await hamlets.count()
            hamlets.see()
        numbers.append((read.number, written.number))
    assert numbers[0] == numbers[1]
    assert hamlets.see().places[-1].homes == 303


def test_counts_read_back_as_they_were() -> None:
    snag = Snag("vneid", "first", "stuck", 3, 2)
    proofs = {"vneid": {"said": Proof(1, 2)}}
    begun = {"": Begun(3, 2), "vneid": Begun(3, 2)}
    made = Counts(3, {"80+": 1, "": 2}, 1, 2, 1, 1, 1, 1, begun, proofs, [snag])
    assert from_plain(to_plain(made)) == made
    other = Snag("vneid", "second", "stuck", 1, 4)
    assert together([snag, other, snag]) == [
        Snag("vneid", "first", "stuck", 6, 4),
        Snag("vneid", "second", "stuck", 1, 4),
    ]
