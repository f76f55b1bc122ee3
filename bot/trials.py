"""Tokens tried against their platform before they are kept: what works, or why it does not."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.base import Failure, NotSent
from bot.channels.telegram.channel import Telegram
from bot.channels.zalo_bot.channel import ZaloBot
from bot.settings import Settings
from bot.zalo import tokens
from storage.database import Database

_TOKEN = re.compile(r"[0-9]{1,30}:[A-Za-z0-9_-]{1,200}")
BAD_FORM, REFUSED, AWAY = "bad-form", "refused", "away"


@dataclass(frozen=True, slots=True)
class Trial:
    """`values` are the settings to keep, `name` how the platform calls the account. With a
    `problem` there is nothing to keep; `code` is the platform's own word for it."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    code: str = ""


def _failed(answer: NotSent) -> Trial:
    away = answer.failure in (Failure.UNREACHABLE, Failure.DOUBT, Failure.TEMPORARY)
    return Trial(problem=AWAY if away else REFUSED, code=answer.code)


async def _called(channel: Telegram | ZaloBot) -> str | NotSent:
    """How the platform calls the account."""
    try:
        return await channel.who()
    finally:
        await channel.close()


async def telegram(settings: Settings, token: str) -> Trial:
    if not _TOKEN.fullmatch(token):
        return Trial(problem=BAD_FORM)
    secret = secrets.token_urlsafe(32)
    name = await _called(Telegram(token, secret, settings.telegram_api_url))
    if isinstance(name, NotSent):
        return _failed(name)
    values = {"telegram_token": token, "telegram_webhook_secret": secret, "telegram_name": name}
    return Trial(name, values)


async def zalo_bot(settings: Settings, token: str) -> Trial:
    if not _TOKEN.fullmatch(token):
        return Trial(problem=BAD_FORM)
    secret = secrets.token_urlsafe(32)
    name = await _called(ZaloBot(token, secret, settings.zalo_bot_api_url, "", ""))
    if isinstance(name, NotSent):
        return _failed(name)
    return Trial(name, {"zalo_bot_token": token, "zalo_bot_webhook_secret": secret})


async def zalo_oa(
    settings: Settings, database: Database, given: Mapping[str, str], refresh: str
) -> Trial:
    """The refresh token is spent by this; the pair it brought is kept at once, sealed."""
    values = {f"zalo_oa_{one}": given[one] for one in ("app_id", "app_secret", "webhook_secret")}
    if not (all(values.values()) and refresh and values["zalo_oa_app_id"].isdecimal()):
        return Trial(problem=BAD_FORM)
    held = tokens(settings.with_kept(values), database)
    try:
        code = await held.pasted(refresh)
    finally:
        await held.close()
    if not code:
        return Trial(values["zalo_oa_app_id"], values)
    return Trial(problem=AWAY if not code.startswith("zalo") else REFUSED, code=code)
