"""Where pictures are found: drawn once, also for earlier versions, never in the way."""

from dataclasses import replace
from pathlib import Path

import pytest
from content import SMALL
from fakes import Clock

from bot.core.card import Card, cards, with_cards
from bot.core.guide import Guide, Screen
from bot.library import Library, to_json
from bot.pictures import Pictures
from bot.shelf import Shelf
from storage import conversations
from storage.database import Database

SCREEN = Screen("VNeID", ("Đăng nhập", "Kích hoạt"), "Kích hoạt", "alt")


def _guide(revision: str, *screens: Screen) -> Guide:
    steps = tuple(replace(SMALL.steps[1], picture=None, screen=screen) for screen in screens)
    return with_cards(replace(SMALL, revision=revision, steps=(*steps, SMALL.steps[1])))


class _Shelf(Shelf):
    """One guide more than the real ones."""

    def offer(self, guide: Guide) -> None:
        key = (guide.id, guide.revision)
        self.guides = replace(
            self.guides,
            current={guide.id: guide},
            versions={**self.guides.versions, key: guide},
        )


@pytest.fixture
def shelf(library: Library) -> _Shelf:
    return _Shelf(library)


@pytest.fixture
def pictures(database: Database, shelf: _Shelf, tmp_path: Path) -> Pictures:
    return Pictures(database, shelf, tmp_path / "guides", tmp_path / "data")


async def test_a_card_is_drawn_once(pictures: Pictures, shelf: _Shelf) -> None:
    guide = _guide("r2", SCREEN)
    shelf.offer(guide)
    (card,) = cards(guide)
    path = await pictures.file(card.path)
    assert path is not None
    drawn = path.stat()
    assert await pictures.file(card.path) == path
    assert path.stat() == drawn
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [one.name for one in path.parent.iterdir()] == [path.name]


async def test_a_version_of_another_machine_is_looked_up(
    pictures: Pictures, shelf: _Shelf, database: Database, clock: Clock
) -> None:
    newer = _guide("r9", SCREEN)
    (card,) = cards(newer)
    assert await pictures.file(card.path) is None
    versions = {(newer.id, newer.revision): to_json(newer).decode()}
    database.write_now(lambda one: conversations.add_versions(one, versions, clock()))
    assert await pictures.file(card.path) is not None


@pytest.mark.parametrize("name", ["play.png", "play.mp3"])
async def test_an_authors_own_file_stands_beside_the_guide(
    pictures: Pictures, shelf: _Shelf, tmp_path: Path, name: str
) -> None:
    guide = _guide("r2")
    shelf.offer(replace(guide, steps=(replace(guide.steps[0], voice="small/play.mp3"),)))
    assert await pictures.file(f"small/{name}") is None
    own = tmp_path / "guides" / "small" / name
    own.parent.mkdir(parents=True)
    own.write_bytes(b"own")
    assert await pictures.file(f"small/{name}") == own


@pytest.mark.parametrize("path", ["", "../secret", "small/guide.yaml", "/etc/passwd", "the/x.png"])
async def test_nothing_else_is_a_picture(pictures: Pictures, shelf: _Shelf, path: str) -> None:
    shelf.offer(_guide("r2", SCREEN))
    assert await pictures.file(path) is None


async def test_a_full_disk_costs_the_picture_only(
    pictures: Pictures, shelf: _Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.offer(_guide("r2", SCREEN))
    (tmp_path / "data").write_text("a file where a folder should be")
    assert await pictures.file(Card("Small", SCREEN).path) is None
    assert "NotADirectoryError" in caplog.text
