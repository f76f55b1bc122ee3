"""Message -> the calls of the Bot Platform it takes; a refusal -> what it means. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.base import Failure, NotSent
from bot.channels.typed import numbered, split
from bot.core.effects import Message

TEXT = 2000
PHOTO = "sendPhoto"
MOST_PEOPLE, MOST_MESSAGES = 50, 3000  # of the Basic package; messages both ways, a month
_QUOTA_SECONDS = 3600.0  # nobody is told when it is renewed
_REFUSALS = {
    400: (Failure.PERMANENT, "bad-request"),
    401: (Failure.REJECTED, "token"),
    403: (Failure.TEMPORARY, "server-error"),
    404: (Failure.REJECTED, "not-found"),
    408: (Failure.TEMPORARY, "timed-out"),
    429: (Failure.THROTTLED, "quota"),
}


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    params: Mapping[str, str]


def calls(chat: str, message: Message, picture: str, line: str) -> list[Call]:
    """In order. `picture` is its public address or empty; `line` shows one typed choice."""
    text = numbered(message, line)
    if picture and len(text) <= TEXT:
        return [Call(PHOTO, {"chat_id": chat, "photo": picture, "caption": text})]
    first = [Call(PHOTO, {"chat_id": chat, "photo": picture})] if picture else []
    texts = [Call("sendMessage", {"chat_id": chat, "text": one}) for one in split(text, TEXT)]
    return first + texts


def failure(code: object) -> NotSent:
    """Of an answer that is not ok; its HTTP status says nothing."""
    number = code if isinstance(code, int) else 0
    kind, slug = _REFUSALS.get(number, (Failure.PERMANENT, f"error-{number}"))
    if number >= 500:
        kind, slug = Failure.TEMPORARY, "server-error"
    wait = _QUOTA_SECONDS if kind is Failure.THROTTLED else 0
    return NotSent(kind, slug, retry_after=wait)
