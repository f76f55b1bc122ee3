"""Reads official sites' feeds when they are due and drafts what is new. Nothing is ever sent
from here: a person edits, submits and another approves.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from bot.chores import keep_at
from bot.core.announcement import Content, Way
from bot.core.rights import Actor, terminal
from bot.feed_reader import Entry, UnreadableError, read
from bot.fetching import Fetched, Fetcher, NotFetchedError
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from bot.services.access import Problem, Refused
from storage import feeds, teams
from storage.database import DAY, HOUR, MINUTE, Database

_log = logging.getLogger(__name__)
_POLL_SECONDS = 20.0
_EVERY = 30 * MINUTE
_LONGEST = 6 * HOUR
_NEW = 2 * DAY
MOST_AT_ONCE = 10


class Feeds:
    def __init__(self, database: Database, fetcher: Fetcher, words: NoticeWords) -> None:
        self._database, self._fetcher, self._words = database, fetcher, words

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "feeds")

    async def once(self) -> bool:
        """Reads one that is due, if any. No transaction is open meanwhile."""
        feed = await self._database.write(lambda one: feeds.take(one, self._database.now(one)))
        if feed is None:
            return False
        try:
            fetched = await self._fetcher.fetch(feed.url, feed.tag)
            entries = await asyncio.to_thread(read, fetched.body) if fetched.body else []
            await self._database.write(
                partial(self._take, feed=feed, fetched=fetched, entries=entries)
            )
        except (NotFetchedError, UnreadableError) as error:
            await self._fail(feed, str(error))
        except Refused as refused:
            await self._fail(feed, refused.reason)
        return True

    async def _fail(self, feed: feeds.Kept, error: str) -> None:
        wait = min(_LONGEST, _EVERY * 2**feed.failures)
        _log.info("feed %d: %s", feed.id, error)
        await self._database.write(
            lambda one: feeds.failed(one, feed.id, error, self._database.now(one) + wait)
        )

    def _take(
        self, connection: Connection, feed: feeds.Kept, fetched: Fetched, entries: Sequence[Entry]
    ) -> None:
        """What is new becomes drafts. Of a feed read for the first time only the last days' is;
        what is too much for one time is left for the next."""
        now = self._database.now(connection)
        new = feeds.fresh(connection, feed.id, [one.key for one in entries])
        unread = [one for one in entries if one.key in new]
        old = [one for one in unread if not feed.read_at and one.at < now - _NEW]
        drafts = [one for one in unread if one not in old]
        more = len(drafts) > MOST_AT_ONCE
        drafts = drafts[:MOST_AT_ONCE]
        for one in drafts:
            self._draft(connection, feed, one, now)
        feeds.remember(connection, feed.id, [one.key for one in (*old, *drafts)], now)
        wait = 0 if more else int(_EVERY * random.uniform(0.9, 1.1))  # noqa: S311
        feeds.read(connection, feed.id, "" if more else fetched.tag, now, now + wait)

    def _draft(self, connection: Connection, feed: feeds.Kept, entry: Entry, now: int) -> None:
        content = Content(self._words.from_feed(entry), areas=feed.areas, ways=tuple(Way))
        actor = _actor(connection, feed.added_by)
        try:
            service.compose(connection, actor, now, content, f"feed:{feed.id}:{entry.key}")
        except Refused as refused:
            if refused.reason != Problem.SAME:
                raise


def _actor(connection: Connection, person: int) -> Actor:
    """Whoever added the feed, with the rights they have today."""
    return teams.actors(connection, [person], "feed")[person] if person else terminal()
