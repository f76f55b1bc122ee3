"""Zalo's whole cloud: the OA with its tokens and the bot, on one clock and one lock."""

import time
from collections.abc import Callable
from threading import RLock

from bot.standins.zalo.bot import BotCloud
from bot.standins.zalo.model import Console
from bot.standins.zalo.oa import OaCloud


class ZaloCloud:
    """`limits=False` where a test is not about the OA's rate."""

    def __init__(
        self,
        console: Console | None = None,
        bot_token: str = "1000000000000000042:rehearsal",  # noqa: S107  # opens only the stand-in
        clock: Callable[[], float] = time.time,
        *,
        limits: bool = True,
    ) -> None:
        lock = RLock()
        self.oa = OaCloud(console, clock, lock, limits=limits)
        self.bot = BotCloud(bot_token, clock, lock)
