"""Webhook posts on their way: doubled, spoilt, held back and shuffled. Speaks no HTTP."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock

from bot.standins.zalo.model import MailFaults

# Seconds between tries after a failed connection, then the app is unsubscribed.
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)


@dataclass(eq=False)
class Post:
    """`body` is exactly what was signed. `chat` is whose order it belongs to."""

    chat: str
    body: bytes
    headers: dict[str, str]
    tries: int = 0


@dataclass
class Mailbox:
    """One webhook address. Nothing is posted while `url` is empty: such events are lost.

    `retry_misses`: a slow or failed answer is tried again too; nobody knows what Zalo does.
    `unsubscribes`: when the ladder ends the subscription does as well.
    """

    lock: RLock
    header: str
    url: str = ""
    ladder: tuple[float, ...] = LADDER
    unsubscribes: bool = True
    retry_misses: bool = True
    subscribed: bool = True
    accepted: int = 0
    misses: int = 0
    last_error: str = ""
    faults: MailFaults = field(default_factory=MailFaults)
    waiting: list[Post] = field(default_factory=list)
    on_post: Callable[[Post], None] | None = None
    _held: list[Post] | None = None

    def put(self, chat: str, body: bytes, headers: Mapping[str, str]) -> None:
        with self.lock:
            if not (self.url and self.subscribed):
                return
            posts = [Post(chat, body, self._spoilt(headers))]
            if self.faults.doubled:
                self.faults.doubled -= 1
                posts.append(Post(chat, body, dict(headers)))
            for post in posts:
                self._hand_over(post)

    def _spoilt(self, headers: Mapping[str, str]) -> dict[str, str]:
        if self.faults.missing_signatures:
            self.faults.missing_signatures -= 1
            return {name: value for name, value in headers.items() if name != self.header}
        if self.faults.wrong_signatures:
            self.faults.wrong_signatures -= 1
            return {**headers, self.header: "mac=" + "0" * 64}
        return dict(headers)

    def _hand_over(self, post: Post) -> None:
        if self._held is not None:
            self._held.append(post)
            return
        self.waiting.append(post)
        if self.on_post:
            self.on_post(post)

    def hold(self) -> None:
        """Keeps what happens from now on until `release`."""
        with self.lock:
            self._held = []

    def release(self, order: random.Random | None = None) -> None:
        """Posts what was held; in another order when given a source of chance."""
        with self.lock:
            held, self._held = self._held or [], None
            if order:
                order.shuffle(held)
            for post in held:
                self._hand_over(post)

    def done(self, post: Post) -> None:
        with self.lock:
            self.accepted += 1
            self._drop(post)

    def lose(self, post: Post) -> None:
        with self.lock:
            self._drop(post)

    def give_up(self, post: Post) -> None:
        """The ladder has ended for this one."""
        with self.lock:
            self._drop(post)
            self.subscribed = not self.unsubscribes

    def miss(self, why: str) -> None:
        """An answer that was slow or not 200."""
        with self.lock:
            self.misses += 1
            self.last_error = why

    def _drop(self, post: Post) -> None:
        if post in self.waiting:
            self.waiting.remove(post)
