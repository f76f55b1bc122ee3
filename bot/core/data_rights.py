"""The law's clocks for what residents ask about their own data. Pure."""

from bot.core.hours import OfficeHours

SEE, CORRECT, WITHDRAW, DELETE = "see", "correct", "withdraw", "delete"
# Why a request may be declined: nobody can tell that it is the person's own, a law says to keep
# it, it is not ours, they still serve.
IDENTITY, LAW, ELSEWHERE, SERVES = "identity", "law", "elsewhere", "serves"
REASONS = (IDENTITY, LAW, ELSEWHERE)
# What may be asked for in person and noted by an official, and how it was asked. What is withdrawn
# in person is noted by whoever is at the door (a wish for peace, or a no to a guide).
IN_PERSON = (SEE, CORRECT, DELETE)
ASKED_BY = ("met", "letter", "phone", "kin")
# Why a person may be erased by somebody else.
ERASURES = ("asked", "died", "mistaken", "purpose", "order")
_DAY = 24 * 3600 * 1_000_000
_ANSWER_DAYS = 2  # working days
# Days until each has to be done.
_DUE = {SEE: 10, CORRECT: 10, WITHDRAW: 15, DELETE: 20}


def clocks(kind: str, now: int, hours: OfficeHours | None = None) -> tuple[int, int]:
    """When an answer is due, and when it has to be done; without office hours by plain days."""
    answer = now
    for _ in range(_ANSWER_DAYS):
        answer = hours.next_day(answer) if hours else answer + _DAY
    return answer, now + _DUE[kind] * _DAY
