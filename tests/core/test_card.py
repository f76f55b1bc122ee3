"""Which picture a step has."""

from dataclasses import replace

import pytest
from content import SMALL

from bot.core.card import Card, cards, with_cards
from bot.core.guide import Picture, Screen

SCREEN = Screen("VNeID", ("Đăng nhập", "Kích hoạt"), "Kích hoạt", "Nút Kích hoạt ở dưới")
CARD = Card("VNeID", SCREEN)


def test_a_described_screen_becomes_the_steps_picture() -> None:
    which, play, last = SMALL.steps
    guide = replace(SMALL, steps=(which, play, replace(last, screen=SCREEN)))
    (card,) = cards(guide)
    assert card == Card("Small", SCREEN)
    assert [step.picture for step in with_cards(guide).steps] == [
        None,
        play.picture,
        Picture(card.path, "Nút Kích hoạt ở dưới"),
    ]


def test_an_authors_own_picture_is_preferred() -> None:
    _, play, _ = SMALL.steps
    guide = replace(SMALL, steps=(replace(play, screen=SCREEN),))
    assert with_cards(guide).steps[0].picture == Picture("small/play.png", "Play")


@pytest.mark.parametrize(
    "other",
    [
        replace(CARD, guide="Khác"),
        replace(CARD, screen=replace(SCREEN, title="Khác")),
        replace(CARD, screen=replace(SCREEN, press="Đăng nhập")),
        replace(CARD, screen=replace(SCREEN, items=("Kích hoạt", "Đăng nhập"))),
    ],
)
def test_what_is_seen_decides_the_path(other: Card) -> None:
    assert other.path != CARD.path


def test_what_is_not_seen_does_not() -> None:
    assert replace(CARD, screen=replace(SCREEN, alt="Khác")).path == CARD.path
    assert CARD.path.startswith("the/")
