"""Brings updates to a webhook over raw sockets and times each until its answer is accepted.

Runs inside the stand-in's process, so one clock sees both ends.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    "X-Telegram-Bot-Api-Secret-Token: bench-secret\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass
class Flood:
    """Updates `first` to `first + many`, one person each; `rate` a second, 0 for as fast as
    `connections` allow. Ends once each was answered, or `patience` seconds after the last."""

    url: str
    first: int
    many: int
    connections: int = 40
    rate: float = 0.0
    patience: float = 30.0
    text: str = "menu"
    posted: dict[int, float] = field(default_factory=dict)
    acknowledged: list[float] = field(default_factory=list)
    answers: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, chat: int, now: float) -> None:
        if chat in self.posted and chat not in self.answers:
            self.answers[chat] = now
            if len(self.answers) == self.many:
                self.done.set()

    async def run(self) -> dict[str, Any]:
        start = time.monotonic()
        numbers = range(self.first, self.first + self.many)
        if self.rate:
            await asyncio.gather(*(self._visit(one, start) for one in numbers))
        else:
            left = iter(numbers)
            await asyncio.gather(*(self._line(left) for _ in range(self.connections)))
        with suppress(TimeoutError):
            await asyncio.wait_for(self.done.wait(), self.patience)
        return self._result(start)

    async def _visit(self, number: int, start: float) -> None:
        """A connection of its own when it is due: a server ends one that is silent for long."""
        due = start + (number - self.first) / self.rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await self._line(iter([number]))

    async def _line(self, numbers: Iterator[int]) -> None:
        target = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        for number in numbers:
            self.posted[number] = time.monotonic()
            writer.write(self._request(target.path, number))
            head = await reader.readuntil(b"\r\n\r\n")
            self.failed += b" 200 " not in head.split(b"\r\n", 1)[0] + b" "
            await _body(reader, head)
            self.acknowledged.append(time.monotonic() - self.posted[number])
        writer.close()

    def _request(self, path: str, number: int) -> bytes:
        person = {"id": number, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        chat = {"id": number, "type": "private", "first_name": "Lan"}
        message = {"message_id": 1, "date": 1_790_000_000, "chat": chat, "from": person}
        body = orjson.dumps({"update_id": number, "message": {**message, "text": self.text}})
        return _HEAD.format(path=path, length=len(body)).encode() + body

    def _result(self, start: float) -> dict[str, Any]:
        waits = sorted(at - self.posted[chat] for chat, at in self.answers.items())
        return {
            "many": self.many,
            "answered": len(self.answers),
            "failed": self.failed,
            "seconds": (max(self.answers.values()) if self.answers else start) - start,
            "p50": _at(waits, 0.5),
            "p95": _at(waits, 0.95),
            "p99": _at(waits, 0.99),
            "ack_p50": _at(sorted(self.acknowledged), 0.5),
            "ack_p99": _at(sorted(self.acknowledged), 0.99),
        }


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))


def _at(ordered: list[float], share: float) -> float:
    """Milliseconds."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0
