"""Brings updates to the webhook: one at a time in each queue, again until 2xx or too old."""

import asyncio
from collections import defaultdict, deque
from contextlib import suppress

import httpx
from httpx_aiohttp import AiohttpTransport

from bot.channels.wire import FAULTS
from bot.ending import end
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.model import Update

_LONGEST_WAIT = 60.0
_ANSWER_SECONDS = 60.0


class Delivery:
    """`retry_base` seconds before the second retry, doubling; the first is at once."""

    def __init__(self, cloud: TelegramCloud, retry_base: float) -> None:
        self._cloud, self._base = cloud, retry_base
        self._queues: defaultdict[str, deque[Update]] = defaultdict(deque)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(transport=AiohttpTransport(), timeout=_ANSWER_SECONDS)

    def start(self) -> None:
        loop = asyncio.get_running_loop()

        def put(update: Update) -> None:
            loop.call_soon_threadsafe(self._put, update)

        with self._cloud.lock:
            self._cloud.on_update = put
            for update in self._cloud.waiting:
                self._put(update)

    def _put(self, update: Update) -> None:
        queue = self._queues[update.queue]
        if update not in queue:
            queue.append(update)
        if update.queue not in self._tasks:
            self._tasks[update.queue] = asyncio.create_task(self._drain(update.queue))

    async def _drain(self, name: str) -> None:
        queue = self._queues[name]
        try:
            while queue:
                await self._bring(queue[0])
                update = queue.popleft()
                with suppress(ValueError):
                    self._cloud.waiting.remove(update)
        finally:
            del self._tasks[name]

    async def _bring(self, update: Update) -> None:
        wait = 0.0
        while self._cloud.clock() < update.dies_at:
            if self._cloud.webhook.get("url") and await self._try(update):
                return
            await asyncio.sleep(wait or 0.02)
            wait = min(_LONGEST_WAIT, wait * 2 if wait else self._base)

    async def _try(self, update: Update) -> bool:
        update.tries += 1
        hook = self._cloud.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
        try:
            answer = await self._client.post(hook["url"], json=update.body, headers=headers)
        except FAULTS as error:
            self._cloud.last_error = type(error).__name__
            return False
        if not answer.is_success:
            self._cloud.last_error = f"Wrong response from the webhook: {answer.status_code}"
        return answer.is_success

    async def stop(self) -> None:
        self._cloud.on_update = None
        await end(list(self._tasks.values()))
        await self._client.aclose()
