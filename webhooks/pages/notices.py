"""/tb: announcements for everybody to read and to check a text against. No JavaScript needed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from bot.core.announcement import PUBLIC
from bot.notice_desk import judged
from bot.wiring import Wiring
from storage import announcements, teams, views
from storage.announcements import Kept
from webhooks.pages.templating import environment

PATH = "/tb"
_SHOWN = 50
_LONGEST = 20_000
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class _Notice:
    """An announcement as its page shows it. `later` is (kind, number) of what replaced it."""

    number: int
    code: str
    kind: str
    day: str
    at: str
    title: str
    text: str
    later: tuple[str, int] | None


class _Notices:
    """The pages' work for one wiring."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        pages = environment()
        self._list, self._page = (
            pages.get_template("notices.html"),
            pages.get_template("notice.html"),
        )
        self._feed = pages.get_template("notices.atom")

    async def all(self, answer: str = "", status: int = 200) -> Response:
        shown, team = await self._read(None)
        html = self._list.render(notices=shown, team=team, answer=answer, missing=status == 404)
        return HTMLResponse(html, status)

    async def one(self, code: str, *, seen: bool) -> Response:
        shown, team = await self._read(code)
        if not shown:
            return await self.all(status=404)
        return HTMLResponse(self._page.render(notice=shown[0], team=team, seen=seen))

    async def feed(self) -> Response:
        shown, team = await self._read(None)
        made = self._feed.render(notices=shown, team=team, base=self._wiring.settings.base_url)
        return Response(made, media_type="application/atom+xml")

    async def check(self, text: str) -> Response:
        words = self._wiring.notice_words
        answer = await self._wiring.database.read(
            lambda connection: judged(connection, words, text[:_LONGEST])
        )
        return await self.all(words.answer(answer))

    async def seen(self, code: str) -> None:
        await self._wiring.database.write(lambda connection: views.page_seen(connection, code))

    async def _read(self, code: str | None) -> tuple[list[_Notice], str]:
        return await self._wiring.database.read(
            lambda connection: (self._notices(connection, code), teams.only_name(connection))
        )

    def _notices(self, connection: Connection, code: str | None) -> list[_Notice]:
        if code is None:
            kept = announcements.latest(connection, PUBLIC, _SHOWN)
        else:
            found = announcements.by_code(connection, code)
            kept = [found] if found and found.state in PUBLIC else []
        later = announcements.successors(connection, [one.id for one in kept])
        return [self._notice(one, later.get(one.id)) for one in kept]

    def _notice(self, kept: Kept, later: tuple[str, int] | None) -> _Notice:
        at = datetime.fromtimestamp(kept.sent_at // _MICRO, UTC)
        return _Notice(
            kept.number,
            kept.code,
            kept.content.kind,
            self._wiring.notice_words.day(kept.approved_at),
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            kept.content.text.split("\n")[0][:100],
            kept.content.text,
            later,
        )


def router(wiring: Wiring) -> APIRouter:
    notices = _Notices(wiring)
    routes = APIRouter()

    @routes.get(PATH)
    async def all_notices() -> Response:
        return await notices.all()

    @routes.get(f"{PATH}.atom")
    async def feed() -> Response:
        return await notices.feed()

    @routes.post(f"{PATH}/kiem-tra")
    async def check(request: Request) -> Response:
        fields = parse_qs((await request.body())[: 4 * _LONGEST].decode("utf-8", "replace"))
        return await notices.check("".join(fields.get("text", ())))

    @routes.post(f"{PATH}/{{code}}/da-xem")
    async def seen(code: str) -> Response:
        await notices.seen(code)
        return RedirectResponse(f"{PATH}/{code}?xem=1", 303)

    @routes.get(f"{PATH}/{{code}}")
    async def one_notice(code: str, xem: Annotated[str, Query()] = "") -> Response:
        return await notices.one(code, seen=bool(xem))

    return routes
