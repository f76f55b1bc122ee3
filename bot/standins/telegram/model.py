"""Values of the stand-in: chats, messages, updates, faults. No behaviour of the API."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_DAY = 24 * 3600.0
_CALLBACK_LIFE = 150.0


class RefusedError(Exception):
    """An answer with "ok": false."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def _named(file: str) -> Json:
    return {"file_id": file, "file_unique_id": file[-8:]}


@dataclass
class Shown:
    """A message as the people in a chat see it now."""

    id: int
    from_bot: bool
    text: str
    photo: str = ""
    voice: str = ""
    buttons: list[list[Json]] = field(default_factory=list)
    edited: bool = False
    date: int = 0

    def content(self) -> Json:
        """What the API calls these parts."""
        body: Json = {"text": self.text}
        if self.photo:
            size = {**_named(self.photo), "width": 90, "height": 90}
            body = {"photo": [size], "caption": self.text}
        elif self.voice:
            body = {"voice": {**_named(self.voice), "duration": 5}, "caption": self.text}
        if self.buttons:
            body["reply_markup"] = {"inline_keyboard": self.buttons}
        return body


@dataclass
class Chat:
    """`met`: the bot may write. `blocked` and `out` are the two ways it may not."""

    id: int
    kind: str
    title: str
    met: bool = False
    blocked: bool = False
    out: bool = False
    upgraded_to: int = 0
    messages: dict[int, Shown] = field(default_factory=dict)
    written_at: deque[float] = field(default_factory=deque)

    def plain(self) -> Json:
        name = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return {"id": self.id, "type": self.kind, **name}


@dataclass
class Update:
    """`queue` is what Telegram keeps in order; it tries until `dies_at`."""

    id: int
    queue: str
    kind: str
    body: Json
    dies_at: float
    tries: int = 0

    @classmethod
    def of(cls, number: int, kind: str, content: Json, now: float, queue: str) -> "Update":
        life = _CALLBACK_LIFE if kind == "callback_query" else _DAY
        return cls(number, queue, kind, {"update_id": number, kind: content}, now + life)


@dataclass
class Faults:
    """What goes wrong next; counts run down as calls are made."""

    errors_500: int = 0
    lost_answers: int = 0
    throttle: list[int] = field(default_factory=list)
    slow_seconds: float = 0


@dataclass(frozen=True)
class Call:
    method: str
    params: Json
    at: float
