"""Reminders for who began a guide alone in a chat nobody is tied to: the same two, at the same
times, as for people who are known; by the chat alone, of which nothing else is kept.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from bot.care.letters import Letters
from bot.care.nudges import HELPED, LATER, TALKING
from bot.core.address import Address
from bot.core.effects import Outcome, Purpose
from bot.core.reminding import WAITS, Calendar
from bot.desks import News
from bot.errands import start_guide
from storage import chat_nudges, conversations, inbox
from storage.chat_nudges import Standing
from storage.outbox import NewDelivery
from storage.rows import Row


class StrangerWatcher:
    """`silent` are channels whose messages make no sound: who comes back there sees where they
    were, so nothing is said meanwhile."""

    def __init__(self, calendar: Calendar, silent: Collection[str] = ()) -> None:
        self._calendar, self._silent = calendar, silent

    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        waiting: dict[str, str] = {}
        over = {chat for chat, person in news.stopped if not person} | _declined(news)
        finished: set[str] = set()
        for row in news.progress:
            if not row["person"] and row["outcome"] == Outcome.FINISHED:
                waiting.pop(row["address"], "")
                finished.add(row["address"])
            elif not row["person"] and row["address"] not in over:
                waiting[row["address"]] = row["guide"]
        chat_nudges.drop(connection, (over | finished) - waiting.keys())
        chat_nudges.schedule(connection, self._rows(waiting, news.now))
        return ()

    def _rows(self, waiting: dict[str, str], now: int) -> list[Row]:
        due = self._calendar.nudge(now, 1)
        return [
            {"address": address, "guide": guide, "number": 1, "due_at": due}
            for address, guide in waiting.items()
            if Address.parse(address).channel not in self._silent
        ]


def _declined(news: News) -> set[str]:
    """Chats that want nothing kept of what is learnt."""
    said = [one for one in news.consents if one["purpose"] == Purpose.GUIDES]
    return {str(one["address"]) for one in said if not one["granted"]}


class Strangers:
    def __init__(self, letters: Letters, calendar: Calendar) -> None:
        self._letters, self._calendar = letters, calendar

    def due(self, connection: Connection, now: int, limit: int) -> bool:
        """One batch; whether there was any."""
        if not (found := chat_nudges.due(connection, now, limit)):
            return False
        gone = [one for one in found if one.tied or not one.open or not self._offered(one)]
        left = [one for one in found if one not in gone]
        talked = conversations.last(connection, {one.address for one in left})
        until = {one.address: self._until(one, talked.get(one.address, 0), now) for one in left}
        for moment in set(until.values()) - {0}:
            later = [address for address, at in until.items() if at == moment]
            chat_nudges.put_off(connection, later, self._calendar.opens(moment))
        chat_nudges.drop(connection, {one.address for one in gone})
        self._send(connection, [one for one in left if not until[one.address]], now)
        return True

    def _offered(self, one: Standing) -> bool:
        return self._letters.guide(one.guide) is not None

    def _until(self, one: Standing, talked: int, now: int) -> int:
        """0 for now."""
        opens = self._calendar.opens(now)
        if opens > now:
            return opens
        if one.asking:
            return now + HELPED
        return now + LATER if talked > now - TALKING else 0

    def _send(self, connection: Connection, ready: Sequence[Standing], now: int) -> None:
        arrivals = [
            start_guide(
                Address.parse(one.address),
                0,
                one.guide,
                f"stranger:{one.address}:{one.number}:{now}",
                self._letters.nudge(one.number),
            )
            for one in ready
        ]
        inbox.add(connection, arrivals, now)
        last = len(WAITS)
        chat_nudges.drop(connection, {one.address for one in ready if one.number >= last})
        again = [one for one in ready if one.number < last]
        chat_nudges.schedule(
            connection,
            [
                {
                    "address": one.address,
                    "guide": one.guide,
                    "number": one.number + 1,
                    "due_at": self._calendar.nudge(now, one.number + 1),
                }
                for one in again
            ],
        )
