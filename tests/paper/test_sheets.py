"""Paper: tagged, the right size, the right words, and codes a phone can read."""

import unicodedata
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
import zxingcpp
from PIL import ImageFont
from pypdf import PdfReader
from raster import PIXELS_PER_INCH, raster

from bot.core.card import cards
from bot.core.guide import Guide
from bot.guide_schema import GuideFile
from bot.library import Library
from bot.paper import sheets, typesetting
from bot.paper.cards import shown
from bot.paper.sheets import Target, Team

WEB = Target("https://gocua.longthanh.dongnai.gov.vn", code="cx12ab34")
BOTH = Target("https://gocua.longthanh.dongnai.gov.vn", "gocua_longthanh_bot", "cx12ab34")
TEAM = Team("Tổ công nghệ số khu phố Cầu Xéo", "0912 345 678")
HOSTILE = Team('#panic("x") *đậm* $x$', "\\ \"'<b>&amp; #{1+1} _y_ `z`")
MM = 25.4 / PIXELS_PER_INCH
Make = Callable[[Guide, GuideFile, Target, Team], bytes]
Values = Callable[[Guide, GuideFile, Target, Team], Mapping[str, object]]
KINDS = {"sheet": (sheets.sheet, sheets.on_sheet), "poster": (sheets.poster, sheets.on_poster)}


def _text(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def _words(text: str) -> str:
    return " ".join(typesetting.printable(text).split())


def _printed(kind: str, guide: Guide, library: Library, target: Target, team: Team) -> PdfReader:
    make, _ = KINDS[kind]
    return PdfReader(BytesIO(make(guide, library.about[guide.id], target, team)))


@pytest.mark.parametrize("target", [WEB, BOTH], ids=["web", "both"])
@pytest.mark.parametrize(
    ("kind", "size", "most"), [("sheet", (148, 210), 2), ("poster", (210, 297), 1)]
)
def test_every_guide_is_tagged_and_fits_its_paper(
    library: Library, kind: str, size: tuple[int, int], most: int, target: Target
) -> None:
    for guide in library.guides:
        pdf = _printed(kind, guide, library, target, TEAM)
        root = cast("dict[str, Any]", pdf.trailer["/Root"])
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "vi"
        assert "/StructTreeRoot" in root
        assert pdf.metadata is not None
        assert pdf.metadata.title == guide.title
        box = pdf.pages[0].mediabox
        assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == size
        assert len(pdf.pages) <= most, guide.id


def test_a_sheet_says_every_step_and_whom_to_ask(library: Library) -> None:
    for guide in library.guides:
        text = _text(_printed("sheet", guide, library, WEB, TEAM))
        for step in guide.steps:
            assert _words(step.text) in text
        for said in (guide.title, TEAM.name, TEAM.phone, f"/huong-dan/{guide.id}"):
            assert said in text


def test_a_poster_says_what_it_is_about(library: Library) -> None:
    for guide in library.guides:
        text = _text(_printed("poster", guide, library, BOTH, TEAM))
        safety = [step.text for step in guide.steps if step.safety]
        for said in (guide.title, *safety, TEAM.name, TEAM.phone, f"/huong-dan/{guide.id}"):
            assert _words(said) in text


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_user_gives_is_never_run(library: Library, kind: str) -> None:
    text = _text(_printed(kind, library.guides[0], library, WEB, HOSTILE))
    assert HOSTILE.name in text
    assert HOSTILE.phone in text


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_team_there_is_a_line_to_write_on(library: Library, kind: str) -> None:
    text = _text(_printed(kind, library.guides[0], library, WEB, Team()))
    assert TEAM.name not in text
    assert len(text) > 200


@pytest.mark.parametrize(("kind", "least"), [("sheet", 35), ("poster", 60)])
@pytest.mark.parametrize("target", [WEB, BOTH], ids=["web", "both"])
def test_codes_are_read_from_the_page(
    library: Library, kind: str, least: int, target: Target
) -> None:
    _, values = KINDS[kind]
    for guide in library.guides:
        first, *_ = raster(kind, values(guide, library.about[guide.id], target, TEAM))
        found = {one.text: one.position for one in zxingcpp.read_barcodes(first)}
        expected = {f"{target.base}/tro-chuyen?bai={guide.id}&ma=cx12ab34"}
        if target.bot:
            expected.add(f"https://t.me/{target.bot}?start={guide.id}_cx12ab34")
        assert set(found) == expected
        for place in found.values():
            assert (place.top_right.x - place.top_left.x) * MM >= least - 0.5


def test_the_fonts_hold_every_letter_that_is_printed(library: Library) -> None:
    """Of everything a guide says on paper or on a card, compared with a letter nobody has."""
    said: set[str] = set()
    for guide in library.guides:
        said |= set(str(sheets.on_sheet(guide, library.about[guide.id], BOTH, TEAM)))
        for card in cards(guide):
            said |= set(str(shown(card)))
    templates = Path(typesetting.__file__).parent / "templates"
    for path in templates.glob("*.typ"):
        said |= set(path.read_text("utf-8"))
    vowels = "aăâeêioôơuưy"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"):
        said |= set(
            unicodedata.normalize("NFC", "".join(one + tone for one in vowels + vowels.upper()))
        )
    for path in (Path(typesetting.__file__).parent / "fonts").glob("*.ttf"):
        font = ImageFont.truetype(str(path), 40)
        missing = bytes(font.getmask("\uffff"))
        assert bytes(font.getmask("✅")) == missing
        lacking = {one for one in said if one > " " and bytes(font.getmask(one)) == missing}
        assert lacking == set(), path.name
