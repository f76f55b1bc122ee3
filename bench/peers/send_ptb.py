"""python-telegram-bot's send_message to many people at once, with no record kept.

Arguments: how many messages, at once, Bot API address, "default" or "aiohttp" (its HTTPXRequest
over httpx-aiohttp). Prints what it took as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop
from telegram import Bot
from telegram.request import HTTPXRequest

MANY, AT_ONCE, API, KIND = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
WARM = 512  # sent before the clock starts, as by ours
TEXT = "Bác bấm nút Đồng ý ở cuối màn hình, rồi nhắn cháu một chữ xong ạ."


def request() -> HTTPXRequest:
    if KIND == "default":
        return HTTPXRequest(connection_pool_size=256, pool_timeout=60, read_timeout=60)
    import httpx
    from httpx_aiohttp import AiohttpTransport

    more: dict[str, Any] = {"transport": AiohttpTransport(limits=httpx.Limits(max_connections=256))}
    return HTTPXRequest(pool_timeout=60, read_timeout=60, httpx_kwargs=more)


async def main() -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    async with Bot("123456:bench", base_url=f"{API}/bot", request=request()) as bot:

        async def one(chat: int) -> None:
            async with gate:
                await bot.send_message(chat, TEXT)

        await asyncio.gather(*(one(number) for number in range(1, WARM + 1)))
        start, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(one(100_000 + number) for number in range(MANY)))
        seconds, used = time.monotonic() - start, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu": used}))


if __name__ == "__main__":
    uvloop.run(main())
