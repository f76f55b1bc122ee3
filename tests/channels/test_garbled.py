"""Answers that are no HTTP at all: the message may have arrived, and nobody stops working."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from phone import Telegram, eventually
from zalo import BOT_TOKEN, CONSOLE, PERSON, zalo_oa

from bot.channels.base import Failure, NotSent, Outgoing
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_oa.oauth import NoPair, OAuth
from bot.core.address import Address
from bot.core.effects import Message

TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Garbler:
    """Answers so many calls with noise, and takes the rest."""

    def __init__(self) -> None:
        self.noise, self.url = 1, ""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"noise\r\n\r\n" if self.noise > 0 else TAKEN)
        self.noise -= 1
        await writer.drain()
        writer.close()


@pytest.fixture
async def garbler() -> AsyncIterator[Garbler]:
    made = Garbler()
    server = await asyncio.start_server(made.hear, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
    await server.wait_closed()


async def test_a_message_of_zalos_bot_is_in_doubt(garbler: Garbler) -> None:
    channel = ZaloBot(BOT_TOKEN, "hook-secret-1", garbler.url, "", "")
    outgoing = Outgoing(1, Address("zalo_bot", "1", "a"), Message("Bước 1"))
    result = await channel.send(outgoing)
    await channel.close()
    assert isinstance(result, NotSent)
    assert result.failure is Failure.DOUBT


async def test_a_message_of_the_oa_is_in_doubt(garbler: Garbler) -> None:
    channel = zalo_oa(garbler.url)
    outgoing = Outgoing(1, Address("zalo_oa", CONSOLE.app_id, PERSON), Message("Bước 1"))
    result = await channel.send(outgoing)
    await channel.close()
    assert isinstance(result, NotSent)
    assert result.failure is Failure.DOUBT


async def test_a_pair_of_tokens_did_not_come(garbler: Garbler) -> None:
    oauth = OAuth(garbler.url, "1", "2")
    found = await oauth.refresh("x")
    await oauth.close()
    assert isinstance(found, NoPair)
    assert not found.refused


async def test_the_stand_in_of_telegram_brings_it_again(garbler: Garbler) -> None:
    telegram = Telegram(limits=False, retry_base=0.02).start()
    telegram.people.say(42, "chào")
    telegram.cloud.webhook.update(url=garbler.url, secret="")
    await asyncio.to_thread(eventually, lambda: not telegram.cloud.waiting)
    telegram.stop()
    assert garbler.noise == -1
