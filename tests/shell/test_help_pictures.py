"""Pictures in calls for help: fetched, made small, shown to the other side, gone with the call."""

import io
from hashlib import sha256

import pytest
from callers import Callers
from fakes import Clock
from PIL import Image
from sqlalchemy import Connection

from bot.channels.base import UnfetchedError
from bot.library import Library
from bot.services import help as service
from bot.services import help_pictures
from bot.services.access import Refused
from storage import call_pictures, calls, erasure, media
from storage.database import Database
from storage.rows import Model, table
from storage.tables import HelpEvent, HelpPicture, InboxUpdate


def _photo(side: int = 40, kind: str = "JPEG") -> bytes:
    """With the place it was taken at written beside it."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0110] = "a camera's name"
    Image.new("RGB", (side, side * 2), "green").save(out, kind, exif=exif)
    return out.getvalue()


@pytest.fixture
async def village(database: Database, clock: Clock, library: Library) -> Callers:
    """Anh Dũng helps Bà Năm."""
    made = Callers(database, clock, library)
    made.phones(nam="Bà Năm", dung="Anh Dũng", bay="Ông Bảy")
    await made.says("nam", "chào", "gặp người")
    await made.presses("dung", "Nhận giúp")
    return made


async def _sends(village: Callers, chat: str, reference: str, text: str = "", **more: str) -> str:
    """What was answered there."""
    known = len(village.channel.texts(chat))
    village.clock.advance(1)
    village.house.hear(chat, media="photo", reference=reference, text=text, **more)
    await village.work()
    return "\n".join(village.channel.texts(chat)[known:])


async def _later(village: Callers) -> None:
    """Until nothing is tried again."""
    for _ in range(3):
        village.clock.advance(11)
        await village.work()


def _shown(village: Callers, chat: str) -> tuple[str, str]:
    """The path and words of the last picture there."""
    sent = [one for one in village.channel.sent if one.address.id == chat]
    message = [one.message for one in sent if one.message.picture][-1]
    assert message.picture
    return message.picture.path, message.text


def _kept(village: Callers, path: str) -> bytes | None:
    return village.do(lambda one: call_pictures.find(one, path))


def _rows(village: Callers, model: Model) -> list[dict[str, object]]:
    found = village.do(lambda one: one.execute(table(model).select()).mappings().all())
    return [dict(row) for row in found]


def _coming(village: Callers) -> int:
    return village.do(lambda one: call_pictures.count(one, 1))


async def test_a_picture_goes_both_ways_and_is_gone_with_the_call(village: Callers) -> None:
    """Small, and without what a camera wrote beside it."""
    village.channel.pictures = {"p1": _photo(2000), "p2": _photo(kind="PNG")}
    said = await _sends(village, "nam", "p1", "nó trắng bóc con ơi")
    assert "đang chuyển ảnh cho Anh Dũng" in said
    assert "đừng gửi ảnh căn cước" in said
    path, words = _shown(village, "dung")
    assert "Bà Năm (H001), lời nhờ 1, gửi ảnh. nó trắng bóc con ơi" in words
    small = _kept(village, path)
    assert small
    digest = sha256(small).hexdigest()
    assert path == f"cuoc-goi/{digest}.jpg"
    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.format, opened.size, len(opened.getexif())) == ("JPEG", (640, 1280), 0)
    assert village.request().waits
    assert [row for row in _rows(village, InboxUpdate) if "p1" in str(row["body"])] == []
    assert "Đang chuyển ảnh tới Bà Năm" in await _sends(village, "dung", "p2")
    assert _shown(village, "nam")[1] == "🖼 Anh Dũng gửi bác ảnh này."
    assert not village.request().waits
    village.do(lambda one: media.keep(one, "fake", "one", digest, "theirs"))
    await village.says("dung", "giúp xong")
    assert _kept(village, path) is None
    assert village.do(lambda one: media.find(one, "fake", "one", digest)) == ""
    assert _rows(village, HelpPicture) == []
    assert {(row["picture"], row["text"]) for row in _rows(village, HelpEvent)} == {("", "")}
    village.channel.pictures = {}
    await _sends(village, "dung", "p1")
    assert "ảnh" in await _sends(village, "nam", "p1")  # the conversation's own words
    assert _rows(village, HelpPicture) == []  # nobody helps: never fetched


async def test_who_sent_what_cannot_be_had_is_told_why(village: Callers) -> None:
    """What may come yet is tried again before."""
    large, lost = UnfetchedError("too-large"), OSError()
    village.channel.pictures = {"large": large, "pdf": b"%PDF-1.7", "lost": lost}
    before = len(village.channel.texts("dung"))
    why = {"large": "quá 10 MB", "pdf": "không phải ảnh", "lost": "không lấy được"}
    for name in why:
        await _sends(village, "nam", name)
    talk = calls.Talk(1, "off:one:nam", village.person("Bà Năm"), village.person("Anh Dũng"))
    village.do(lambda one: help_pictures.by_resident(one, 1, talk, "p", ""))
    await _later(village)
    told = [one for one in village.channel.texts("nam") if "CHƯA tới Anh Dũng" in one]
    for reason, one in zip([*why.values(), "không lấy được"], told, strict=True):
        assert reason in one
    assert len(village.channel.texts("dung")) == before
    await _sends(village, "dung", "pdf")
    assert "CHƯA tới Bà Năm (H001): tệp này không phải" in village.last("dung")
    await _sends(village, "nam", "lost")
    await village.says("dung", "giúp xong")
    village.channel.pictures = {"lost": _photo()}
    await _later(village)
    assert "CHƯA tới Anh Dũng: lời nhờ đã khép" in "".join(village.channel.texts("nam"))
    assert _coming(village) == 0


async def test_words_beside_a_picture_say_whose_it_is_or_keep_it_back(village: Callers) -> None:
    village.channel.pictures = {"p": _photo()}
    before = len(village.channel.texts("dung"))
    assert "đã che" in await _sends(village, "nam", "p", "otp là •••", secrets="code")
    assert len(village.channel.texts("dung")) == before
    assert "KHÔNG chuyển được" in await _sends(village, "nam", "p", "a" * 701)
    assert _coming(village) == 0
    await village.says("bay", "chào", "gặp người")
    await village.says("dung", "nhận 2")
    assert "đang giúp 2 người" in await _sends(village, "dung", "p")
    assert "Đang chuyển ảnh tới Ông Bảy" in await _sends(village, "dung", "p", "2")
    assert _shown(village, "bay")[1] == "🖼 Anh Dũng gửi bác ảnh này."
    assert "tới Bà Năm" in await _sends(village, "dung", "p", "1: bấm chỗ khoanh đỏ")
    assert _shown(village, "nam")[1].endswith("bấm chỗ khoanh đỏ")
    talk = calls.Talk(1, "fake:one:nam", village.person("Bà Năm"), village.person("Anh Dũng"))

    def many(connection: Connection) -> None:
        for _ in range(19):
            help_pictures.by_resident(connection, 1, talk, "p", "")

    village.do(many)
    for chat, words in (("nam", ""), ("dung", "1")):
        assert "nhiều ảnh quá" in await _sends(village, chat, "p", words)


async def test_only_who_helps_keeps_one_by_the_page_and_deletion_takes_it(village: Callers) -> None:
    small = help_pictures.clean(_photo())
    dung, dao = village.actor("Anh Dũng"), village.actor("Cô Đào")
    for actor, words in ((dao, ""), (dung, "a" * 701)):
        with pytest.raises(Refused):
            village.do(lambda one: help_pictures.keep(one, actor, 1, small, words))  # noqa: B023
    path = village.do(lambda one: help_pictures.keep(one, dung, 1, small, ""))
    village.do(lambda one: service.reply(one, dung, 1, 1, "", path))
    await village.work()
    assert _shown(village, "nam") == (path, "🖼 Anh Dũng gửi bác ảnh này.")
    chat, nam = "fake:one:nam", village.person("Bà Năm")
    village.do(lambda one: erasure.erase(one, nam, [chat], [chat], village.clock()))
    assert _kept(village, path) is None
