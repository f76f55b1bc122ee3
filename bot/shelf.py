"""The guides in use: today's from files or as published in words of one's own, earlier versions
from the database."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection

from bot.core.guide import Guide, Phrase
from bot.core.state import Conversation, Guides
from bot.library import Library, from_json, to_json
from storage import conversations, editions, people
from storage.database import SECOND, Database


def _with(shipped: Mapping[str, Guide], ours: Mapping[str, Guide]) -> dict[str, Guide]:
    return {guide: ours.get(guide, one) for guide, one in shipped.items()}


class Shelf:
    """Keeps each version that a run may be pinned to. One per process."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.guides: Guides = library.content()
        self._gone: set[tuple[str, str]] = set()
        self._published = 0

    def turn_to(self, now: int) -> None:
        """Notes which guides are overdue by now."""
        today = datetime.fromtimestamp(now / SECOND, UTC).date()
        if (expired := self._library.expired(today)) != self.guides.expired:
            self.guides = replace(self.guides, expired=expired)

    def know(self, connection: Connection, states: Iterable[Conversation]) -> None:
        """Reads earlier versions when a run is pinned to one not met before."""
        runs = [run for state in states for run in (state.run, *state.paused) if run]
        pins = {(run.guide, run.revision) for run in runs} - self._gone
        if pins <= self.guides.versions.keys():
            return
        self.know_all(connection)
        self._gone |= pins - self.guides.versions.keys()

    def know_all(self, connection: Connection) -> None:
        """Reads every version there has ever been."""
        self._published = editions.published(connection)
        older = [from_json(content) for content in conversations.versions(connection)]
        whole = self._library.content(older)
        ours = {
            guide: whole.versions[guide, one.revision]
            for guide, one in editions.current(connection).items()
            if (guide, one.revision) in whole.versions
        }
        self.guides = replace(
            whole,
            current=_with(whole.current, ours),
            team=_with(whole.team, ours),
            expired=self.guides.expired,
        )

    async def renew(self, database: Database) -> bool:
        """Takes up what was published since, by whichever process; never more to do at once."""
        if await database.read(editions.published) != self._published:
            await database.read(self.know_all)
        return False

    def keep(self, connection: Connection, now: int) -> None:
        """Stores the versions shipped today and the consent texts; at start-up."""
        current = {
            (guide.id, guide.revision): to_json(guide).decode()
            for guide in (*self.guides.current.values(), *self.guides.team.values())
        }
        conversations.add_versions(connection, current, now)
        texts = [self.guides.phrases[one] for one in (Phrase.CONSENT, Phrase.CONSENT_NEWS)]
        versions = {sha256(text.encode()).hexdigest()[:12]: text for text in texts}
        people.add_consent_texts(connection, versions, now)
