"""The product's own sender in a process of its own, over a ledger that is full already.

Arguments: database, how many messages, Bot API address or "none" for a send that does nothing;
then, to keep paces, "free", "paid", "persons" or "groups", and to how many chats (0: each message
to its own). Else paces are lifted: what is measured is the machinery, from when WARM were sent to
when all others have ended in the ledger. Prints what it took as JSON.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import uvloop
from sqlalchemy import Connection

from bench.databases import opened
from bot.channels.base import Limits, NotSent, Outgoing, Sent, packed
from bot.channels.telegram.channel import PAID_AT_ONCE, Telegram
from bot.core.effects import Message
from bot.sender import Sender
from storage import lanes, outbox
from storage.database import Database
from storage.signals import Signals

FIRST = 100_000
WARM = 512  # connections are open and statements prepared; sent beside what is measured
_TEXT = "Bác bấm nút Đồng ý ở cuối màn hình, rồi nhắn cháu một chữ xong ạ."
_BATCH = 1000


class Counted(Telegram):
    """Knows how many calls have ended."""

    ended = 0

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        result = await super().send(outgoing)
        self.ended += 1
        return result


class Unpaced(Counted):
    """As fast as the machine goes, with as many at once as to an account that pays."""

    limits: Limits = replace(
        Telegram.limits, reply_interval=1, other_interval=1, per_second=0, at_once=PAID_AT_ONCE
    )

    def chat_interval(self, chat: str) -> int:  # noqa: ARG002
        return 0


class Silent(Unpaced):
    """Sends nothing, at once."""

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        self.ended += 1
        return Sent(str(outgoing.id))


def fill(database: Database, many: int, chats: Sequence[int] = ()) -> float:
    """One message to each of many chats, or many to a few; the seconds it took."""
    start = time.monotonic()
    for first in range(0, many, _BATCH):
        numbers = range(first, min(first + _BATCH, many))
        to = [chats[one % len(chats)] if chats else FIRST + one for one in numbers]
        database.write_now(lambda one, to=to: _enqueue(one, database, to))
    return time.monotonic() - start


def _enqueue(connection: Connection, database: Database, to: Sequence[int]) -> None:
    content = packed(Message(_TEXT))
    rows = [
        outbox.NewDelivery("bench", f"telegram:123456:{one}", content, lanes.BULK) for one in to
    ]
    outbox.enqueue(connection, rows, database.now(connection))


async def _nothing(_: str) -> None:
    return None


def _channel(api: str, how: str) -> Counted:
    if how:
        return Counted("123456:bench", "s", api, paid=how == "paid")
    kind = Silent if api == "none" else Unpaced
    return kind("123456:bench", "s", api if api != "none" else "http://127.0.0.1:9")


async def drain(database: Database, many: int, warm: int, api: str, how: str) -> dict[str, float]:
    """`many` and `warm` are in the ledger."""
    channel = _channel(api, how)
    signals = Signals(database)
    tasks = [asyncio.create_task(signals.listen())]
    await _until(lambda: signals.present)
    sender = Sender(database, signals, channel, _nothing, "")
    tasks.append(asyncio.create_task(sender.run()))
    await _ended(channel, warm)
    before, start, cpu = channel.ended, time.monotonic(), time.process_time()
    await _ended(channel, many + warm)
    await _until(lambda: not database.read_now(_waiting))
    took = {
        "seconds": time.monotonic() - start,
        "cpu": time.process_time() - cpu,
        "measured": many + warm - before,
    }
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await channel.close()
    return took


async def _ended(channel: Counted, many: int) -> None:
    """Asks this process only: asking the database would be measured as well."""
    while channel.ended < many:  # noqa: ASYNC110  # as below
        await asyncio.sleep(0.005)


async def _until(true: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(true):  # noqa: ASYNC110  # what is measured tells nobody
        await asyncio.sleep(0.005)


def _waiting(connection: Connection) -> int:
    found = outbox.counts(connection)
    return found["queued"] + found["sending"]


def main() -> None:
    url, many, api, how, chats = (*sys.argv[1:], "", "0")[:5]
    sign = -1 if how == "groups" else 1
    to = [sign * (number + 1) for number in range(int(chats))]
    warm = 0 if how else WARM
    with opened(url) as database:
        filled = fill(database, int(many) + warm, to)
        took = uvloop.run(drain(database, int(many), warm, api, how))
        totals = database.read_now(outbox.totals)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    accepted = totals.get("accepted", 0) - warm
    print(json.dumps({**took, "filled": filled, "memory": memory, "accepted": accepted}))


if __name__ == "__main__":
    main()
