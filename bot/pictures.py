"""Where pictures and recordings are kept: an author's own beside the guide, drawn cards in
the data folder.

What a card shows is the core's, how it looks is bot/paper's.
"""

import asyncio
import logging
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.core.card import Card, cards
from bot.core.state import Guides
from bot.paper.cards import draw, version
from bot.shelf import Shelf
from storage import call_pictures, notice_pictures
from storage.database import Database

_log = logging.getLogger(__name__)
_LONGEST_SECONDS = 15.0  # a first card takes long on a machine that does much else
_NOTICE = re.compile(r"thong-bao/[0-9a-f]{64}\.jpg")
_CALL = re.compile(rf"{call_pictures.FOLDER}/[0-9a-f]{{64}}\.jpg")


class Pictures:
    """Finds the file of a picture or recording; a card not there yet is drawn on demand."""

    def __init__(self, database: Database, shelf: Shelf, guides: Path, data: Path) -> None:
        self._database, self._shelf, self._root = database, shelf, guides
        self._folder, self._notices = data / "hinh" / version(), data / "hinh" / "thong-bao"
        self._calls = data / "hinh" / call_pictures.FOLDER
        self._indexed: Guides | None = None
        self._index: dict[str, Card | None] = {}

    async def file(self, path: str) -> Path | None:
        """None for a path that no version of a guide has, and when it cannot be had in time."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                return await self._file(path)
        except Exception as error:  # noqa: BLE001  # words without a picture beat none at all
            _log.error("no picture %s: %s", path, type(error).__name__)
            return None

    async def _file(self, path: str) -> Path | None:
        if _NOTICE.fullmatch(path):
            return await self._of_notice(path)
        if is_private(path):
            return await self._of_call(path)
        if not self._knows(path):
            await self._database.read(self._shelf.know_all)
            if not self._knows(path):
                return None
        if card := self._index[path]:
            return await asyncio.to_thread(self._drawn, card)
        own = self._root / path
        return own if own.is_file() else None

    async def _of_notice(self, path: str) -> Path | None:
        """An announcement's, which the database keeps."""
        file = self._notices / Path(path).name
        if not file.is_file():
            found = await self._database.read(lambda one: notice_pictures.find(one, path))
            if found is None:
                return None
            await asyncio.to_thread(_write, file, found)
        return file

    async def _of_call(self, path: str) -> Path | None:
        """Somebody's own, which is there while their call is: the database is asked each time."""
        found = await self._database.read(lambda one: call_pictures.find(one, path))
        if found is None:
            return None
        file = self._calls / Path(path).name
        if not file.is_file():
            await asyncio.to_thread(_write, file, found)
        return file

    async def forget(self) -> bool:
        """Takes files of closed calls away; there is never more to do."""
        files = await asyncio.to_thread(lambda: sorted(self._calls.glob("*.jpg")))
        paths = [f"{call_pictures.FOLDER}/{one.name}" for one in files]
        if paths:
            known = await self._database.read(lambda one: call_pictures.known(one, paths))
            for file, path in zip(files, paths, strict=True):
                if path not in known:
                    file.unlink(missing_ok=True)
        return False

    def _knows(self, path: str) -> bool:
        guides = self._shelf.guides
        if guides is not self._indexed:
            every = guides.versions.values()
            steps = [step for guide in every for step in guide.steps]
            own = {step.picture.path: None for step in steps if step.picture}
            own |= {step.voice: None for step in steps if step.voice}
            drawn = {card.path: card for guide in every for card in cards(guide)}
            self._index, self._indexed = {**own, **drawn}, guides
        return path in self._index

    def _drawn(self, card: Card) -> Path:
        path = self._folder / Path(card.path).name
        if not path.is_file():
            _write(path, draw(card))
        return path


def is_private(path: str) -> bool:
    """Somebody's own picture: nobody may keep a copy."""
    return _CALL.fullmatch(path) is not None


def _write(path: Path, content: bytes) -> None:
    """Beside it and moved into place, so that nobody reads half a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as new:
        new.write(content)
    Path(new.name).replace(path)
