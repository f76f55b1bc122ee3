"""Brings posts to a webhook: the first try in order within a chat, later tries on a ladder."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Coroutine

import httpx
from httpx_aiohttp import AiohttpTransport

from bot.channels.wire import FAULTS
from bot.ending import end
from bot.standins.zalo.mail import Mailbox, Post

ANSWER_SECONDS = 2.0
_JSON = {"Content-Type": "application/json"}


class Delivery:
    """`scale` shrinks the ladder's waits: 1.0 is Zalo's own. `patience` is for one answer."""

    def __init__(self, mail: Mailbox, scale: float, patience: float = ANSWER_SECONDS) -> None:
        self._mail, self._scale = mail, scale
        self._queues: defaultdict[str, deque[Post]] = defaultdict(deque)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(transport=AiohttpTransport(), timeout=patience)

    def start(self) -> None:
        loop = asyncio.get_running_loop()

        def put(post: Post) -> None:
            loop.call_soon_threadsafe(self._put, post)

        with self._mail.lock:
            self._mail.on_post = put
            for post in self._mail.waiting:
                self._put(post)

    async def stop(self) -> None:
        self._mail.on_post = None
        await end(list(self._tasks))
        await self._client.aclose()

    def _put(self, post: Post) -> None:
        queue = self._queues[post.chat]
        queue.append(post)
        if len(queue) == 1:
            self._run(self._drain(queue))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, queue: deque[Post]) -> None:
        while queue:
            post = queue[0]
            if not await self._settled(post):
                self._run(self._climb(post))
            queue.popleft()

    async def _climb(self, post: Post) -> None:
        for wait in self._mail.ladder:
            await asyncio.sleep(wait * self._scale)
            if await self._settled(post):
                return
        self._mail.give_up(post)

    async def _settled(self, post: Post) -> bool:
        """False when it has to be tried again."""
        headers = {**_JSON, **post.headers}
        if post.tries:
            headers["num_retry"] = str(post.tries)
        post.tries += 1
        status = await self._posted(self._mail.url, post.body, headers)
        if status == 200:
            self._mail.done(post)
            return True
        self._mail.miss(str(status))
        if status > 0 and not self._mail.retry_misses:
            self._mail.lose(post)
            return True
        return False

    async def _posted(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status; 0 when there was no connection, 1 when the answer took too long."""
        try:
            return (await self._client.post(url, content=body, headers=headers)).status_code
        except httpx.ReadTimeout:
            return 1
        except FAULTS:
            return 0

    async def save(self, url: str) -> bool:
        """What the console does: only an address that takes an empty object is saved."""
        taken = await self._posted(url, b"{}", _JSON) == 200
        if taken:
            self._mail.url, self._mail.subscribed = url, True
        return taken
