"""What is said around persons and chats, and how people ask for it: guides/people.yaml."""

from collections.abc import Mapping
from typing import Any

import yaml

from bot.core import links, passcode
from bot.core.text import bare, words
from bot.library import GUIDES
from bot.services.access import Refused

_OTHER = "other"


def plain(text: str) -> str:
    """Words without accents and signs, for comparing."""
    return " ".join(map(bare, words(text)))


class PeopleWords:
    """`base` is the public address, `bot` Telegram's name of ours, empty when it is off."""

    def __init__(self, base: str, bot: str = "") -> None:
        self._base, self._bot = base, bot
        self._words: Any = yaml.safe_load((GUIDES / "people.yaml").read_text("utf-8"))
        said: Mapping[str, list[str]] = self._words["said"]
        self._said = {plain(phrase): key for key, listed in said.items() for phrase in listed}

    def say(self, key: str, **values: object) -> str:
        """`key` may lead into a section: "refused.area"."""
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values)

    def asked(self, text: str) -> str:
        """What somebody asks for who says nothing else, empty for anything else."""
        return self._said.get(plain(text), "")

    def order(self, key: str, text: str) -> str | None:
        """What follows one of the phrases; None when the text does not begin so."""
        said = plain(text)
        begins = [phrase for phrase, meant in self._said.items() if meant == key]
        for phrase in sorted(begins, key=len, reverse=True):
            if said == phrase or said.startswith(f"{phrase} "):
                return said.removeprefix(phrase).strip()
        return None

    def refused(self, refusal: Refused) -> str:
        known: Mapping[str, str] = self._words["refused"]
        return known.get(refusal.reason, known[_OTHER]).format(**refusal.values)

    def code(self, who: str, code: str) -> str:
        """For the member who asked for it."""
        shown = passcode.shown(code)
        ways = [links.chat(self._base, "", shown)]
        if self._bot:
            ways.append(links.telegram(self._bot, "", shown))
        return self.say("code_made", who=who, code=shown, links="\n".join(ways))
