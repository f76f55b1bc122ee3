"""One-time codes as people read, type and forward them: K7M2-QX9T. Pure.

Letters and digits have fixed places, so that no sentence and no secret looks like a code; signs
that are mistaken for one another are left out.
"""

import re

_LETTERS, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
_SHAPE = "LDLDLLDL"
_HALF = len(_SHAPE) // 2
_CODE = re.compile(
    rf"(?<![0-9A-Z])((?:[{_LETTERS}][{_DIGITS}]){{2}})[ .-]?"
    rf"([{_LETTERS}]{{2}}[{_DIGITS}][{_LETTERS}])(?![0-9A-Z])"
)


def made(number: int) -> str:
    """From a random number of 64 bits."""
    signs = []
    for kind in _SHAPE:
        alphabet = _LETTERS if kind == "L" else _DIGITS
        number, place = divmod(number, len(alphabet))
        signs.append(alphabet[place])
    return "".join(signs)


def shown(code: str) -> str:
    return f"{code[:_HALF]}-{code[_HALF:]}"


def found(text: str) -> str:
    """The code in what was typed or in a link, empty when there is none."""
    match = _CODE.search(text.upper())
    return match[1] + match[2] if match else ""
