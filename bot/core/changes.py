"""What was changed in a text, word by word, for whoever is to approve it. Pure."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

# A word with the space after it: a space alone that stayed says nothing to a reader.
_PARTS = re.compile(r"\S+\s*|\s+")


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


def changes(before: str, after: str) -> list[tuple[Change, str]]:
    """Joining what is not gone gives `after`; joining what is not new gives `before`."""
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    found: list[tuple[Change, str]] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((Change.SAME, "".join(new[k:m])))
            continue
        if j > i:
            found.append((Change.GONE, "".join(old[i:j])))
        if m > k:
            found.append((Change.NEW, "".join(new[k:m])))
    return found
