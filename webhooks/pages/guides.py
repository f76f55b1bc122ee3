"""/huong-dan: the guides as plain pages to read, to print and to hand out. No JavaScript needed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from bot.core import links
from bot.core.guide import Guide
from bot.guide_schema import GuideFile
from bot.paper import sheets
from bot.wiring import Wiring
from storage import teams
from webhooks.pages.templating import environment

PATH = "/huong-dan"
_KEPT = {"cache-control": "public, max-age=600"}
_Make = Callable[[Guide, GuideFile, sheets.Target, sheets.Team], bytes]
_PAPERS: dict[str, _Make] = {"to-roi": sheets.sheet, "ap-phich": sheets.poster}
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Paper:
    """What decides how a paper looks."""

    kind: str
    guide: str
    revision: str
    team: str


class _Papers:
    """Made one at a time and kept, so that asking often costs little."""

    def __init__(self, wiring: Wiring) -> None:
        settings = wiring.settings
        self._library = wiring.library
        self._target = sheets.Target(settings.base_url, settings.telegram_name)
        self._made: dict[_Paper, bytes] = {}
        self._one_at_a_time = asyncio.Lock()

    async def get(self, kind: str, guide: Guide, team: str) -> bytes:
        paper = _Paper(kind, guide.id, guide.revision, team)
        async with self._one_at_a_time:
            if paper not in self._made:
                await self._make(paper, guide)
            return self._made[paper]

    async def _make(self, paper: _Paper, guide: Guide) -> None:
        about, team = self._library.about[guide.id], sheets.Team(paper.team)
        make = partial(_PAPERS[paper.kind], guide, about, self._target, team)
        made = await asyncio.to_thread(make)
        if len(self._made) >= _MOST_KEPT:
            self._made.clear()
        self._made[paper] = made


class _Guides:
    """The pages' work for one wiring."""

    def __init__(self, wiring: Wiring, today: Callable[[], date]) -> None:
        self._wiring, self._today = wiring, today
        self._page = environment().get_template("guide.html")
        self._list = environment().get_template("guides.html")

    def find(self, guide: str) -> Guide | None:
        return self._wiring.shelf.guides.current.get(guide)

    async def team(self) -> str:
        return await self._wiring.database.read(teams.only_name)

    async def all(self, *, missing: bool = False) -> Response:
        guides = list(self._wiring.shelf.guides.current.values())
        html = self._list.render(guides=guides, team=await self.team(), missing=missing)
        return HTMLResponse(html, 404 if missing else 200)

    async def one(self, guide: Guide) -> Response:
        about = self._wiring.library.about[guide.id]
        current = self._wiring.shelf.guides.current
        html = self._page.render(
            guide=guide,
            about=about,
            stale=about.valid_until < self._today(),
            before=[current[one] for one in guide.requires if one in current],
            numbers={step.id: place for place, step in enumerate(guide.steps, 1)},
            chat=links.chat("", guide.id),
            team=await self.team(),
        )
        return HTMLResponse(html, headers=_KEPT)


def router(wiring: Wiring, today: Callable[[], date] | None = None) -> APIRouter:
    zone = ZoneInfo(wiring.settings.timezone)
    guides = _Guides(wiring, today or (lambda: datetime.now(zone).date()))
    papers = _Papers(wiring)
    routes = APIRouter()

    @routes.get(PATH)
    async def all_guides() -> Response:
        return await guides.all()

    @routes.get(f"{PATH}/{{name}}")
    async def one_guide(name: str) -> Response:
        guide = guides.find(name)
        return await guides.one(guide) if guide else await guides.all(missing=True)

    @routes.get(f"{PATH}/{{name}}/{{kind}}.pdf")
    async def paper(name: str, kind: str) -> Response:
        guide = guides.find(name)
        if guide is None or kind not in _PAPERS:
            return await guides.all(missing=True)
        made = await papers.get(kind, guide, await guides.team())
        named = {"content-disposition": f'inline; filename="{name}-{kind}.pdf"'}
        return Response(made, media_type="application/pdf", headers={**_KEPT, **named})

    return routes
