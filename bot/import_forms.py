"""How lists to be imported look and what is said of them: guides/imports.yaml."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot import spreadsheets
from bot.content_files import read_yaml, validated
from bot.core.tabular import Column, Fault, Form, Is, Reading, read
from bot.core.text import searchable
from bot.library import GUIDES

SHIPPED = GUIDES / "places"


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ColumnFile(_Closed):
    heading: str
    also: list[str]
    examples: list[str]
    note: str


class KindFile(_Closed):
    title: str
    columns: dict[str, ColumnFile]


class ImportsFile(_Closed):
    """guides/imports.yaml: these keys, no others."""

    kinds: dict[str, KindFile]
    words: dict[str, dict[str, list[str]]]
    files: dict[str, str]
    faults: dict[str, str]
    left: dict[str, str]
    nouns: dict[str, str]
    say: dict[str, Any]


class ImportForms:
    def __init__(self, path: Path = GUIDES / "imports.yaml") -> None:
        self.file = validated(ImportsFile, read_yaml(path))

    def form(self, kind: str, columns: Sequence[Column]) -> Form:
        told = self.file.kinds[kind].columns
        headings = {
            searchable(heading): name
            for name, one in told.items()
            for heading in (one.heading, *one.also)
        }
        words = {one.name: self._choices(one.name) for one in columns if one.holds is Is.CHOICE}
        return Form(columns, headings, words)

    def _choices(self, name: str) -> dict[str, str]:
        return {
            searchable(word): value
            for value, ways in self.file.words[name].items()
            for word in ways
        }

    def read(
        self,
        kind: str,
        columns: Sequence[Column],
        data: bytes,
        told: Callable[[int], None] = lambda _: None,
    ) -> Reading:
        """Raises SheetError."""
        return read(self.form(kind, columns), spreadsheets.rows(data), told)

    def save_template(self, kind: str, path: Path) -> None:
        """The headings with examples, and a second sheet that explains them."""
        told = self.file.kinds[kind]
        one_a_line = zip(*(one.examples for one in told.columns.values()), strict=True)
        table = [[one.heading for one in told.columns.values()], *map(list, one_a_line)]
        notes = [[one.heading, one.note, "; ".join(one.also)] for one in told.columns.values()]
        headings = self.file.say["notes_headings"]
        sheets = {told.title: table, self.file.say["notes"]: [headings, *notes]}
        spreadsheets.save(path, sheets)

    def title(self, kind: str) -> str:
        return self.file.kinds[kind].title

    def say(self, key: str, **values: object) -> str:
        return str(self.file.say[key]).format(**values)

    def unread(self, error: spreadsheets.SheetError) -> str:
        """Why a file could not be read."""
        return self.file.files[error.code].format(**error.values)

    def fault(self, kind: str, one: Fault) -> str:
        """Where and what, as one line."""
        return self._placed(kind, one, self.file.faults[one.code])

    def left(self, kind: str, one: Fault) -> str:
        return self._placed(kind, one, self.file.left[one.code])

    def _placed(self, kind: str, one: Fault, sentence: str) -> str:
        values = dict(one.values)
        if "choices" in values:
            values["choices"] = self._shown_choices(values["choices"])
        text = sentence.format(**values)
        if not one.row:
            return self.say("fault_list", text=text)
        if not one.column:
            return self.say("fault_row", row=one.row, text=text)
        column = self.file.kinds[kind].columns[one.column].heading
        return self.say("fault", row=one.row, column=column, text=text)

    def _shown_choices(self, name: str) -> str:
        return ", ".join(ways[0] for ways in self.file.words.get(name, {}).values())

    def counted(self, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
        """A line for each noun."""
        for noun, found in counts.items():
            numbers = {what: found.get(what, 0) for what in ("new", "changed", "same", "left")}
            yield self.say("counts", noun=self.file.nouns[noun].capitalize(), **numbers)


@lru_cache
def import_forms() -> ImportForms:
    return ImportForms()
