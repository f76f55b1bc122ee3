"""Spoils what is well-formed: bytes and values of JSON, the same for the same seed."""

import random
from collections.abc import Callable, Sequence

import orjson

_ODD: Sequence[object] = (
    None,
    True,
    -1,
    0,
    2**63,
    -(2**63),
    1e308,
    "",
    " ",
    "0",
    "\x00",
    "\ud7ff\uffff",
    "\u202e\u200b\u2066",
    "é" * 50,
    "<b>&amp;</b>",
    "'; DROP TABLE chat; --",
    "../../etc/passwd",
    "{0.__class__}",
    "%s%n",
    "=cmd|' /C calc'!A0",
    "x" * 5000,
    [],
    {},
    [[]],
    {"a": {"a": {"a": {}}}},
    ["x"] * 300,
)


def spoiled_bytes(chance: random.Random, body: bytes) -> bytes:
    """One to four cuts, turned bits, doublings or bytes from elsewhere."""
    found = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0:
                del found[at:]
            case 1 if found:
                found[at % len(found)] ^= 1 << chance.randrange(8)
            case 2:
                found[at:at] = chance.randbytes(chance.randint(1, 6))
            case 3:
                found[at:at] = found[: chance.randint(0, 200)]
            case _:
                del found[at : at + chance.randint(1, 30)]
    return bytes(found)


def spoiled_json(chance: random.Random, body: bytes) -> bytes:
    """A few values anywhere become odd ones, or go."""
    plain = orjson.loads(body)
    for _ in range(chance.randint(1, 3)):
        plain = _spoiled(chance, plain)
    return orjson.dumps(plain)


def _spoiled(chance: random.Random, plain: object) -> object:
    if isinstance(plain, dict) and plain and chance.random() < 0.9:
        key = chance.choice(sorted(plain))
        if chance.random() < 0.2:
            return {name: value for name, value in plain.items() if name != key}
        return plain | {key: _spoiled(chance, plain[key])}
    if isinstance(plain, list) and plain and chance.random() < 0.8:
        at = chance.randrange(len(plain))
        return [*plain[:at], _spoiled(chance, plain[at]), *plain[at + 1 :]]
    if isinstance(plain, str) and chance.random() < 0.3:
        return spoiled_text(chance, plain)
    return chance.choice(_ODD)


def spoiled_text(chance: random.Random, text: str) -> str:
    signs = "\u0301\u200b\u202e\u00ad\ufeff<>&'\"{}%=@\x00\n٣🆘" + text[:1]
    at = chance.randrange(len(text) + 1)
    return text[:at] + "".join(chance.choices(signs, k=chance.randint(1, 9))) + text[at:]


Spoil = Callable[[random.Random, bytes], bytes]
EITHER: Sequence[Spoil] = (spoiled_bytes, spoiled_json)
