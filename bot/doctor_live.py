"""What is asked of the platforms: whether they call us where we are, and what time it is; and of
our own public address, since Zalo's OA cannot be asked where it calls.

Each call is short and fails alone: a platform that cannot be reached is a finding, never an error.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from httpx_aiohttp import AiohttpTransport

from bot.channels.base import NotSent
from bot.channels.telegram.channel import Telegram
from bot.channels.wire import FAULTS
from bot.channels.zalo_bot.channel import ZaloBot
from bot.doctor import Finding
from bot.settings import Settings

_SECONDS = 8
_KNOCKED = 200  # and nothing said: a page of somebody else's has words
_MOST_SKEW = 5  # seconds; six-digit codes and signatures allow more, times shown to people do not


def examine(settings: Settings) -> list[Finding]:
    """In the order of the channels; each asked at the same time as the others."""
    return asyncio.run(ask(settings))


async def ask(settings: Settings) -> list[Finding]:
    return await asyncio.gather(*_asked(settings))


def _asked(settings: Settings) -> Iterator[Awaitable[Finding]]:
    apis = []
    if token := settings.telegram_token.get_secret_value():
        apis.append(settings.telegram_api_url)
        telegram = Telegram(token, "", settings.telegram_api_url)
        yield _hook("telegram", settings, telegram)
    if token := settings.zalo_bot_token.get_secret_value():
        apis.append(settings.zalo_bot_api_url)
        zalo_bot = ZaloBot(token, "", settings.zalo_bot_api_url, "", "")
        yield _hook("zalo_bot", settings, zalo_bot)
    if settings.zalo_oa_app_id:
        apis.append(settings.zalo_oa_api_url)
        yield _knock(f"{settings.base_url}/hooks/zalo-oa")
    if apis:
        yield _clock(apis)


async def _hook(name: str, settings: Settings, channel: Telegram | ZaloBot) -> Finding:
    ours = f"{settings.base_url}/hooks/{name.replace('_', '-')}"
    try:
        async with asyncio.timeout(_SECONDS):
            told = await channel.hooked()
    except TimeoutError:
        return Finding(f"hook_{name}", "time-out", ok=False)
    finally:
        await channel.close()
    if isinstance(told, NotSent):
        return Finding(f"hook_{name}", told.code, ok=False)
    return Finding(f"hook_{name}", told or "-", ok=told == ours)


async def _knock(hook: str) -> Finding:
    """With the empty object that Zalo's console tries an address with: nobody's message."""
    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=_SECONDS) as client:
        try:
            answer = await client.post(hook, content=b"{}")
        except FAULTS:
            return Finding("hook_zalo_oa", f"{hook} (-)", ok=False)
    fine = answer.status_code == _KNOCKED and not answer.content
    return Finding("hook_zalo_oa", f"{hook} ({answer.status_code})", ok=fine)


async def _clock(apis: list[str]) -> Finding:
    """Against the first platform that says what time it is."""
    async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=_SECONDS) as client:
        for api in apis:
            try:
                told = (await client.head(api)).headers.get("date", "")
                seconds = (datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds()
            except (*FAULTS, ValueError):
                continue
            # The header has whole seconds, and the answer takes a moment.
            return Finding("clock", f"{seconds:+.0f} s", ok=abs(seconds) <= _MOST_SKEW)
    return Finding("clock", "?", ok=True)
