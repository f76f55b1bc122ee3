"""A platform whose name cannot be found: certainly not sent, to be tried again, and said why."""

from collections.abc import Callable

import pytest
from zalo import BOT_SECRET, BOT_TOKEN, zalo_oa

from bot.channels.base import Channel, Failure, NotSent, Outgoing
from bot.channels.telegram.channel import Telegram
from bot.channels.zalo_bot.channel import ZaloBot
from bot.core.address import Address
from bot.core.effects import Message

NOWHERE = "http://no-such-host.invalid"
CHANNELS: dict[str, Callable[[], Channel]] = {
    "telegram": lambda: Telegram("1:token", "secret", NOWHERE),
    "zalo_bot": lambda: ZaloBot(BOT_TOKEN, BOT_SECRET, NOWHERE, "", "Gõ {number}: {label}"),
    "zalo_oa": lambda: zalo_oa(NOWHERE, "access"),
}


@pytest.mark.parametrize("name", CHANNELS)
async def test_the_message_stays_with_us(name: str) -> None:
    channel = CHANNELS[name]()
    address = Address(channel.name, channel.account, "5")
    result = await channel.send(Outgoing(1, address, Message("Chào bác")))
    assert isinstance(result, NotSent)
    assert (result.failure, "DNS" in result.code) == (Failure.UNREACHABLE, True)
    await channel.close()
