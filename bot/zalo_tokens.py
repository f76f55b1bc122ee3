"""Keeps a Zalo OA's pair of tokens alive. The only place that renews one.

A refresh token works once and dies at once, so: one renewal at a time among all processes
(a lease in the database that outlives the HTTP call), the new pair is committed before it
is used, an answer without both tokens changes nothing, and a running renewal is never cut off.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import Failure, NotSent
from bot.channels.zalo_oa.oauth import NoPair, OAuth, Pair, challenge
from bot.services.zalo import KEY_CHANGED, NO_TOKEN
from bot.vault import SealedError, Vault
from storage import pace, tokens
from storage.database import HOUR, MINUTE, SECOND, Database
from storage.tokens import Account, Stored

_log = logging.getLogger(__name__)
RENEW_AFTER = 20 * HOUR
_POLL_SECONDS, _LOOK_SECONDS = 0.1, 60.0
FRESH_REFUSED = "token-refused"


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored pair in the clear, and the moment it was read."""

    stored: Stored
    access: str
    refresh: str
    now: int

    @property
    def works(self) -> bool:
        return bool(self.access) and self.now < self.stored.expires_at - MINUTE


def seed_of(refresh: str) -> str:
    """Tells the refresh token of the settings from a later one, without keeping it."""
    return sha256(refresh.encode()).hexdigest()


class ZaloTokens:
    def __init__(self, database: Database, account: Account, vault: Vault, oauth: OAuth) -> None:
        self._database, self._account = database, account
        self._vault, self._oauth = vault, oauth
        self._holder = secrets.token_hex(8)
        self._running: asyncio.Task[None] | None = None
        self._got_instead = ""

    # What the channel asks

    async def access(self) -> str | NotSent:
        """The token in use; renewed first when it is over its time."""
        try:
            pair = await self._open()
            if isinstance(pair, Opened) and not pair.works:
                pair = await self._renewed(pair)
        except SQLAlchemyError:
            return NotSent(Failure.UNREACHABLE, "database")
        if isinstance(pair, NotSent):
            return pair
        return pair.access if pair.works else _rejected(pair.stored.why)

    async def renew(self, refused: str) -> NotSent:
        """Zalo refused this token: once, and only if it is still the one in use."""
        try:
            pair = await self._open()
            if isinstance(pair, Opened) and pair.access == refused:
                pair = await self._instead(pair)
        except SQLAlchemyError:
            return NotSent(Failure.UNREACHABLE, "database")
        if isinstance(pair, NotSent):
            return pair
        if pair.access == refused:
            return _rejected(pair.stored.why)
        return NotSent(Failure.AGAIN, "token-renewed")

    async def _instead(self, refused: Opened) -> Opened | NotSent:
        """A token that was itself got in place of a refused one is not replaced at once."""
        age = refused.now - refused.stored.obtained_at
        if refused.access == self._got_instead and age < MINUTE:
            return _rejected(FRESH_REFUSED)
        pair = await self._renewed(refused)
        if isinstance(pair, Opened) and pair.access != refused.access:
            self._got_instead = pair.access
        return pair

    # What an operator asks

    def consent_link(self, redirect: str) -> str:
        """Where an admin of the OA allows the app; the challenge is the same every time."""
        return self._oauth.consent_link(redirect, self._vault.fixed)

    @property
    def challenge(self) -> str:
        return challenge(self._vault.fixed)

    async def consented(self, code: str) -> str:
        """The code a consent brought, for a new pair. Why there is none; empty when there is."""
        return await self._taken(await self._oauth.exchange(code, self._vault.fixed))

    async def pasted(self, refresh: str) -> str:
        """A refresh token made elsewhere; it is spent by this. As `consented`."""
        return await self._taken(await self._oauth.refresh(refresh))

    async def _taken(self, answer: Pair | NoPair) -> str:
        """Without a pair everything stays as it was; with one, sending goes on at once."""
        if isinstance(answer, NoPair):
            return answer.code

        def work(connection: Connection) -> None:
            self.keep(connection, answer, self._database.now(connection))
            pace.reopen(connection, self._account)

        await self._database.write(work)
        return ""

    # Life

    async def run(self) -> None:
        """Renews ahead of time, until cancelled."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                _log.warning("tokens wait for the database: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        pair = await self._open()
        if isinstance(pair, Opened) and (
            not pair.works or pair.now - pair.stored.obtained_at >= RENEW_AFTER
        ):
            await self._renewed(pair)

    async def close(self) -> None:
        """What was begun is ended first: its answer may be the only copy of a new pair."""
        if self._running:
            await asyncio.wait([self._running])
        await self._oauth.close()

    def begin(self, connection: Connection, refresh: str, now: int) -> None:
        """The first refresh token, from settings; a changed one takes the old pair's place."""
        known = tokens.load(connection, self._account, lock=True)
        if refresh and (known is None or known.seed != seed_of(refresh)):
            self.keep(connection, Pair("", refresh, 0), now, seed_of(refresh))

    def keep(self, connection: Connection, pair: Pair, now: int, seed: str | None = None) -> None:
        """In the caller's transaction; the pair may be used once that is committed."""
        tokens.keep(
            connection,
            self._account,
            self._vault.seal(pair.access) if pair.access else "",
            self._vault.seal(pair.refresh),
            now,
            expires_at=now + pair.lasts * SECOND,
            seed=seed,
        )

    # Inside

    async def _open(self) -> Opened | NotSent:
        stored, now = await self._database.read(
            lambda one: (tokens.load(one, self._account), self._database.now(one))
        )
        if stored is None:
            return _rejected(NO_TOKEN)
        try:
            access = self._vault.open(stored.access) if stored.access else ""
            return Opened(stored, access, self._vault.open(stored.refresh), now)
        except SealedError:
            return _rejected(KEY_CHANGED)

    async def _renewed(self, pair: Opened) -> Opened | NotSent:
        """After the one renewal of this process, which nobody's impatience cuts off."""
        if self._running is None:
            self._running = asyncio.create_task(self._renew_or_wait(pair))
            self._running.add_done_callback(self._over)
        await asyncio.shield(self._running)
        return await self._open()

    def _over(self, task: asyncio.Task[None]) -> None:
        self._running = None
        if not task.cancelled() and (error := task.exception()):
            _log.error("a renewal failed: %s", type(error).__name__)

    async def _renew_or_wait(self, pair: Opened) -> None:
        known = pair.stored.obtained_at
        leased = await self._database.write(
            lambda one: tokens.lease(
                one, self._account, known, self._holder, self._database.now(one)
            )
        )
        if leased:
            await self._ask(pair)
            return
        while await self._database.read(partial(self._is_leased, pair=known)):  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)

    def _is_leased(self, connection: Connection, pair: int) -> bool:
        """Whether another process is renewing this very pair."""
        found = tokens.load(connection, self._account)
        now = self._database.now(connection)
        return found is not None and found.obtained_at == pair and found.lease_until > now

    async def _ask(self, pair: Opened) -> None:
        answer = await self._oauth.refresh(pair.refresh)
        while True:
            try:
                return await self._database.write(partial(self._answered, answer=answer))
            except SQLAlchemyError as error:
                _log.error("a new token waits for the database: %s", type(error).__name__)
                await asyncio.sleep(_POLL_SECONDS)

    def _answered(self, connection: Connection, answer: Pair | NoPair) -> None:
        now = self._database.now(connection)
        if isinstance(answer, Pair):
            self.keep(connection, answer, now)
            return
        failure = f"{tokens.REFUSED}{answer.code}" if answer.refused else answer.code
        tokens.fail(connection, self._account, self._holder, failure, now)
        _log.error("ZALO TOKEN NOT RENEWED (%s): see gocua doctor", failure)


def _rejected(code: str) -> NotSent:
    return NotSent(Failure.REJECTED, code)
