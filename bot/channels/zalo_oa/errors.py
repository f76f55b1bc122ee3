"""What each of Zalo's error codes means for the ledger. The words are in guides/zalo.yaml."""

from bot.channels.base import Failure, NotSent

EXPIRED_MEDIA, BAD_PARAMETER, UNSUPPORTED = -100, -201, -233
NIGHT = frozenset({-133, -234})
RATE = -32
TOKEN = frozenset({-216, -220})
GROUP = frozenset({-237, -403})
RICH_REFUSED = frozenset({BAD_PARAMETER, UNSUPPORTED})
# Held until the person writes again, or until Zalo's own limit has passed.
WINDOW = frozenset({-230, -232})

_MEANING = {
    Failure.THROTTLED: (RATE,),
    Failure.AGAIN: (EXPIRED_MEDIA,),
    Failure.TEMPORARY: (-200, -214),
    Failure.PERMANENT: (-131, -201, -210, -233, -238, -240, -241, -248, -249),
    Failure.REJECTED: (
        -204, -205, -209, -212, -216, -219, -220, -221, -223, -224, -235, -242,
    ),
    Failure.GONE: (-114, -213, -217, -227, -237, -244, -403),
    Failure.HELD: (-115, -133, -144, -211, -218, -230, -232, -234, -320, -321),
}  # fmt: skip
CODES = {code: failure for failure, codes in _MEANING.items() for code in codes}
_QUOTA_HOURS = 6


def slug(code: int) -> str:
    """How the ledger names it: "zalo-230"."""
    return f"zalo{code}"


def meaning(code: int, *, to_next_minute: float, to_morning: float) -> NotSent:
    """`to_next_minute` and `to_morning` are the seconds until Zalo's own limits end."""
    failure = CODES.get(code, Failure.PERMANENT)
    wait = 0.0
    if failure is Failure.THROTTLED:
        wait = to_next_minute
    if failure is Failure.HELD and code not in WINDOW:
        wait = to_morning if code in NIGHT else _QUOTA_HOURS * 3600
    forgotten = "" if code == EXPIRED_MEDIA else None
    return NotSent(failure, slug(code), wait, picture=forgotten)
