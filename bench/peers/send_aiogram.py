"""aiogram's send_message, or a bare aiohttp call, to many people at once; no record is kept.

Arguments: how many messages, at once, Bot API address, "aiogram" or "aiohttp". Prints JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

MANY, AT_ONCE, API, KIND = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
WARM = 512  # sent before the clock starts, as by ours
TEXT = "Bác bấm nút Đồng ý ở cuối màn hình, rồi nhắn cháu một chữ xong ạ."


async def timed(send: Callable[[int], Awaitable[object]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(chat: int) -> None:
        async with gate:
            await send(chat)

    await asyncio.gather(*(one(number) for number in range(1, WARM + 1)))
    start, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(one(100_000 + number) for number in range(MANY)))
    seconds, used = time.monotonic() - start, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu": used}))


async def main() -> None:
    if KIND == "aiogram":
        session = AiohttpSession(api=TelegramAPIServer.from_base(API), limit=256)
        async with Bot("123456:bench", session=session) as bot:
            await timed(lambda chat: bot.send_message(chat, TEXT))
        return
    connector = aiohttp.TCPConnector(limit=256)
    async with aiohttp.ClientSession(connector=connector) as client:

        async def send(chat: int) -> None:
            body = {"chat_id": chat, "text": TEXT}
            async with client.post(f"{API}/bot123456:bench/sendMessage", json=body) as answer:
                await answer.json()

        await timed(send)


if __name__ == "__main__":
    uvloop.run(main())
