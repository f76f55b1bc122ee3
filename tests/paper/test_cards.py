"""Cards as pictures: they decode, have their size, stay small and show text as text."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from bot.core.card import Card, cards
from bot.core.guide import Screen
from bot.library import Library
from bot.paper import typesetting
from bot.paper.cards import HEIGHT, WIDTH, draw, shown

HOSTILE = ('#panic("x")', "*đậm* _x_ `y`", "$x^2$ \\ #{1+1}", "\"'<b>&amp;]]>", "= Ộ // ề /* ữ")
LONGEST = "Xác thực NFC bằng thẻ Căn cước gắn chípp"


def _card(items: tuple[str, ...], title: str = "VNeID") -> Card:
    return Card("VNeID", Screen(title, items, items[-1], "alt"))


def _check(png: bytes) -> None:
    picture = Image.open(BytesIO(png))
    picture.load()
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(png) < 48_000


def test_every_guides_cards_are_drawn(library: Library) -> None:
    for guide in library.guides:
        for card in cards(guide):
            _check(draw(card))


@pytest.mark.parametrize("rows", [2, 6])
def test_the_longest_texts_still_fit(rows: int) -> None:
    items = tuple(f"{LONGEST[:-1]}{row}" for row in range(rows))
    card = _card(items, LONGEST)
    _check(draw(card))
    pages = PdfReader(BytesIO(typesetting.document("card", shown(card)))).pages
    assert len(pages) == 1


def test_text_is_never_run() -> None:
    card = _card(HOSTILE, HOSTILE[0])
    _check(draw(card))
    (page,) = PdfReader(BytesIO(typesetting.document("card", shown(card)))).pages
    text = " ".join(page.extract_text().split())
    for item in HOSTILE:
        assert item in text


def test_the_target_is_ringed() -> None:
    """Red appears only around what is to be pressed, so it moves with it."""
    places = []
    for press in ("Một", "Hai", "Ba"):
        card = Card("VNeID", Screen("VNeID", ("Một", "Hai", "Ba"), press, "alt"))
        picture = Image.open(BytesIO(draw(card))).convert("RGB")
        red = [
            y
            for y in range(HEIGHT)
            if picture.getpixel((120, y)) == pytest.approx((212, 53, 28), abs=8)
        ]
        places.append(sum(red) / len(red))
    assert places == sorted(set(places))
