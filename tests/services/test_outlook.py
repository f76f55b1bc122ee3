"""What comes of an announcement: before it is sent, to oneself, and who is called after."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from office import APPROVER, AUTHOR, ZONE, Office
from PIL import Image
from sqlalchemy import Connection
from village import NEAR, find

from bot.channels.base import Failure, NotSent
from bot.core.announcement import Content, Kind, Way
from bot.core.rights import Actor, Grant, Role
from bot.library import Library
from bot.notice_checks import check
from bot.notice_sheets import calls as sheet
from bot.notice_words import NoticeWords
from bot.pictures import Pictures
from bot.services import announcements as service
from bot.services import notice_pictures, outlook
from bot.services.access import Refused
from storage import links, people
from storage.database import HOUR, SECOND, Database

WORDS = NoticeWords("https://gocua.test", ZONE)
EVERY = Content("Họp", areas=("*",), ways=tuple(Way), channels=("fake",))


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def office(database: Database, channel: FakeChannel, library: Library, clock: Clock) -> Office:
    return Office(House(database, channel, library), clock)


def _look(office: Office, content: Content, **intervals: int) -> outlook.Outlook:
    return office.database.read_now(
        lambda one: outlook.outlook(one, WORDS, content, intervals, office.clock())
    )


def test_whom_it_reaches_and_until_when(office: Office) -> None:
    office.do(lambda one: office.consent(one, "p4", granted=True))
    office.do(lambda one: people.set_reachable(one, "fake:one:p4", 0, reachable=False))
    found = _look(office, EVERY, fake=SECOND, telegram=10 * SECOND)
    assert (found.groups, found.groups_left_out) == (3, 0)
    assert (found.people, found.people_left_out) == (4, 1)
    assert found.begins_at == office.clock()
    assert found.ends_at == office.clock() + 10 * SECOND
    late = _look(office, replace(EVERY, send_at=office.clock() + 11 * HOUR), fake=HOUR)
    assert late.begins_at == office.clock() + 11 * HOUR
    assert late.ends_at == office.clock() + (22 + 2) * HOUR
    assert _look(office, Content("Họp")).groups == 0


def test_as_each_channel_shows_it(office: Office) -> None:
    number = office.approved(replace(EVERY, channels=("telegram", "zalo_bot")))
    shown = office.database.read_now(lambda one: outlook.previews(one, WORDS, office.kept(number)))
    buttons = {(one.way, one.group): len(one.messages[-1].choices) for one in shown}
    assert buttons == {
        ("telegram", True): 1,
        ("zalo_oa", True): 0,
        ("zalo_bot", True): 0,
        ("relay", True): 1,
        ("telegram", False): 1,
        ("zalo_bot", False): 0,
    }
    assert {len(one.messages) for one in shown if one.way != Way.RELAY} == {1}
    assert all("số 1," in one.messages[-1].text for one in shown)


async def test_a_copy_to_oneself_and_nobody_else(office: Office, channel: FakeChannel) -> None:
    def draft(connection: Connection) -> int:
        return service.compose(connection, AUTHOR, office.clock(), EVERY)

    number = office.database.write_now(draft)
    hoa = office.database.read_now(lambda one: find(one, "Chị Hoa"))
    me = Actor(hoa, "test", (Grant(Role.AUTHOR, ""),))

    def tried(connection: Connection, actor: Actor) -> int:
        return outlook.try_out(connection, actor, office.clock(), number, WORDS)

    with pytest.raises(Refused, match="no-person"):
        office.do(lambda one: tried(one, me))
    with pytest.raises(Refused, match="no-person"):
        office.do(lambda one: tried(one, Actor(0, "test", (Grant(Role.AUTHOR, ""),))))

    def linked(connection: Connection) -> None:
        people.see(connection, {"fake:one:hoa": "fake"}, office.clock())
        links.link(connection, "fake:one:hoa", hoa, office.clock())

    office.do(linked)
    assert office.database.write_now(lambda one: tried(one, me)) == 1
    await office.work()
    assert [one.address.id for one in channel.sent] == ["hoa"]
    assert channel.texts("hoa")[0].startswith("🔎 BẢN THỬ")
    assert "Họp" in channel.texts("hoa")[0]


async def test_who_is_called_and_what_for(office: Office, channel: FakeChannel) -> None:
    """Groups first, then persons; nobody who said no, nobody it reached."""

    def agreed(connection: Connection) -> None:
        bay = find(connection, "Ông Bảy")
        people.see(connection, {"fake:one:bay": "fake"}, office.clock())
        links.link(connection, "fake:one:bay", bay, office.clock())
        row = {"address": "fake:one:bay", "person": bay, "purpose": "news", "granted": True}
        more = {"version": "v", "recorder": "self", "at": office.clock()}
        people.record_consents(connection, [row | more])

    office.do(agreed)
    number = office.approved(EVERY)
    office.do(lambda one: office.consent(one, "p1", granted=False))
    channel.on_send = lambda one: channel.answers.insert(
        0, NotSent(Failure.GONE, "forbidden")
    ) if one.address.id == "bay" else None  # fmt: skip
    await office.work()
    found = office.database.write_now(lambda one: outlook.calls(one, APPROVER, number))
    assert [(one.name, one.who, one.place, one.reason) for one in found] == [
        ("Nhóm g2", "Anh Dũng", "", "not-posted-yet"),
        ("Nhóm g3", "Anh Dũng", "", "channel-off"),
        ("Ông Bảy", "Ông Bảy", "H002 Hẻm 2", "forbidden"),
    ]
    assert {one.area for one in found} == {NEAR}
    assert outlook.by_reason(found) == dict.fromkeys(
        ("not-posted-yet", "channel-off", "forbidden"), 1
    )
    table = office.database.read_now(lambda one: sheet(one, WORDS, found))
    assert table[1][:3] == ["Khu phố Cầu Xéo", "Nhóm g2", "Anh Dũng"]
    assert all(row[4] and row[5] for row in table[1:])


def _picture(kind: str = "PNG", size: tuple[int, int] = (3000, 20), **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size).save(out, kind, **more)
    return out.getvalue()


async def test_a_picture_is_made_small_kept_once_and_found_by_every_machine(
    office: Office, library: Library, tmp_path: Path
) -> None:
    def add(raw: bytes) -> str:
        return office.database.write_now(
            lambda one: notice_pictures.add(one, AUTHOR, office.clock(), raw)
        )

    path = add(_picture())
    assert add(_picture()) == path
    pictures = Pictures(office.database, office.house.shelf, library.root, tmp_path)
    for _ in range(2):
        file = await pictures.file(path)
        assert file
        with Image.open(file) as shown:
            assert (shown.size, shown.format) == ((1600, 11), "JPEG")
            assert shown.getpixel((0, 0)) == (255, 255, 255)
    exif = Image.Exif()
    exif[0x010E] = "Nhà bà Năm"
    with_words = await pictures.file(add(_picture("JPEG", (40, 40), exif=exif)))
    assert with_words
    assert "Nhà".encode() not in with_words.read_bytes()
    assert await pictures.file(f"thong-bao/{'0' * 64}.jpg") is None
    assert await pictures.file("thong-bao/../../gocua.db") is None
    for bad in (b"", b"GIF89a", _picture()[:60], _picture("JPEG", (9000, 9000)), b"x" * 11 * 2**20):
        with pytest.raises(Refused, match="bad-picture"):
            add(bad)
    with pytest.raises(Refused):
        office.do(lambda one: notice_pictures.add(one, Actor(5, "test", ()), 0, _picture()))


def test_templates_are_filled_in_before_anybody_is_asked() -> None:
    for kind in (Kind.UPDATE, Kind.CANCEL):
        for text in WORDS.templates(kind).values():
            codes = {one.code for one in check(Content(text, kind=kind)) if not one.warning}
            assert codes == ({"unfilled"} if "……" in text else set()), text


def test_words_under_a_picture_are_fewer() -> None:
    long = Content("Họp " * 250, ways=(Way.TELEGRAM,))
    assert check(long) == []
    assert [one.code for one in check(replace(long, picture="a.jpg"))] == ["too_long"]
    assert check(replace(long, picture="a.jpg", ways=(Way.RELAY,))) != []
    assert check(replace(long, picture="a.jpg", ways=(Way.GMF, Way.BOT))) == []
