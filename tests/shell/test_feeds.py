"""Feeds become drafts, once, and nothing else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from fakes import Clock
from office import MORNING, ZONE
from village import NEAR, find, plant

from bot.core.announcement import State
from bot.core.rights import Role
from bot.feed_reader import UnreadableError, read
from bot.feeds import MOST_AT_ONCE, Feeds
from bot.fetching import Fetched, Fetcher, NotFetchedError
from bot.notice_words import NoticeWords
from bot.services import feeds as service
from bot.services.access import Refused
from storage import announcements, feeds, outbox, teams
from storage.database import HOUR, SECOND, Database

URL = "https://longthanh.dongnai.gov.vn/rss"


def _rss(*items: tuple[str, int]) -> bytes:
    """Titles, and hours since they were published."""
    entries = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><link>{URL}/{n}</link>"
        f"<description>&lt;p&gt;Nội dung &amp;amp; lịch&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
        f"</description><pubDate>{_when(hours)}</pubDate></item>"
        for n, (title, hours) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>UBND</title>{entries}</channel></rss>".encode()


def _when(hours: int) -> str:
    return format_datetime(datetime.fromtimestamp(MORNING // SECOND - 3600 * hours, UTC))


@dataclass(frozen=True)
class _Site(Fetcher):
    """What the next reads find."""

    pages: list[Fetched | NotFetchedError] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    async def fetch(self, url: str, tag: str = "") -> Fetched:
        assert url == URL
        self.tags.append(tag)
        page = self.pages.pop(0)
        if isinstance(page, NotFetchedError):
            raise page
        return page


class _Desk:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock, self.site = database, clock, _Site()
        clock.now = MORNING
        self.feeds = Feeds(database, self.site, NoticeWords("https://gocua.test", ZONE))
        database.write_now(plant)
        self.person = database.read_now(lambda one: find(one, "Chị Hoa"))
        self.grant(NEAR)

    def grant(self, area: str) -> None:
        row = {"person": self.person, "role": Role.AUTHOR, "area": area}
        self.database.write_now(
            lambda one: teams.grant(one, [{**row, "granted_by": 0}], self.clock())
        )

    def add(self, area: str = NEAR) -> int:
        def work(connection: object) -> int:
            actor = teams.actors(connection, [self.person], "test")[self.person]  # type: ignore[arg-type]
            return service.add(connection, actor, self.clock(), URL, [area])  # type: ignore[arg-type]

        return self.database.write_now(work)

    async def reads(self, *pages: Fetched | NotFetchedError) -> None:
        for page in pages:
            self.site.pages.append(page)
            assert await self.feeds.once()
            assert not await self.feeds.once()
            self.clock.now += HOUR

    def drafts(self) -> list[str]:
        found = self.database.read_now(lambda one: announcements.latest(one, tuple(State), 50))
        assert {one.state for one in found} <= {State.DRAFT}
        assert {one.content.areas for one in found} <= {(NEAR,)}
        return [one.content.text for one in reversed(found)]

    def kept(self) -> feeds.Kept:
        return self.database.read_now(feeds.everything)[0]


@pytest.fixture
def desk(database: Database, clock: Clock) -> _Desk:
    return _Desk(database, clock)


async def test_what_is_new_becomes_a_draft_once_and_is_never_sent(desk: _Desk) -> None:
    desk.add()
    first = Fetched(_rss(("Cắt điện", 3), ("Cũ", 90)), '"a"')
    second = Fetched(_rss(("Lịch tiêm", 0), ("Cắt điện", 3), ("Cũ", 90)), '"b"')
    await desk.reads(first, second, Fetched(b"", '"b"'), second)
    assert desk.site.tags == ["", '"a"', '"b"', '"b"']
    one, two = desk.drafts()
    assert one == f"Cắt điện\nNội dung & lịch\nXem toàn văn: {URL}/0"
    assert two.startswith("Lịch tiêm\n")
    assert desk.database.read_now(outbox.totals) == {}


async def test_too_much_is_left_for_the_next_time(desk: _Desk) -> None:
    desk.add()
    many = Fetched(_rss(*[(f"Tin {n}", 1) for n in range(MOST_AT_ONCE + 3)]), '"a"')
    desk.site.pages.extend([many, many])
    assert await desk.feeds.once()
    assert len(desk.drafts()) == MOST_AT_ONCE
    assert await desk.feeds.once()
    assert len(desk.drafts()) == MOST_AT_ONCE + 3
    assert not await desk.feeds.once()


async def test_what_cannot_be_read_is_said_and_asked_less_often(desk: _Desk) -> None:
    desk.add()
    await desk.reads(
        NotFetchedError("status-500"), Fetched(b"<html>", ""), Fetched(_rss(("Tin", 1)), "")
    )
    assert (desk.kept().failures, desk.kept().error) == (0, "")
    assert len(desk.drafts()) == 1
    await desk.reads(NotFetchedError("status-500"))
    assert (desk.kept().failures, desk.kept().error) == (1, "status-500")
    assert desk.kept().due_at > desk.clock() - HOUR


async def test_whoever_lost_the_right_drafts_nothing(desk: _Desk) -> None:
    desk.add()
    desk.database.write_now(
        lambda one: teams.end_grant(one, desk.person, Role.AUTHOR, NEAR, desk.clock())
    )
    await desk.reads(Fetched(_rss(("Tin", 1)), ""))
    assert desk.drafts() == []
    assert desk.kept().error


def test_rights_and_repeats(desk: _Desk) -> None:
    with pytest.raises(Refused):
        desk.add("*")
    number = desk.add()
    with pytest.raises(Refused, match="same"):
        desk.add()

    def remove(connection: object, feed: int) -> None:
        actor = teams.actors(connection, [desk.person], "test")[desk.person]  # type: ignore[arg-type]
        service.remove(connection, actor, desk.clock(), feed)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="no-feed"):
        desk.database.write_now(lambda one: remove(one, number + 1))
    desk.database.write_now(lambda one: remove(one, number))
    assert desk.database.read_now(feeds.everything) == []


def test_atom_is_read_and_bombs_are_not() -> None:
    atom = f"""<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><entry><id>1</id>
      <title type='html'>Lịch &lt;b&gt;họp&lt;/b&gt;</title><link href='{URL}/1'/>
      <updated>2027-01-15T00:00:00Z</updated><summary>{"dài " * 400}</summary></entry></feed>"""
    (entry,) = read(atom.encode())
    assert (entry.title, entry.link) == ("Lịch họp", f"{URL}/1")
    assert entry.at == int(datetime(2027, 1, 15, tzinfo=UTC).timestamp()) * SECOND
    assert len(entry.summary) < 1010
    assert entry.summary.endswith(" …")
    bomb = "<!DOCTYPE x [<!ENTITY a 'aa'>]><rss><channel><title>&a;</title></channel></rss>"
    for body in (bomb.encode(), bomb.encode("utf-16")):
        with pytest.raises(UnreadableError, match="entities"):
            read(body)
    with pytest.raises(UnreadableError, match="not-a-feed"):
        read(b"\x00\x01")
