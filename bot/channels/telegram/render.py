"""Message -> what the Bot API is given; Bot API error -> what it means. Pure."""

from datetime import timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import Failure, NotSent
from bot.channels.telegram.parse import VERSION
from bot.channels.wire import NEVER_LEFT
from bot.core.effects import Message

# Slugs for refusals whose wording Telegram keeps stable; the wording itself is not kept.
_REFUSALS = {
    "chat not found": (Failure.GONE, "chat-not-found"),
    "not enough rights": (Failure.GONE, "no-right-to-write"),
    "have no rights": (Failure.GONE, "no-right-to-write"),
    "message to edit not found": (Failure.PERMANENT, "not-editable"),
    "message can't be edited": (Failure.PERMANENT, "not-editable"),
    "message is too long": (Failure.PERMANENT, "too-long"),
    "wrong file identifier": (Failure.PERMANENT, "unknown-picture"),
}


def data(turn: int, choice: str) -> str:
    return f"{VERSION}|{turn}|{choice}"


def fits(choice: str) -> bool:
    """Whether a choice id leaves room for the longest turn number."""
    longest = data(10**12, choice).encode()
    return len(longest) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """One button a row: big, and never cut off."""
    rows = [
        [InlineKeyboardButton(choice.label, callback_data=data(message.turn, choice.id))]
        for choice in message.choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def failure(error: TelegramError) -> NotSent:
    match error:
        case RetryAfter():
            return NotSent(Failure.THROTTLED, "too-many-requests", retry_after=_wait(error))
        case ChatMigrated(new_chat_id=chat):
            return NotSent(Failure.MOVED, "migrated", moved_to=str(chat))
        case Forbidden():
            return NotSent(Failure.GONE, "forbidden")
        case InvalidToken():
            return NotSent(Failure.REJECTED, "token")
        case BadRequest():
            return _refusal(error.message.lower())
        case NetworkError():
            return _network(error)
    return NotSent(Failure.PERMANENT, type(error).__name__.lower())


def _wait(error: RetryAfter) -> float:
    """Seconds; the library is on its way from numbers to timedeltas."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _refusal(wording: str) -> NotSent:
    for part, (kind, code) in _REFUSALS.items():
        if part in wording:
            return NotSent(kind, code)
    return NotSent(Failure.PERMANENT, "bad-request")


def _network(error: NetworkError) -> NotSent:
    """Without a cause Telegram itself has answered; else the cause tells what may have arrived."""
    cause = error.__cause__
    if cause is None:
        return NotSent(Failure.TEMPORARY, "server-error")
    kind = Failure.UNREACHABLE if isinstance(cause, NEVER_LEFT) else Failure.DOUBT
    return NotSent(kind, type(cause).__name__)
