"""A lean stand-in of the Bot API for measuring, in a process of its own: hand-made HTTP on
uvloop, some 30 000 calls a second. It refuses what goes over the published limits.

Arguments: port. Steered over HTTP as well: /reset, /stats, /flood (bench/steering.py).
"""

import asyncio
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import uvloop

from bench.flood import Flood

_CHAT = re.compile(rb'chat_id"?(?:=|:\s*"?|\r\n\r\n)(-?\d+)')
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_SENDS = (b"sendmessage", b"sendphoto", b"sendvoice")
Json = dict[str, Any]


@dataclass
class Window:
    """At most `most` events in any `span` seconds."""

    most: int
    span: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until there is room; 0 when there is."""
        while self.times and self.times[0] <= now - self.span:
            self.times.popleft()
        return self.times[0] + self.span - now if len(self.times) >= self.most else 0.0


@dataclass
class State:
    """`rate` a second for the whole bot, 0 for no limits at all; `delay` before an answer."""

    delay: float = 0.0
    rate: int = 0
    accepted: int = 0
    refused: int = 0
    other: int = 0
    times: list[float] = field(default_factory=list)
    chats: Counter[int] = field(default_factory=Counter)
    windows: dict[int, Window] = field(default_factory=dict)
    all: Window = field(default_factory=lambda: Window(30, 1.0))
    flood: Flood | None = None

    def take(self, chat: int) -> float:
        """0 when accepted, else the seconds to wait."""
        now = time.monotonic()
        if self.rate:
            kind = (1, 1.0) if chat > 0 else (20, 60.0)
            window = self.windows.setdefault(chat, Window(*kind))
            if wait := max(window.wait(now), self.all.wait(now)):
                self.refused += 1
                return wait
            window.times.append(now)
            self.all.times.append(now)
        self.accepted += 1
        self.times.append(now)
        self.chats[chat] += 1
        if self.flood:
            self.flood.answered(chat, now)
        return 0.0

    def stats(self) -> Json:
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "other": self.other,
            "chats": len(self.chats),
            "seconds": self.times[-1] - self.times[0] if self.times else 0.0,
            "busiest": busiest(self.times, 1.0),
        }


def busiest(times: list[float], span: float) -> int:
    """The fullest window of `span` seconds."""
    most, start = 0, 0
    for place, at in enumerate(times):
        while times[start] <= at - span:
            start += 1
        most = max(most, place - start + 1)
    return most


def _answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(body)) + body


_TRUE = _answer(b'{"ok":true,"result":true}')
_ME = _answer(
    b'{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"B","username":"b_bot"}}'
)
_SENT = (
    b'{"ok":true,"result":{"message_id":%d,"date":1790000000,'
    b'"chat":{"id":%d,"type":"private","first_name":"A"},"text":"x"}}'
)
_REFUSED = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d",'
    b'"parameters":{"retry_after":%d}}'
)


class Connection(asyncio.Protocol):
    def __init__(self, state: State) -> None:
        self._state = state
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body = bytes(self._buffer[end + 4 : whole])
            del self._buffer[:whole]
            self._request(head.split(b" ", 2)[1].lower(), body)

    def _request(self, path: bytes, body: bytes) -> None:
        method = path.rpartition(b"/")[2]
        if method in _SENDS:
            self._send(body)
        elif path.startswith(b"/bot"):
            self._state.other += 1
            self._later(_ME if method == b"getme" else _TRUE)
        else:
            self._steer(method, orjson.loads(body or b"{}"))

    def _send(self, body: bytes) -> None:
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        wait = self._state.take(chat)
        seconds = max(1, round(wait + 0.5))
        refused = _answer(_REFUSED % (seconds, seconds), b"429 Too Many Requests")
        self._later(refused if wait else _answer(_SENT % (self._state.accepted, chat)))

    def _later(self, answer: bytes) -> None:
        if self._state.delay:
            asyncio.get_running_loop().call_later(self._state.delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport:
            self._transport.write(answer)

    def _flooded(self, done: "asyncio.Task[Json]") -> None:
        """Whoever waits for a flood that failed is told by the end of the connection."""
        if not done.exception():
            self._write(_answer(orjson.dumps(done.result())))
        elif self._transport:
            self._transport.close()
            done.result()

    def _steer(self, what: bytes, given: Json) -> None:
        if what == b"flood":
            flood = self._state.flood = Flood(**given)
            task = asyncio.create_task(flood.run())
            task.add_done_callback(self._flooded)
            return
        if what == b"reset":
            self._state.__init__(given["delay"], given["rate"])  # type: ignore[misc]
            self._state.all = Window(given["rate"], 1.0)
        self._write(_answer(orjson.dumps(self._state.stats())))


async def main(port: int) -> None:
    state = State()
    make: Callable[[], Connection] = lambda: Connection(state)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
