"""Pages lead somewhere: links, places within pages, pictures and headings. `make docs` checks more,
with Sphinx; this is what every run of the tests can afford."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_OUTSIDE = ("http://", "https://", "mailto:")
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(!?)\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_DRAWN = re.compile(r"<img src=\"([^\"]+)\"")
_HEADING = re.compile(r"^(#+) +(.+?) *#*$", re.M)


def _pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "guides").glob("*.md")]
    return sorted([*found, *(ROOT / "bot").rglob("*.md")])


def _prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text("utf-8"))


def _links(page: Path) -> Iterator[tuple[bool, str]]:
    """Whether it is a picture, and where it leads; not what only shows how to write one."""
    text = _CODE.sub("", _prose(page))
    for picture, target in [*_LINK.findall(text), *(("!", one) for one in _DRAWN.findall(text))]:
        if not target.startswith(_OUTSIDE):
            yield bool(picture), target


def _places(page: Path) -> set[str]:
    """Of headings, as GitHub and MyST name them."""
    plain = (one.replace("`", "").casefold() for _, one in _HEADING.findall(_prose(page)))
    return {re.sub(r"[^\w\- ]", "", one).strip().replace(" ", "-") for one in plain}


def _led_to(page: Path, target: str) -> tuple[Path, str]:
    name, _, place = target.partition("#")
    return (page.parent / name).resolve() if name else page, place


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_leads_somewhere_and_has_one_title(page: Path) -> None:
    for _, target in _links(page):
        there, place = _led_to(page, target)
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not place or there.suffix != ".md" or place in _places(there), target
    levels = [len(marks) for marks, _ in _HEADING.findall(_prose(page))]
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_page_and_picture_of_the_docs_is_led_to() -> None:
    led = {_led_to(page, target)[0] for page in _pages() for _, target in _links(page)}
    docs = ROOT / "docs"
    wanted = {*docs.rglob("*.md"), *docs.rglob("*.png")} - {docs / "index.md"}
    left = sorted(str(one.relative_to(ROOT)) for one in wanted - led if one.is_file())
    assert left == []


def test_what_residents_and_officials_read_has_pictures() -> None:
    """A page about a screen shows it, on a phone and on a desk."""
    for name in ("trang-lam-viec", "to-vien", "thong-bao", "bao-cao", "cai-dat", "tro-chuyen"):
        page = ROOT / "docs/vi" / f"{name}.md"
        assert any(picture for picture, _ in _links(page)), name
