"""What a send's result means for its ledger row. Pure but for the jitter of waiting times."""

import random

from bot.channels.base import Failure, NotSent, Sent
from storage.database import SECOND
from storage.outbox import MOST_DOUBTS, Claimed, Ended

ACCOUNT_WIDE = frozenset({Failure.UNREACHABLE, Failure.REJECTED})
_MOST_FAILURES = 5
_LONGEST_WAIT = 60.0


def backoff(failures: int) -> float:
    """Seconds: 1, 2, 4 … 60 with jitter, so that many waiting rows do not return at once."""
    return min(_LONGEST_WAIT, 2.0 ** min(failures, 6)) * random.uniform(0.8, 1.2)  # noqa: S311


def verdict(claimed: Claimed, result: Sent | NotSent, now: int) -> Ended:
    """Only faults that are the message's own count against it."""
    if isinstance(result, Sent):
        return Ended(claimed, "accepted", reference=result.reference)
    match result.failure:
        case Failure.UNREACHABLE | Failure.REJECTED:
            return Ended(claimed, "queued", result.code, retry_at=now)
        case Failure.THROTTLED:
            until = now + int(result.retry_after * SECOND)
            return Ended(claimed, "queued", result.code, retry_at=until)
        case Failure.TEMPORARY if claimed.failures + 1 < _MOST_FAILURES:
            return _later(claimed, result.code, now, claimed.failures, counts=True)
        case Failure.DOUBT if claimed.on_doubt == "resend" and claimed.doubts < MOST_DOUBTS:
            return _later(claimed, "doubt", now, claimed.doubts)
        case Failure.DOUBT:
            return Ended(claimed, "uncertain", "doubt")
        case Failure.MOVED if not claimed.failures:
            return Ended(claimed, "queued", result.code, counts=True)
    return Ended(claimed, "failed", result.code, counts=True)


def _later(claimed: Claimed, reason: str, now: int, tries: int, *, counts: bool = False) -> Ended:
    until = now + int(backoff(tries) * SECOND)
    return Ended(claimed, "queued", reason, retry_at=until, counts=counts)
