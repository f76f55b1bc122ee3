"""What a send's result means for its ledger row. Pure but for the jitter of waiting times."""

import random

from bot.channels.base import Failure, NotSent, Sent
from storage.database import SECOND
from storage.outbox import MOST_DOUBTS, Claimed, Ended

ACCOUNT_WIDE = frozenset({Failure.UNREACHABLE, Failure.REJECTED})
_MOST_FAILURES = 5
_MOST_CALLS = 20
_LONGEST_WAIT = 60.0


def backoff(failures: int) -> float:
    """Seconds: 1, 2, 4 … 60 with jitter, so that many waiting rows do not return at once."""
    return min(_LONGEST_WAIT, 2.0 ** min(failures, 6)) * random.uniform(0.8, 1.2)  # noqa: S311


def verdict(claimed: Claimed, result: Sent | NotSent, now: int) -> Ended:
    """Only faults that are the message's own count against it."""
    if isinstance(result, Sent):
        return Ended(claimed, "accepted", reference=result.reference)
    return (
        _goes_on(claimed, result, now)
        or _tried_again(claimed, result, now)
        or Ended(claimed, "failed", result.code, counts=True)
    )


def _goes_on(claimed: Claimed, result: NotSent, now: int) -> Ended | None:
    """Nothing went wrong with the message: it waits, or its next call is due."""
    until = now + int(result.retry_after * SECOND)
    match result.failure:
        case Failure.UNREACHABLE | Failure.REJECTED:
            return Ended(claimed, "queued", result.code, retry_at=now)
        case Failure.THROTTLED:
            return Ended(claimed, "queued", result.code, retry_at=until)
        case Failure.HELD:
            held_until = until if result.retry_after else 0
            return Ended(claimed, "held", result.code, held_until=held_until)
        case Failure.AGAIN if claimed.attempt < _MOST_CALLS:
            return Ended(claimed, "queued", result.code, part=result.part)
    return None


def _tried_again(claimed: Claimed, result: NotSent, now: int) -> Ended | None:
    match result.failure:
        case Failure.TEMPORARY if claimed.failures + 1 < _MOST_FAILURES:
            return _later(claimed, result.code, now, claimed.failures, counts=True)
        case Failure.DOUBT if claimed.on_doubt == "resend" and claimed.doubts < MOST_DOUBTS:
            return _later(claimed, "doubt", now, claimed.doubts)
        case Failure.DOUBT:
            return Ended(claimed, "uncertain", "doubt")
        case Failure.MOVED if not claimed.failures:
            return Ended(claimed, "queued", result.code, counts=True)
    return None


def _later(claimed: Claimed, reason: str, now: int, tries: int, *, counts: bool = False) -> Ended:
    until = now + int(backoff(tries) * SECOND)
    return Ended(claimed, "queued", reason, retry_at=until, counts=counts)
