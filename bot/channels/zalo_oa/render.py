"""Message -> the calls it takes, each one body of Zalo's message API. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.base import Outgoing, PictureFile, VoiceFile
from bot.channels.typed import numbered, split
from bot.channels.zalo_oa.events import PRESS
from bot.channels.zalo_oa.parse import group_id, knock_user
from bot.channels.zalo_oa.words import plain
from bot.core.effects import Message
from bot.core.guide import Choice

TEXT, GROUP_TEXT, BUTTONS, ELEMENTS, TITLE, SUBTITLE = 2000, 1800, 5, 5, 100, 500
BUTTONS_KIND, LIST_KIND, TEXT_KIND = "buttons", "list", "text"
IMAGE_KIND, FILE_KIND, TEMPLATE_KIND = "image", "file", "template"
WAITING = "so_tin"  # the one field of the template that asks people to write
RICH = frozenset({BUTTONS_KIND, LIST_KIND})
_MOST_IN_LIST = ELEMENTS - 1 + BUTTONS
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What residents read that no guide says: a numbered choice, the head of a list."""

    numbered: str
    pick: str


@dataclass(frozen=True, slots=True)
class Part:
    """One call. `upload` has to be uploaded before; then the body is made anew."""

    kind: str
    body: Json = field(default_factory=dict)
    upload: PictureFile | VoiceFile | None = None


def parts(outgoing: Outgoing, usable: Collection[str], words: Words) -> list[Part]:
    """`usable` are the rich kinds this account is not known to refuse.

    Dropping a kind never changes the parts before its own, so that a message can go on
    where it stopped.
    """
    message, group = outgoing.message, group_id(outgoing.address.id)
    if knock_user(outgoing.address.id):
        return [Part(TEMPLATE_KIND, {WAITING: message.text})]
    text, limit = plain(message.text), GROUP_TEXT if group else TEXT
    choices = () if group else message.choices
    if not text:
        return []
    pieces = split(text, limit)
    if outgoing.picture and not choices and len(pieces) == 1:
        return [_image(outgoing.picture, text)]
    first = [_image(outgoing.picture, plain(outgoing.picture.alt))] if outgoing.picture else []
    first += [_file(outgoing.document)] if outgoing.document else []
    kind = rich_kind(outgoing)
    if kind in usable:
        return first + _rich(kind, pieces, choices, message.turn, words)
    pieces[-1:] = split(numbered(Message(pieces[-1], choices), words.numbered), limit)
    return first + [Part(TEXT_KIND, {"text": piece}) for piece in pieces]


def rich_kind(outgoing: Outgoing) -> str:
    """How the choices of a message are best shown."""
    choices = 0 if group_id(outgoing.address.id) else len(outgoing.message.choices)
    if 0 < choices <= BUTTONS:
        return BUTTONS_KIND
    short = len(plain(outgoing.message.text)) <= SUBTITLE
    return LIST_KIND if short and 0 < choices <= _MOST_IN_LIST else TEXT_KIND


def _rich(
    kind: str, pieces: Sequence[str], choices: Sequence[Choice], turn: int, words: Words
) -> list[Part]:
    pressed = [_button(choice, turn) for choice in choices]
    first = [Part(TEXT_KIND, {"text": piece}) for piece in pieces[:-1]]
    if kind == BUTTONS_KIND:
        payload: Json = {"template_type": "button", "buttons": pressed}
        return [*first, Part(kind, {"text": pieces[-1], **_template(payload)})]
    return [*first, Part(kind, _template(_listed(pieces[-1], pressed, words)))]


def _listed(text: str, pressed: Sequence[Json], words: Words) -> Json:
    """The head says what is asked, four rows follow, and buttons take the rest."""
    short = len(text) <= TITLE
    head = {"title": text} if short else {"title": words.pick, "subtitle": text}
    rows = [_row(one) for one in pressed[: ELEMENTS - 1]]
    rest = {"buttons": pressed[ELEMENTS - 1 :]}
    return {"template_type": "list", "elements": [head, *rows], **rest}


def _template(payload: Json) -> Json:
    return {"attachment": {"type": "template", "payload": payload}}


def _button(choice: Choice, turn: int) -> Json:
    """Hidden: the payload is not shown in the chat when it is pressed."""
    payload = f"{PRESS}|{turn}|{choice.id}"
    return {"title": plain(choice.label)[:TITLE], "type": "oa.query.hide", "payload": payload}


def _row(button: Json) -> Json:
    action = {"type": button["type"], "payload": button["payload"]}
    return {"title": button["title"], "default_action": action}


def _image(picture: PictureFile, caption: str) -> Part:
    element = {"media_type": "image", "attachment_id": picture.reference}
    payload = {"template_type": "media", "elements": [element]}
    body = {"text": caption[:TEXT], **_template(payload)}
    return Part(IMAGE_KIND, body, None if picture.reference else picture)


def _file(document: VoiceFile) -> Part:
    """Zalo shows it by its name; what it is about is said in the text that follows."""
    body: Json = {"attachment": {"type": "file", "payload": {"token": document.reference}}}
    return Part(FILE_KIND, body, None if document.reference else document)
