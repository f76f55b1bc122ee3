"""/thu-vien/…/goc-moi: what a release says otherwise than the commune's own edition, side by
side, to be taken up into a new version that another approves."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import Connection

from bot import editions as texts
from bot.core.changes import changes
from bot.core.guide import Guide
from bot.core.rights import EVERYWHERE, Operation
from bot.services import editions as service
from bot.services.access import Problem, Refused
from storage import editions
from storage.editions import Edition
from webhooks.console.editing import Pages
from webhooks.console.frame import Console, Visit
from webhooks.console.library import PATH

_EDIT, _SEE = Operation.EDIT_GUIDE, Operation.SEE_GUIDES


@dataclass(frozen=True, slots=True)
class _News:
    """`files` are those whose words the release changed; `own` of them the commune wrote in."""

    guide: Guide
    shipped: Guide
    open: Edition | None
    texts: Mapping[str, str]
    files: list[str]

    @property
    def own(self) -> set[str]:
        return set(self.files) & self.texts.keys()


class _Pages(Pages):
    async def _news(self, visit: Visit, operation: Operation) -> _News | None:
        """None when the commune has no edition, or one that knows the release."""
        guide = await self.guide(visit, operation)
        shipped = next(one for one in self.library.every if one.id == guide.id)

        def work(connection: Connection) -> tuple[Edition | None, Edition | None]:
            return editions.current(connection).get(guide.id), editions.open_one(
                connection, guide.id
            )

        ours, seen = await visit.read(work)
        if ours is None or ours.base == shipped.revision:
            return None
        before = self.shelf.guides.versions.get((guide.id, ours.base))
        files = texts.released(before, shipped, guide)
        return _News(guide, shipped, seen, seen.texts if seen else ours.texts, files)

    async def show(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        if (news := await self._news(visit, _SEE)) is None:
            return visit.go(f"{PATH}/{visit.path('guide')}")
        here, there = texts.words_of(news.guide), texts.words_of(news.shipped)
        rows = [
            {
                "file": one,
                "here": here.get(one, ""),
                "there": changes(here.get(one, ""), there.get(one, "")),
                "own": one in news.own,
            }
            for one in news.files
        ]
        return visit.show(
            "console/taking_up.html",
            status,
            guide=news.shipped,
            rows=rows,
            seen=news.open,
            problem=problem,
            edits=EVERYWHERE in visit.actor.scopes(_EDIT),
        )

    async def take(self, visit: Visit) -> Response:
        """Files that are not chosen keep the commune's words; those it never wrote in come by
        themselves. Without a fault it is handed in at once."""
        if (found := await self._news(visit, _EDIT)) is None:
            return visit.go(f"{PATH}/{visit.path('guide')}")
        news = found
        chosen, known = set(visit.chosen("lay")), texts.files(self.library.about[news.guide.id])
        new = {name: text for name, text in news.texts.items() if name not in chosen}
        new = {name: text for name, text in new.items() if name in known}
        judged = await self.judged(news.guide.id, new, visit)
        seen_at = int(visit.said("luc")) if visit.said("luc").isdecimal() else 0

        def work(connection: Connection, at: int) -> None:
            actor, guide, base = visit.actor, news.guide.id, news.shipped.revision
            service.save(connection, actor, at, guide, base, new, seen_at, takes_up=True)
            made = service.open_one(connection, actor, guide)
            if made and judged.guide and not judged.is_faulty:
                service.submit(connection, actor, at, made, judged.guide, news.guide.revision)

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in (Problem.CHANGED, Problem.NOTHING):
                raise
            return await self.show(visit, 422, refused.reason)
        done = "luu-bai" if judged.is_faulty else "bai-gui-duyet"
        return visit.go(f"{PATH}/{news.guide.id}/ban-moi", done)


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(f"{PATH}/{{guide}}/goc-moi", _SEE)(pages.show)
    console.post(f"{PATH}/{{guide}}/sua/goc-moi", _EDIT)(pages.take)
