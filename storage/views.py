"""Who said an announcement was seen: by button, or on its page. Tables announcement_view,
announcement.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from bot.core.announcement import PUBLIC
from storage.rows import insert_new, table
from storage.tables import Announcement, AnnouncementView

_columns = table(Announcement).c
_view = table(AnnouncementView)


def viewed(connection: Connection, number: int, viewers: Sequence[str], now: int) -> None:
    rows = [{"announcement": number, "viewer": one, "at": now} for one in viewers]
    insert_new(connection, AnnouncementView, rows)


def page_seen(connection: Connection, code: str) -> None:
    connection.execute(
        update(table(Announcement))
        .where(_columns.code == code.upper(), _columns.state.in_(sorted(PUBLIC)))
        .values(page_seen=_columns.page_seen + 1)
    )


def views(connection: Connection, number: int) -> int:
    found: int = connection.execute(
        select(func.count()).select_from(_view).where(_view.c.announcement == number)
    ).scalar_one()
    return found
