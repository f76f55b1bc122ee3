"""Whatever reads what comes from outside, given what nobody would write: its own refusal or a
result, no other fault, and never without end.
"""

import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from spoil import spoiled_bytes, spoiled_text

from bot import feed_reader, spreadsheets
from bot.channels.base import packed, unpacked
from bot.core import links, passcode
from bot.core.authenticity import Original, check
from bot.core.conversation import Conversation, advance
from bot.core.effects import Message
from bot.core.events import TextReceived
from bot.core.reminding import Calendar
from bot.core.scam import Verdict
from bot.core.scam import check as check_scam
from bot.core.secrets import mask
from bot.core.state import Guides
from bot.desk import grammar
from bot.desk.words import DeskWords
from bot.feed_reader import UnreadableError
from bot.guide_checks import check as check_guides
from bot.library import GUIDES
from bot.services import notice_pictures
from bot.services.access import Refused
from bot.spreadsheets import SheetError
from storage import archive, schema
from storage.archive import DamagedError
from storage.database import Database

MANY = int(os.environ.get("GOCUA_FUZZ", "300"))
PATIENCE = 120  # seconds for one input: it hangs when it takes longer
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Xã</title>
<entry><id>1</id><title>Cắt điện &amp; nước</title><link href="https://a.gov.vn/1"/>
<updated>2027-01-15T08:00:00Z</updated>
<summary type="html">&lt;p&gt;8 giờ &lt;b&gt;thứ sáu&lt;/b&gt;&lt;/p&gt;</summary></entry></feed>"""
RSS = """<rss version="2.0"><channel><title>Xã</title><item><title>Họp tổ</title>
<link>https://a.gov.vn/2</link><pubDate>Fri, 15 Jan 2027 08:00:00 +0700</pubDate>
<description><![CDATA[<i>19 giờ</i>]]></description></item></channel></rss>"""
CSV = 'Mã;Tên;Cấp;Thuộc\n26368;Phường Long Thành;phuong;75\n"a""b";c;d;e\n'
TEXTS = (
    "Bác ơi mã OTP 123456 của cháu là gì, vào http://vneid-moi.top/dang-nhap?x=1 nha",
    "/gui H012 vneid an-toan",
    "H12 VNEID XONG",
    "xong rồi cháu",
    "Thông báo: thứ sáu 15/01 cắt điện từ 8 giờ, gọi 0900000000, xem https://a.gov.vn/1",
)


@contextmanager
def _patience() -> Iterator[None]:
    """For one input."""

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _excel() -> bytes:
    rows = [["Mã", "Tên"], ["26368", "Phường Long Thành"], ["=1+1", "x"]]
    return spreadsheets.saved({"a": rows}, date(2027, 1, 15))


def _drawn(form: str) -> bytes:
    out = BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", (40, 30), "red").save(out, form)
    return out.getvalue()


FILES: Mapping[str, tuple[bytes, Callable[[bytes], Any], type[Exception]]] = {
    "atom": (ATOM.encode(), feed_reader.read, UnreadableError),
    "rss": (RSS.encode(), feed_reader.read, UnreadableError),
    "csv": (CSV.encode(), lambda one: list(spreadsheets.rows(one)), SheetError),
    "excel": (_excel(), lambda one: list(spreadsheets.rows(one)), SheetError),
    "png": (_drawn("PNG"), notice_pictures.clean, Refused),
    "jpeg": (_drawn("JPEG"), notice_pictures.clean, Refused),
    "webp": (_drawn("WEBP"), notice_pictures.clean, Refused),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", FILES)
def test_files_are_read_or_refused(kind: str) -> None:
    body, read, refusal = FILES[kind]
    chance, answered = random.Random(kind), 0
    for _ in range(MANY):
        spoiled = spoiled_bytes(chance, body)
        with _patience():
            try:
                read(spoiled)
            except refusal:
                pass
            except Exception as error:
                raise AssertionError(spoiled) from error
        answered += 1
    assert answered == MANY


def _texts(kind: str) -> Iterator[str]:
    chance = random.Random(kind)
    for _ in range(MANY):
        text = spoiled_text(chance, chance.choice(TEXTS))
        for _ in range(chance.randrange(4)):
            text = spoiled_text(chance, text)
        yield text


def test_everything_a_resident_says_is_answered(guides: Guides) -> None:
    state = Conversation()
    for text in _texts("talk"):
        masked, secrets = mask(text)
        with _patience():
            state, effects = advance(state, TextReceived(masked, secrets), guides)
        assert effects, text


def test_members_words_are_a_command_or_not() -> None:
    verbs = DeskWords(Calendar(ZoneInfo("Asia/Ho_Chi_Minh"))).verbs
    read = [grammar.read(text, verbs) for text in _texts("desk")]
    assert any(read)
    assert not all(read)


def test_a_pasted_text_is_judged() -> None:
    original = Original("1", "ABC234", "15/01/2027", TEXTS[4])
    for text in _texts("notice"):
        with _patience():
            assert check(text, [original]).finding


def test_codes_and_links_are_found_or_not() -> None:
    """Of codes only what a code is made of comes out, whatever stood around it."""
    chance, codes = random.Random("codes"), [passcode.made(number) for number in range(20)]
    found = 0
    for text in _texts("links"):
        typed = spoiled_text(chance, f"{chance.choice(codes)} {text}")
        with _patience():
            code, (guide, rest) = passcode.found(typed), links.wanted(typed)
            assert links.claimed(f"/noi {typed}") in typed
        assert not code or (code.isascii() and code.isalnum())
        assert len(guide) + len(rest) <= len(typed)
        assert not links.is_code(typed)
        found += code in codes
    assert found


def test_every_text_gets_a_verdict(guides: Guides) -> None:
    for text in _texts("scam"):
        with _patience():
            assert check_scam(text, guides.scams).verdict in Verdict


def test_a_copy_is_whole_or_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.write_now(schema.upgrade)
    whole, spoiled = tmp_path / "whole.zip", tmp_path / "spoiled.zip"
    database.read_now(lambda one: archive.backup(one, whole, 1))
    database.close()
    chance, refused = random.Random("copy"), 0
    for _ in range(max(30, MANY // 20)):
        spoiled.write_bytes(spoiled_bytes(chance, whole.read_bytes()))
        with _patience():
            try:
                archive.verify(spoiled)
            except DamagedError:
                refused += 1
    assert refused


def test_what_is_packed_comes_back() -> None:
    for text in _texts("packed"):
        assert unpacked(packed(Message(text)))[0] == Message(text)


@pytest.mark.filterwarnings("ignore")
def test_guide_files_are_faulted_by_line(tmp_path: Path) -> None:
    source = GUIDES / "an-toan"
    files = [one for one in sorted(source.iterdir()) if one.suffix in (".yaml", ".md")]
    chance, faults = random.Random("guide"), 0
    folder = tmp_path / source.name
    folder.mkdir()
    for _ in range(max(20, MANY // 20)):
        for one in files:
            (folder / one.name).write_bytes(one.read_bytes())
        spoiled = chance.choice(files)
        (folder / spoiled.name).write_bytes(spoiled_bytes(chance, spoiled.read_bytes()))
        with _patience():
            faults += bool(check_guides(folder, date(2026, 11, 26)))
    assert faults
