"""Each guide as every channel is given it: golden payloads of a walk that does all right."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from content import Dialogue
from walk import right_answer

from bot.channels.base import Outgoing, PictureFile, packed
from bot.channels.telegram.render import keyboard
from bot.channels.zalo_bot.render import calls
from bot.channels.zalo_oa.render import RICH, Words, parts
from bot.core.address import Address
from bot.core.effects import Message, Say
from bot.core.guide import Guide
from bot.core.state import Guides
from bot.library import Library

GOLDEN = Path(__file__).with_name("channels")
LIBRARY = Library()
WORDS = Words(LIBRARY.messages.numbered, LIBRARY.messages.pick)
ALL = list(LIBRARY.content().current.values())


def _telegram(message: Message) -> Iterator[object]:
    buttons = keyboard(message)
    picture = {"photo": message.picture.alt} if message.picture else {}
    yield {**picture, "text": message.text, **(buttons.to_dict() if buttons else {})}


def _webchat(message: Message) -> Iterator[object]:
    yield json.loads(packed(message))


def _zalo_oa(message: Message) -> Iterator[object]:
    shown = message.picture
    picture = PictureFile(Path(shown.path), shown.alt, "digest", "uploaded") if shown else None
    outgoing = Outgoing(1, Address("zalo_oa", "1", "2"), message, picture=picture)
    for part in parts(outgoing, RICH, WORDS):
        yield {"kind": part.kind, **part.body}


def _zalo_bot(message: Message) -> Iterator[object]:
    picture = f"https://example.vn/hinh/{message.picture.path}" if message.picture else ""
    for call in calls("2", message, picture, WORDS.numbered):
        yield {"method": call.method, **call.params}


CHANNELS: dict[str, Callable[[Message], Iterator[object]]] = {
    "telegram": _telegram,
    "webchat": _webchat,
    "zalo_oa": _zalo_oa,
    "zalo_bot": _zalo_bot,
}


def _said(guide: Guide, guides: Guides) -> Iterator[Message]:
    """Everything said from opening a guide to its closing words."""
    talk = Dialogue(guides).agree()
    talk.presses(guide.id)
    while talk.state.run:
        yield from (one.message for one in talk.effects if isinstance(one, Say))
        talk.presses(right_answer(talk.offered(), guide))
    yield from (one.message for one in talk.effects if isinstance(one, Say))


@pytest.mark.parametrize("guide", ALL, ids=[guide.id for guide in ALL])
@pytest.mark.parametrize("channel", CHANNELS)
def test_is_given_as_it_was(
    channel: str, guide: Guide, guides: Guides, request: pytest.FixtureRequest
) -> None:
    given = [one for message in _said(guide, guides) for one in CHANNELS[channel](message)]
    lines = [json.dumps(one, ensure_ascii=False) for one in given]
    path = GOLDEN / channel / f"{guide.id}.jsonl"
    if request.config.getoption("golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    assert path.read_text().splitlines() == lines, "run `make golden` and read what changed"


def test_no_payload_is_left_over() -> None:
    kept = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*")}
    assert kept == {f"{channel}/{guide.id}.jsonl" for channel in CHANNELS for guide in ALL}
