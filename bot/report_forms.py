"""A week's numbers put into the office's form: guides/report.yaml. A report is made from what was
kept alone, the form with it, so it comes out the same however much later."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.content_files import read_yaml, validated
from bot.core.figures import (
    AGAIN,
    SAID,
    VERIFIED,
    Figures,
    Guiding,
    Number,
    Place,
    Remark,
    Snag,
    added,
)
from bot.core.indicators import Base, Indicator, pace
from bot.core.weeks import read as read_week
from bot.library import GUIDES, Library
from bot.report_schema import ReportFile, SheetFile
from bot.services.figures import Catalogue
from bot.spreadsheets import Share, Value

_SHORT = 60


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts, whole numbers and shares under headings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a reader sees, in order. `notes` stand under the tables."""

    title: str
    place: str
    period: str
    draft: str
    tables: Sequence[Table]
    notes: Sequence[str]
    nothing: str
    written: Sequence[str]
    signed: Sequence[str]
    made: date


class ReportForm:
    """`plain` is a form as it was kept; without one, today's."""

    def __init__(self, plain: Mapping[str, Any] | None = None) -> None:
        if plain is None:
            self.file = validated(ReportFile, read_yaml(GUIDES / "report.yaml"))
        else:
            self.file = ReportFile.model_validate(plain)

    def plain(self) -> dict[str, Any]:
        return self.file.model_dump()

    def say(self, key: str, **values: object) -> str:
        return self.file.say[key].format(**values)

    def catalogue(self, library: Library) -> Catalogue:
        labels = {}
        for guide in library.guides:
            for step in guide.steps:
                labels[f"{guide.id} {step.id}"] = _short(step.text)
                labels |= {f"{guide.id} {one.id}": one.label for one in step.troubles}
        ages = {"" if guide == "other" else guide: bands for guide, bands in self.file.ages.items()}
        titles = {one.id: one.title for one in library.guides}
        return Catalogue(titles, labels, ages, self.file.source)

    def report(self, figures: Figures) -> Report:
        week, form = read_week(figures.week), self.file
        if week is None:
            raise ValueError(figures.week)
        period = form.period.format(
            monday=_day(str(week.monday)),
            sunday=_day(str(week.sunday)),
            as_of=_day(figures.as_of),
            made=_day(figures.made),
        )
        notes = [form.foot]
        if figures.unplaced:
            notes.insert(0, form.unplaced.format(number=figures.unplaced))
        return Report(
            title=form.title.format(number=week.number, year=week.year),
            place=figures.name or form.everywhere,
            period=period,
            draft="" if figures.final else form.draft,
            tables=[self._table(one, figures) for one in form.sheets],
            notes=notes,
            nothing=form.nothing,
            written=form.written,
            signed=form.signed,
            made=date.fromisoformat(figures.made),
        )

    def share(self, one: Indicator) -> Value:
        """A share, or in words why there is none."""
        return self.file.doubts[str(one.doubt)] if one.tenths is None else Share(one.tenths)

    def _table(self, sheet: SheetFile, figures: Figures) -> Table:
        cells = _Cells(self.file, figures)
        rows = cells.rows(sheet.show, [one.value for one in sheet.columns])
        return Table(sheet.title, [one.heading for one in sheet.columns], rows, sheet.printed)

    def lines(self, figures: Figures) -> Iterator[str]:
        """A line for each guide, for a terminal."""
        cells = _Cells(self.file, figures)
        names = ("guide", "times", "people", "said", "said_share", "verified", "verified_share")
        for one in figures.guides:
            if not one.area:
                values = {name: shown(cells.guiding(one, name)) for name in (*names, "base")}
                yield self.say("line", **values)


def _short(text: str) -> str:
    first = text.strip().partition("\n")[0]
    return first if len(first) <= _SHORT else first[: _SHORT - 1].rstrip() + "…"


def shown(cell: Value) -> str:
    """As it is written in Vietnamese: 1.234 and 12,5 %."""
    match cell:
        case Share(tenths):
            return f"{tenths // 10},{tenths % 10} %"
        case int():
            return f"{cell:,}".replace(",", ".")
    return cell


def _day(text: str) -> str:
    """As it is written in Vietnamese: 30/04/2026."""
    return date.fromisoformat(text).strftime("%d/%m/%Y") if text else ""


class _Cells:
    """What stands in a column, by its name in the form."""

    def __init__(self, form: ReportFile, figures: Figures) -> None:
        self._form, self._figures = form, figures
        self._names = {one.area: one.name for one in figures.places}

    def rows(self, show: str, columns: Sequence[str]) -> list[list[Value]]:
        figures = self._figures
        if show == "places":
            return [
                *([self._sum(name) for name in columns] for _ in figures.places[1:2]),
                *([self._place(one, name) for name in columns] for one in figures.places),
            ]
        if show == "snags":
            most = self._form.most_snags
            return [[self._snag(one, name) for name in columns] for one in figures.snags[:most]]
        if show == "remarks":
            return [[self._remark(one, name) for name in columns] for one in figures.remarks]
        wanted = [one for one in figures.guides if bool(one.area) is (show == "guides_by_place")]
        return [[self.guiding(one, name) for name in columns] for one in wanted]

    def _number(self, number: Number) -> Value:
        return self._form.unknown if number is None else number

    def _share(self, one: Indicator) -> Value:
        if one.tenths is None:
            return self._form.doubts[str(one.doubt)]
        return Share(one.tenths)

    def _place(self, one: Place, name: str) -> Value:
        match name:
            case "place":
                return one.name or self._form.everywhere
            case "team":
                return one.team
            case "visited_share":
                return self._share(Indicator(one.visited, Base(one.homes)))
            case "residents":
                return self._number(one.people)
        number: Number = getattr(one, name)
        return self._number(number)

    def _sum(self, name: str) -> Value:
        """Of what is known, with how many places are not in it."""
        places = self._figures.places
        if name in ("place", "team"):
            return self._form.total if name == "place" else ""
        if name == "visited_share":
            both = [one for one in places if one.visited is not None and one.homes is not None]
            visited, homes = added(one.visited for one in both), added(one.homes for one in places)
            return self._share(Indicator(visited.number, Base(homes.number)))
        field = "people" if name == "residents" else name
        found = added(getattr(one, field) for one in places)
        if found.number is None or not found.missing:
            return self._number(found.number)
        return self._form.missing.format(number=found.number, missing=found.missing)

    def guiding(self, one: Guiding, name: str) -> Value:
        proofs = {"said": SAID, "verified": VERIFIED, "again": AGAIN}
        kind, _, what = name.partition("_")
        if kind in proofs:
            return self._proof(one, proofs[kind], what)
        return _GUIDING[name](self, one)

    def _proof(self, one: Guiding, kind: str, what: str) -> Value:
        if what == "share":
            return self._share(one.indicator(kind))
        if one.times is None:
            return self._form.unknown
        return one.proof(kind).new if what == "new" else one.proof(kind).all

    def title(self, one: Guiding) -> Value:
        return self._figures.titles.get(one.guide, one.guide)

    def place(self, one: Guiding) -> Value:
        return self._names.get(one.area, "") or self._form.everywhere

    def source(self, one: Guiding) -> Value:
        base = one.base
        if base.number is None or not base.unsure:
            return base.source if base.number is not None else ""
        return self._form.unsure.format(source=base.source, unsure=base.unsure)

    def number(self, number: Number) -> Value:
        return self._number(number)

    def each(self, one: Guiding) -> Value:
        """How many more a week until the day of the goal."""
        if one.goal is None:
            return ""
        today = date.fromisoformat(self._figures.as_of)
        wanted = pace(one.goal, one.proof(VERIFIED).all, today)
        return self._form.late if wanted.late else wanted.each

    def _remark(self, one: Remark, name: str) -> Value:
        match name:
            case "kind":
                return self._form.remarks.get(one.kind, one.kind)
            case "place":
                return one.place or self._form.everywhere
            case "day":
                return _day(one.day)
        return one.text

    def _snag(self, one: Snag, name: str) -> Value:
        match name:
            case "guide":
                return self._figures.titles.get(one.guide, one.guide)
            case "item":
                return self._figures.labels.get(f"{one.guide} {one.item}", one.item)
            case "outcome":
                return self._form.outcomes[one.outcome]
        return one.people if name == "people" else one.times


_GUIDING: Mapping[str, Callable[[_Cells, Guiding], Value]] = {
    "guide": _Cells.title,
    "place": _Cells.place,
    "times": lambda cells, one: cells.number(one.times),
    "people": lambda cells, one: cells.number(one.people),
    "base": lambda cells, one: cells.number(one.base.number),
    "base_source": _Cells.source,
    "base_day": lambda _, one: _day(one.base.day) if one.base.number is not None else "",
    "goal": lambda _, one: one.goal.number if one.goal else "",
    "goal_due": lambda _, one: _day(one.goal.due) if one.goal else "",
    "goal_each": _Cells.each,
}
