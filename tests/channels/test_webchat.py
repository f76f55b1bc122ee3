"""The web chat channel: its own kind of event, and showing what is sent."""

import orjson
import pytest

from bot.channels.base import MalformedError, Outgoing, Sent
from bot.channels.webchat.channel import WebChat, chat_of
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import ChoiceMade, Event, GuideStarted, TextReceived
from bot.core.guide import Choice, Picture
from bot.core.secrets import Secret


class Transcript:
    def __init__(self) -> None:
        self.shown: list[tuple[int, str, dict[str, object]]] = []

    async def show(self, delivery: int, address: Address, content: str) -> None:
        self.shown.append((delivery, str(address), orjson.loads(content)))


@pytest.fixture
def transcript() -> Transcript:
    return Transcript()


@pytest.fixture
def channel(transcript: Transcript) -> WebChat:
    return WebChat(transcript.show)


def _body(**more: object) -> bytes:
    return orjson.dumps({"id": "e1", "chat": "c1", **more})


@pytest.mark.parametrize(
    ("more", "event"),
    [
        ({"kind": "text", "text": "xong"}, TextReceived("xong")),
        ({"kind": "text", "text": "482913"}, TextReceived("•••", frozenset({Secret.CODE}))),
        ({"kind": "choice", "turn": 3, "choice": "xong"}, ChoiceMade("xong", 3)),
        ({"kind": "start", "text": "vneid"}, GuideStarted("vneid")),
        ({"kind": "start", "text": "vneid", "code": "cx12"}, GuideStarted("vneid", "cx12")),
    ],
)
def test_events(channel: WebChat, more: dict[str, object], event: Event) -> None:
    taken = channel.intake(_body(**more))
    received = channel.parse(taken.body, taken.secrets)
    assert (received.address, received.event) == (Address("webchat", "web", "c1"), event)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"id": 1, "chat": "c"}', b'{"id": "", "chat": "c"}', _body(text="x" * 3000)],
)
def test_refused(channel: WebChat, body: bytes) -> None:
    with pytest.raises(MalformedError):
        channel.intake(body)


@pytest.mark.parametrize("more", [{}, {"kind": "text", "text": 5}, {"kind": "choice", "turn": "x"}])
def test_unknown_kinds_are_malformed(channel: WebChat, more: dict[str, object]) -> None:
    taken = channel.intake(_body(**more))
    with pytest.raises(MalformedError):
        channel.parse(taken.body, frozenset())


async def test_sending_shows_text_buttons_and_picture(
    channel: WebChat, transcript: Transcript
) -> None:
    message = Message("t", (Choice("a", "A"),), 4, Picture("g/a.png", "alt"), "g/a.mp3")
    sent = await channel.send(Outgoing(9, Address("webchat", "web", "c1"), message))
    assert sent == Sent("9")
    delivery, address, content = transcript.shown[0]
    assert (delivery, address) == (9, "webchat:web:c1")
    assert (content["text"], content["choices"], content["turn"]) == (
        "t",
        [{"id": "a", "label": "A"}],
        4,
    )
    assert content["picture"] == {"path": "g/a.png", "alt": "alt"}
    assert content["voice"] == "g/a.mp3"
    await channel.send(Outgoing(10, Address("webchat", "web", "c1"), Message("")))
    assert len(transcript.shown) == 1


async def test_nothing_comes_in_by_a_hook(channel: WebChat) -> None:
    assert not channel.verify({}, b"{}")
    assert channel.chat_interval("c1") == 0
    await channel.prepare("https://x/hooks/webchat")
    await channel.close()


def test_a_chat_is_known_by_a_digest_of_its_token() -> None:
    assert chat_of("a") != chat_of("b")
    assert "secret-token" not in chat_of("secret-token")
