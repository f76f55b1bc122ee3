"""The Zalo Bot channel against its cloud's stand-in over real HTTP: every kind of answer."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from service import free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from zalo import BOT_SECRET, BOT_TOKEN, Zalo

from bot.channels.base import (
    MOST_FETCHED,
    Failure,
    NotSent,
    Outgoing,
    PictureFile,
    Sent,
    UnfetchedError,
)
from bot.channels.wire import media_address
from bot.channels.zalo_bot.channel import ZaloBot
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Choice, Picture
from bot.rehearsal import StandIn

LAN = "6ede9afa66b88fe60001"
LINE = "Gõ {number}: {label}"
QUESTION = Message("Bước 1/2: Bác mở máy ạ.", (Choice("xong", "✅ Xong"),), 3)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Zalo]:
    made = Zalo().start()
    made.bot_people.say(LAN, "chào")
    yield made
    made.stop()


@pytest.fixture
async def channel(cloud: Zalo) -> AsyncIterator[ZaloBot]:
    made = _channel(cloud.url)
    yield made
    await made.close()


def _channel(url: str, token: str = BOT_TOKEN, secret: str = BOT_SECRET) -> ZaloBot:
    return ZaloBot(token, secret, url, "https://gocua.example.vn/hinh", LINE)


def _to(
    chat: str = LAN, message: Message = QUESTION, picture: PictureFile | None = None
) -> Outgoing:
    return Outgoing(1, Address("zalo_bot", "1000000000000000042", chat), message, None, picture)


@pytest.mark.parametrize("honest", [False, True], ids=["http-200", "http-status"])
async def test_text_with_typed_choices(cloud: Zalo, channel: ZaloBot, honest: bool) -> None:
    cloud.bot.honest_status = honest
    sent = await channel.send(_to())
    shown = cloud.from_bot(LAN)[-1]
    assert sent == Sent(shown.id)
    assert shown.text == "Bước 1/2: Bác mở máy ạ.\n\nGõ 1: ✅ Xong"
    assert await channel.send(_to("nobody")) == NotSent(Failure.PERMANENT, "bad-request")
    cloud.bot.faults.throttle = 1
    assert await channel.send(_to()) == NotSent(Failure.THROTTLED, "quota", 3600)


async def test_a_picture_goes_by_its_public_address(cloud: Zalo, channel: ZaloBot) -> None:
    message = Message("Bác bấm nút này.", (), 3, Picture("vneid/a.png", "Nút"))
    file = PictureFile(Path("a.png"), "Nút", "d1")
    await channel.send(_to(message=message, picture=file))
    assert cloud.from_bot(LAN)[-1].photo == "https://gocua.example.vn/hinh/vneid/a.png"
    await channel.send(_to(message=message))
    assert cloud.from_bot(LAN)[-1].photo == "", "its file is gone"
    hidden = ZaloBot(BOT_TOKEN, BOT_SECRET, cloud.url, "", LINE)
    await hidden.send(_to(message=message, picture=file))
    assert cloud.from_bot(LAN)[-1].photo == "", "we are not public"
    assert cloud.from_bot(LAN)[-1].text == "Bác bấm nút này."
    await hidden.close()


async def _whole(channel: ZaloBot, outgoing: Outgoing) -> list[NotSent]:
    """As the ledger does it: call by call, until it is sent. What was said in between."""
    said: list[NotSent] = []
    while isinstance(result := await channel.send(outgoing), NotSent):
        assert result.failure is Failure.AGAIN
        said.append(result)
        outgoing = replace(outgoing, part=result.part, before=result.code)
    return said


async def test_long_texts_arrive_whole(cloud: Zalo, channel: ZaloBot) -> None:
    known = len(cloud.from_bot(LAN))
    lines = "\n".join(f"Dòng {number}: " + "x" * 90 for number in range(60))
    calls = await _whole(channel, _to(message=Message(lines)))
    shown = [one.text for one in cloud.from_bot(LAN)[known:]]
    assert len(shown) == len(calls) + 1 > 1
    assert "\n".join(shown) == lines
    done = replace(_to(message=Message(lines)), part=len(shown))
    assert await channel.send(done) == Sent(""), "a crash before the end was noted"


@pytest.mark.parametrize("words", ["Bác bấm nút này.", "Bác bấm nút này. " * 200])
async def test_a_picture_that_is_refused_is_left_out(
    cloud: Zalo, channel: ZaloBot, words: str
) -> None:
    known = len(cloud.from_bot(LAN))
    message = Message(words, (), 3, Picture("vneid/a.png", "Nút"))
    cloud.bot.faults.refusals = [400]
    await _whole(channel, _to(message=message, picture=PictureFile(Path("a.png"), "Nút", "d1")))
    shown = cloud.from_bot(LAN)[known:]
    assert " ".join(one.text for one in shown) == words
    assert not any(one.photo for one in shown)


async def test_a_picture_of_an_hour_with_faults_is_tried_again(
    cloud: Zalo, channel: ZaloBot
) -> None:
    message = Message("Bác bấm nút này.", (), 3, Picture("vneid/a.png", "Nút"))
    cloud.bot.faults.refusals = [403]
    sent = await channel.send(_to(message=message, picture=PictureFile(Path("a.png"), "", "d1")))
    assert sent == NotSent(Failure.TEMPORARY, "server-error")


async def test_answers_that_are_lost_or_none(cloud: Zalo, channel: ZaloBot) -> None:
    cloud.bot.faults.errors_500 = 1
    assert await channel.send(_to()) == NotSent(Failure.TEMPORARY, "http-500")
    cloud.bot.faults.lost_answers = 1
    lost = await channel.send(_to())
    assert isinstance(lost, NotSent)
    assert lost.failure is Failure.DOUBT
    cloud.bot.faults.refusals = [403]
    assert await channel.send(_to()) == NotSent(Failure.TEMPORARY, "server-error")


async def test_a_wrong_token_and_a_cloud_that_is_not_there(cloud: Zalo) -> None:
    wrong = _channel(cloud.url, "1000000000000000042:other")
    assert await wrong.send(_to()) == NotSent(Failure.REJECTED, "token")
    await wrong.close()
    nowhere = _channel(f"http://127.0.0.1:{free_port()}")
    unreached = await nowhere.send(_to())
    assert isinstance(unreached, NotSent)
    assert unreached.failure is Failure.UNREACHABLE
    await nowhere.close()


async def test_it_tells_the_platform_where_to_call(cloud: Zalo, channel: ZaloBot) -> None:
    await channel.prepare("https://gocua.example.vn/hooks/zalo-bot")
    assert cloud.bot.mail.url == "https://gocua.example.vn/hooks/zalo-bot"
    refused = _channel(cloud.url, secret="short")
    with pytest.raises(PermissionError, match="bad-request"):
        await refused.prepare("https://gocua.example.vn/hooks/zalo-bot")
    await refused.close()


async def test_it_knows_its_name_when_the_token_works(cloud: Zalo, channel: ZaloBot) -> None:
    assert await channel.who() == "bot.GoCua"
    wrong = _channel(cloud.url, token="1:wrong")
    assert isinstance(await wrong.who(), NotSent)
    await wrong.close()


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (502, "<html>", Failure.DOUBT),
        (503, "<html>", Failure.TEMPORARY),
        (429, "<html>", Failure.THROTTLED),
        (403, "<html>", Failure.REJECTED),
        (200, "<html>", Failure.DOUBT),
        (200, "[]", Failure.DOUBT),
        (200, "{}", Failure.DOUBT),
    ],
)
async def test_answers_of_somebody_else(status: int, body: str, failure: Failure) -> None:
    async def answer(_: Request) -> Response:
        return PlainTextResponse(body, status)

    port = free_port()
    proxy = StandIn(Starlette(routes=[Route("/{any:path}", answer, methods=["POST"])]), port)
    proxy.start()
    channel = _channel(f"http://127.0.0.1:{port}")
    result = await channel.send(_to())
    assert isinstance(result, NotSent)
    assert result.failure is failure
    await channel.close()
    proxy.stop()


def test_every_chat_has_the_same_pace() -> None:
    assert _channel("http://127.0.0.1:9").chat_interval("zgr-1") >= 100_000


async def test_a_picture_is_fetched_from_the_platform_alone() -> None:
    """No token goes along; what is too large, gone or elsewhere is not had."""

    async def give(request: Request) -> Response:
        size = int(request.path_params["size"])
        assert BOT_TOKEN not in str(request.headers)
        return Response(bytes(size), 200 if size else 404)

    port = free_port()
    server = StandIn(Starlette(routes=[Route("/{size}", give)]), port)
    server.start()
    url = f"http://127.0.0.1:{port}"
    made = _channel(url)
    try:
        assert await made.fetch(f"{url}/9") == bytes(9)
        for link, why in (
            (f"{url}/{MOST_FETCHED + 1}", "too-large"),
            (f"{url}/0", "away"),
            ("https://elsewhere.test/p.jpg", "away"),
        ):
            with pytest.raises(UnfetchedError, match=why):
                await made.fetch(link)
    finally:
        server.stop()
    with pytest.raises(UnfetchedError, match="away"):
        await made.fetch(f"{url}/9")
    await made.close()


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("http://f6.photo.talk.zdn.vn/a.jpg", "https://f6.photo.talk.zdn.vn/a.jpg"),
        ("https://zdn.vn.evil.test/a.jpg", ""),
        ("https://[::a.zdn.vn/a.jpg", ""),
        ("https://evilzdn.vn/a.jpg", ""),
        ("https://a.zdn.vn:8080/a.jpg", ""),
        ("https://me@a.zdn.vn/a.jpg", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_the_platforms_own_hosts_are_asked(link: str, address: str) -> None:
    assert media_address(link, "https://bot-api.zaloplatforms.com") == address
