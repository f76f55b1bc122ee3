"""What was changed in a text, word by word, for whoever is to approve it. Pure."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

_PARTS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


def changes(before: str, after: str) -> list[tuple[Change, str]]:
    """Joining what is not gone gives `after`; joining what is not new gives `before`. A space
    alone that stayed between two changes says nothing to a reader and belongs to them."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found: list[tuple[Change, str]] = []
    gone = added = ""
    for place, (kind, i, j, k, m) in enumerate(steps):
        same = "".join(new[k:m])
        if kind == "equal" and (same.strip() or place in (0, len(steps) - 1)):
            found += [*_changed(gone, added), (Change.SAME, same)]
            gone = added = ""
        else:
            gone, added = gone + "".join(old[i:j]), added + same
    return [*found, *_changed(gone, added)]


def _changed(gone: str, added: str) -> list[tuple[Change, str]]:
    return [(one, text) for one, text in ((Change.GONE, gone), (Change.NEW, added)) if text]
