"""Sealing anew with the newest key what an older one sealed, a part at a time.

Each part is its own transaction and what is done needs no second visit, so it may be cut off and
begun again at any time. No key and no clear text leaves the vault.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import access
from bot.vault import SealedError, Vault
from storage import audit, sealed
from storage.sealed import Column, Key

AT_ONCE = 500
Write = Callable[[Callable[[Connection], Key]], Key]
Anew = Callable[
    [str], Mapping[str, str]
]  # what was sealed -> the row's new values; empty: as it is


@dataclass(slots=True)
class Rotation:
    """How many were looked at, changed, and could be opened by no key of ours."""

    seen: int = 0
    renewed: int = 0
    lost: int = 0

    def part(self, connection: Connection, column: Column, after: Key, anew: Anew) -> Key:
        """One page; where it ended, empty after the last."""
        found = sealed.page(connection, column, after, AT_ONCE)
        rows = list(self._changed(found, anew))
        sealed.replace(connection, column, rows)
        self.seen, self.renewed = self.seen + len(found), self.renewed + len(rows)
        return found[-1][0] if len(found) == AT_ONCE else ()

    def _changed(
        self, found: list[tuple[Key, str]], anew: Anew
    ) -> Iterator[tuple[Key, str, Mapping[str, str]]]:
        for key, old in found:
            try:
                values = anew(old)
            except SealedError:
                self.lost += 1
                continue
            if values:
                yield key, old, values


def _all(write: Write, column: Column, so_far: Rotation, anew: Anew) -> None:
    after: Key = ()
    while after := write(lambda one, a=after: so_far.part(one, column, a, anew)):  # type: ignore[misc]
        pass


def rotate(write: Write, vault: Vault) -> Rotation:
    """All columns that hold something sealed; the service may be running."""
    so_far = Rotation()
    for column in sealed.COLUMNS:

        def anew(old: str, name: str = column.name) -> Mapping[str, str]:
            return {} if vault.is_newest(old) else {name: vault.renewed(old)}

        _all(write, column, so_far, anew)
    return so_far


def finish(write: Write, vault: Vault, newest: Vault) -> Rotation:
    """Phones are found by digests that the oldest key makes: now the newest alone makes them.
    Nothing else may be running, and the old key must go from the settings at once."""
    so_far = Rotation()

    def anew(old: str) -> Mapping[str, str]:
        return {"phone_mark": newest.mark("phone", vault.open(old))}

    _all(write, sealed.PHONES, so_far, anew)
    return so_far


def note(connection: Connection, actor: Actor, now: int, step: str, done: Rotation) -> None:
    access.require(connection, actor, Operation.GRANT_ROLE, "")
    audit.record(
        connection,
        actor,
        "rotate-keys",
        "keys",
        now,
        step=step,
        renewed=done.renewed,
        lost=done.lost,
    )
