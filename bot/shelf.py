"""The guides in use: today's from files, earlier versions from the database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection

from bot.core.guide import Phrase
from bot.core.state import Conversation, Guides
from bot.library import Library, from_json, to_json
from storage import conversations, people
from storage.database import SECOND


class Shelf:
    """Keeps each version that a run may be pinned to. One per process."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.guides: Guides = library.content()
        self._gone: set[tuple[str, str]] = set()

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
        older = [from_json(content) for content in conversations.versions(connection)]
        self.guides = replace(self._library.content(older), expired=self.guides.expired)

    def keep(self, connection: Connection, now: int) -> None:
        """Stores today's versions and the consent texts; at start-up."""
        current = {
            (guide.id, guide.revision): to_json(guide).decode()
            for guide in (*self.guides.current.values(), *self.guides.team.values())
        }
        conversations.add_versions(connection, current, now)
        texts = [self.guides.phrases[one] for one in (Phrase.CONSENT, Phrase.CONSENT_NEWS)]
        versions = {sha256(text.encode()).hexdigest()[:12]: text for text in texts}
        people.add_consent_texts(connection, versions, now)
