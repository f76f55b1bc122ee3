"""The way python-telegram-bot's calls take over aiohttp: what is sent, and what each way of not
hearing an answer means. Real HTTP against the stand-in or against sockets that misbehave."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from phone import SECRET, TOKEN, Telegram
from service import free_port
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.base import Failure, NotSent, Outgoing, PictureFile, Sent
from bot.channels.telegram.channel import Telegram as Channel
from bot.channels.telegram.render import failure
from bot.channels.telegram.request import AiohttpRequest
from bot.core.address import Address
from bot.core.effects import Message

LAN = 42
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b'{"ok":true,"result":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"}}}'


@pytest.fixture(scope="module")
def cloud() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@asynccontextmanager
async def _server(talk: Talk) -> AsyncIterator[str]:
    """Reads one call's head and body, then does as `talk` says."""

    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if length := re.search(rb"content-length: (\d+)", head.lower()):
            await reader.readexactly(int(length[1]))
        await talk(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*talks)


def _says(status: bytes, body: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        writer.write(head + body)
        await writer.drain()

    return talk


async def _silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def _gone(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{")
    await writer.drain()


async def _sent(url: str) -> Sent | NotSent:
    channel = Channel(TOKEN, SECRET, url)
    try:
        return await channel.send(Outgoing(1, _to(), Message("Chào bác")))
    finally:
        await channel.close()


def _to() -> Address:
    return Address("telegram", "123456", str(LAN))


async def test_a_large_file_and_its_words_arrive_whole(cloud: Telegram, tmp_path: Path) -> None:
    """More than a megabyte, which aiohttp warns about when it is given as bytes."""
    path, content = tmp_path / "a.png", bytes(range(256)) * 8192
    path.write_bytes(content)
    cloud.people.say(LAN, "chào")
    channel = Channel(TOKEN, SECRET, cloud.url)
    words = Message('Dấu: & = % "đ" 😀')
    sent = await channel.send(Outgoing(1, _to(), words, picture=PictureFile(path, "", "d")))
    await channel.close()
    assert isinstance(sent, Sent)
    assert cloud.cloud.files[sent.picture] == content
    assert cloud.from_bot(LAN)[-1].text == words.text


async def test_an_open_file_is_read_as_well(cloud: Telegram, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    cloud.people.say(LAN, "chào")
    request = AiohttpRequest(2)
    bot = Bot(TOKEN, base_url=f"{cloud.url}/bot", request=request, get_updates_request=request)
    with path.open("rb") as file:
        sent = await bot.send_photo(LAN, file, read_timeout=None, write_timeout=9)
    await request.shutdown()
    assert cloud.cloud.files[sent.photo[-1].file_id] == b"picture"


@pytest.mark.parametrize(
    ("talk", "meant"),
    [
        (_says(b"200 OK", OK), Sent("5")),
        (_says(b"200 OK", OK[:-1] + b',"x":"\xff"}'), Sent("5")),
        (_says(b"200 OK", b"<html>log in</html>"), NotSent(Failure.DOUBT, "JSONDecodeError")),
        (_says(b"502 Bad Gateway", b"<html>"), NotSent(Failure.DOUBT, "NetworkError")),
        (
            _says(b"502 Bad Gateway", b'{"ok":false,"description":"Bad Gateway"}'),
            NotSent(Failure.TEMPORARY, "server-error"),
        ),
        (_says(b"302 Found", b"{}"), NotSent(Failure.TEMPORARY, "server-error")),
        (_half, NotSent(Failure.DOUBT, "ClientPayloadError")),
    ],
)
async def test_what_an_answer_means(talk: Talk, meant: Sent | NotSent) -> None:
    async with _server(talk) as url:
        assert await _sent(url) == meant


async def test_an_answer_that_never_came_may_have_been_accepted() -> None:
    async with _server(_gone) as url:
        lost = await _sent(url)
    assert isinstance(lost, NotSent)
    assert lost.failure is Failure.DOUBT


async def _fault(request: AiohttpRequest, url: str, **waits: float | None) -> TelegramError:
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request)
    with pytest.raises(TelegramError) as caught:
        await bot.send_message(LAN, "Chào bác", **waits)  # type: ignore[arg-type]
    return caught.value


async def test_waiting_too_long_for_an_answer_is_a_doubt() -> None:
    request = AiohttpRequest(2)
    async with _server(_silent) as url:
        error = await _fault(request, url, read_timeout=0.05, pool_timeout=None)
        await request.shutdown()
    assert type(error) is TimedOut
    assert failure(error) == NotSent(Failure.DOUBT, "SocketTimeoutError")


async def test_what_did_not_get_a_connection_has_not_left() -> None:
    """The one place for connections is taken."""
    request = AiohttpRequest(connections=1)
    arrived = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    async with _server(hold) as url:
        first = asyncio.create_task(_fault(request, url))
        await arrived.wait()
        error = await _fault(request, url, pool_timeout=0.05, connect_timeout=0.05)
        await request.shutdown()
        await first
    assert type(error) is TimedOut
    assert failure(error) == NotSent(Failure.UNREACHABLE, "ConnectionTimeoutError")


async def test_nobody_listening_is_unreachable() -> None:
    request = AiohttpRequest(2)
    error = await _fault(request, f"http://127.0.0.1:{free_port()}")
    await request.shutdown()
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, aiohttp.ClientConnectorError)
    assert failure(error).failure is Failure.UNREACHABLE


async def test_it_is_shut_down_and_opened_again(cloud: Telegram) -> None:
    request = AiohttpRequest(2)
    assert request.read_timeout == 15
    bot = Bot(TOKEN, base_url=f"{cloud.url}/bot", request=request, get_updates_request=request)
    async with request:
        assert (await bot.get_me()).username == "gocua_thu_bot"
    error = await _fault(request, cloud.url)
    assert isinstance(error.__cause__, RuntimeError)
    await request.initialize()
    assert (await bot.get_me()).username == "gocua_thu_bot"
    await request.shutdown()
    await request.shutdown()


async def test_a_file_is_fetched_without_a_body() -> None:
    request = AiohttpRequest(2)
    async with _server(_says(b"200 OK", b"file")) as url:
        assert await request.retrieve(url) == b"file"
    await request.shutdown()
