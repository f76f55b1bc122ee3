"""What was heard while the database was away: sealed files in a folder of their own, until it is
told. Knows no database and no platform.
"""

import asyncio
import logging
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import orjson

from bot.vault import SealedError, Vault
from storage import inbox, web
from storage.grouped import Grouped, OverloadedError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_AT_ONCE = 500
_MOST_BYTES = 256 * 2**20
_PART, _ASIDE = ".part", ".aside"
_KEPT = re.compile(r"(\d{12})-(\d+)\.spool")

Arrival = tuple[inbox.Arrival, web.NewShown | None]


def folder_in(data: Path) -> Path:
    return data / "spool"


def counts(folder: Path) -> tuple[int, int]:
    """How many updates wait in files, and how many files were set aside as unreadable."""
    names = [one.name for one in folder.iterdir()] if folder.exists() else []
    waiting = sum(int(found[2]) for found in map(_KEPT.fullmatch, names) if found)
    return waiting, sum(1 for one in names if one.endswith(_ASIDE))


class Spool:
    """One file for each group that came together, complete or not there at all. Several processes
    may share a folder: whoever tells the database first takes the file away, and telling it twice
    changes nothing."""

    def __init__(self, folder: Path, vault: Vault, most: int = _MOST_BYTES) -> None:
        self._folder, self._vault, self._most = folder, vault, most
        self._disk = ThreadPoolExecutor(1, "spool")
        self._writes: Grouped[Arrival, None] = Grouped(self._written)
        self._files: dict[str, Counter[str]] = {}
        self._chats: Counter[str] = Counter()
        self._bytes = self._next = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._find()

    def _find(self) -> None:
        """Takes over what an earlier process left."""
        for left in self._folder.glob(f"*{_PART}"):
            left.unlink()  # never acknowledged
        names = filter(_KEPT.fullmatch, (one.name for one in self._folder.iterdir()))
        for name in sorted(names):
            self._hold(name, self._read(name))
            self._next = int(name.partition("-")[0])

    def _hold(self, name: str, arrivals: Sequence[Arrival]) -> None:
        if arrivals:
            self._files[name] = Counter(one.address for one, _ in arrivals)
            self._chats.update(self._files[name])
            self._bytes += self._size(name)

    @property
    def waiting(self) -> int:
        return sum(self._chats.values())

    def holds(self, address: str) -> bool:
        """Whether something of this chat waits here, so that what follows has to as well."""
        return address in self._chats

    async def add(self, arrival: Arrival) -> None:
        """Returns once it is on disk. Raises OSError and OverloadedError."""
        address = arrival[0].address
        self._chats[address] += 1  # at once: the next of this chat must not overtake
        try:
            await self._writes.add(arrival)
        finally:
            self._lower(Counter({address: 1}))

    def _lower(self, counted: Counter[str]) -> None:
        self._chats.subtract(counted)
        for address in counted:
            if self._chats[address] <= 0:
                del self._chats[address]

    async def _written(self, arrivals: Sequence[Arrival]) -> Sequence[None]:
        name = await self._off_loop(partial(self._write, arrivals))
        self._hold(name, arrivals)
        return [None] * len(arrivals)

    async def _off_loop(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    def _write(self, arrivals: Sequence[Arrival]) -> str:
        plain = [(asdict(one), asdict(shown) if shown else None) for one, shown in arrivals]
        sealed = self._vault.seal(orjson.dumps(plain).decode()).encode()
        if self._bytes + len(sealed) > self._most:
            raise OverloadedError
        part = self._folder / f"{os.getpid()}{_PART}"
        try:
            part.touch(mode=0o600)
            with part.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            name = self._named(part, len(arrivals))
            self._settle()
        finally:
            part.unlink(missing_ok=True)
        return name

    def _named(self, part: Path, number: int) -> str:
        """The next name: names tell the order, whatever the clock does."""
        while True:
            self._next += 1
            name = f"{self._next:012}-{number}.spool"
            try:
                (self._folder / name).hardlink_to(part)
            except FileExistsError:  # another process's
                continue
            return name

    def _settle(self) -> None:
        """A name is on disk only when its folder is."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except FileNotFoundError:
            return 0

    def _read(self, name: str) -> Sequence[Arrival]:
        """Nothing when another process took it or it was set aside."""
        path = self._folder / name
        try:
            plain = orjson.loads(self._vault.open(path.read_text("ascii")))
        except FileNotFoundError:
            return []
        except (SealedError, ValueError) as error:
            _log.error("%s cannot be opened: %s", name, type(error).__name__)
            path.rename(path.with_suffix(_ASIDE))
            return []
        return [(inbox.Arrival(**one), web.NewShown(**by) if by else None) for one, by in plain]

    # The way to the database

    async def oldest(self) -> Mapping[str, Sequence[Arrival]]:
        """Some files in their order, and what is in them."""
        names, number = [], 0
        for name, chats in self._files.items():
            names.append(name)
            number += chats.total()
            if number >= _AT_ONCE:
                break
        return await self._off_loop(lambda: {name: self._read(name) for name in names})

    async def drop(self, names: Collection[str]) -> None:
        """They are told."""
        for name in names:
            self._bytes -= self._size(name)
        await self._off_loop(lambda: self._unlink(names))
        for name in names:
            self._lower(self._files.pop(name))

    def _unlink(self, names: Collection[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    async def set_aside(self, name: str) -> None:
        """The database refuses it: it is kept for a person to see."""
        _log.error("%s is refused by the database", name)
        path = self._folder / name
        await self._off_loop(lambda: shutil.copyfile(path, path.with_suffix(_ASIDE)))

    def close(self) -> None:
        self._disk.shutdown()
