"""/chi-tieu: indicators level by level, with trend and goals; the same as Excel and PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot import report_files
from bot.core import weeks
from bot.core.figures import SAID, VERIFIED, Figures, Guiding
from bot.core.indicators import Pace, pace
from bot.core.levels import neediest
from bot.core.rights import EVERYWHERE, Operation
from bot.report_forms import Report, ReportForm, shown
from bot.services import levels, reports
from bot.services.levels import Level
from bot.spreadsheets import Share, Value
from webhooks.console.frame import Console, Visit

PATH = "/chi-tieu"
_SEE = Operation.SEE_FIGURES
_WEEKS = 8
_MOST = 60
_SNAGS = 10
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Line:
    """One guide in one place as a row shows it."""

    guiding: Guiding
    said: Value
    verified: Value
    pace: Pace | None


class FiguresPages:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.form = ReportForm()
        self.catalogue = self.form.catalogue(console.wiring.library)

    def this(self, visit: Visit) -> weeks.Week:
        return weeks.of_day(weeks.day_of(visit.now, self.console.zone))

    def week(self, visit: Visit) -> weeks.Week:
        """The one that is asked for, else this one as far as it has gone."""
        return weeks.read(visit.asked("tuan")) or self.this(visit)

    def area(self, visit: Visit) -> str:
        scopes = visit.actor.scopes(_SEE)
        given = visit.asked("noi")
        return given or (EVERYWHERE if EVERYWHERE in scopes else scopes[0])

    def guide(self, visit: Visit, figures: Figures) -> str:
        """The one that is asked for, else the one most were guided in, else the first."""
        given = visit.asked("bai")
        if given in self.catalogue.titles:
            return given
        whole = [
            one for one in figures.guides if not one.area and one.guide in self.catalogue.titles
        ]
        return max(whole, key=lambda one: one.people or 0).guide

    def look(self, visit: Visit, connection: Connection) -> reports.Kept:
        at = reports.Now(visit.now, self.console.zone, self.catalogue, self.form.plain())
        version = visit.asked("ban")
        number = int(version) if version.isdecimal() and len(version) < 9 else 0
        return reports.look(
            connection, visit.actor, at, self.area(visit), self.week(visit), version=number
        )

    async def show(self, visit: Visit) -> Response:
        week = self.week(visit)

        def work(connection: Connection) -> tuple[reports.Kept, Level]:
            kept, zone = self.look(visit, connection), self.console.zone
            guide = self.guide(visit, kept.figures)
            level = levels.level(
                connection, visit.actor, visit.now, zone, week, kept.figures, guide
            )
            return kept, level

        kept, level = await visit.read(work)
        return visit.show("console/figures.html", **self._values(visit, kept, level))

    def _values(self, visit: Visit, kept: reports.Kept, level: Level) -> dict[str, Any]:
        figures, form = kept.figures, ReportForm(kept.form)
        whole = [one for one in figures.guides if not one.area]
        scopes, bars = visit.actor.scopes(_SEE), _bars(level)
        return {
            "report": form.report(figures),
            "figures": figures,
            "area": figures.area,
            "week": self.week(visit),
            "weeks": _last(self.this(visit)),
            "guide": self.guide(visit, figures),
            "titles": {**self.catalogue.titles, **figures.titles},
            "lines": [self._line(form, figures, one) for one in whole],
            "level": level,
            "parts": [(one, self._line(form, figures, one.guiding)) for one in level.parts[:_MOST]],
            "left": max(len(level.parts) - _MOST, 0),
            "neediest": neediest(level.parts),
            "bars": bars,
            "before": bars[0][0].week if bars and bars[0][0] != level.trend[0] else None,
            "snags": figures.snags[:_SNAGS],
            "outcomes": form.file.outcomes,
            "everywhere": EVERYWHERE in scopes,
            "sets": visit.may(Operation.SET_GOAL),
            "shown": _shown,
            "width": _width,
        }

    def _line(self, form: ReportForm, figures: Figures, one: Guiding) -> Line:
        left = (
            pace(one.goal, one.proof(VERIFIED).all, date.fromisoformat(figures.as_of))
            if one.goal
            else None
        )
        return Line(one, form.share(one.indicator(SAID)), form.share(one.indicator(VERIFIED)), left)

    def file(self, write: Callable[[Report], bytes], kind: str, media: str) -> Any:
        async def answer(visit: Visit) -> Response:
            kept = await visit.read(lambda one: self.look(visit, one))
            area, week = kept.figures.area, kept.figures.week
            name = f"chi-tieu-{area or 'tat-ca'}-{week}.{kind}"
            headers = {"content-disposition": f'attachment; filename="{name}"'}
            return Response(write(ReportForm(kept.form).report(kept.figures)), 200, headers, media)

        return answer


def _last(week: weeks.Week) -> list[weeks.Week]:
    found = [week]
    while len(found) < _WEEKS:
        found.append(found[-1].before())
    return found


def _bars(level: Level) -> list[tuple[levels.Point, int]]:
    """Each week from the first that was counted, with the height of its bar in hundredths of the
    highest; -1 where unknown."""
    most = max((one.all or 0 for one in level.trend), default=0)
    counted = [place for place, one in enumerate(level.trend) if one.all is not None]
    trend = level.trend[counted[0] :] if counted else []
    return [(one, -1 if one.all is None else 100 * one.all // most if most else 0) for one in trend]


def _shown(value: Value | None) -> str:
    """Empty for what nobody knows: the page has the word."""
    return "" if value is None else shown(value)


def _width(cell: object) -> int:
    """Of a share's bar, in hundredths; -1 for what is no share."""
    return min(100, cell.tenths // 10) if isinstance(cell, Share) else -1


def add(console: Console) -> None:
    pages = FiguresPages(console)
    console.get(PATH, _SEE)(pages.show)
    console.get(f"{PATH}.xlsx", _SEE)(pages.file(report_files.excel, "xlsx", _EXCEL))
    console.get(f"{PATH}.pdf", _SEE)(pages.file(report_files.pdf, "pdf", "application/pdf"))
