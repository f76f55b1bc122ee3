"""Counts the statements a piece of work sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Statements:
    number = 0


@contextmanager
def statements(engine: Engine) -> Iterator[Statements]:
    """A statement executed with many rows counts once."""
    counted = Statements()

    def count(*_: Any) -> None:
        counted.number += 1

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", count)
