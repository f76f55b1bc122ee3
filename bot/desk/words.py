"""How the desk speaks and which words it knows: guides/desk.yaml. No SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bot.core.guide import Guide
from bot.core.reminding import Calendar
from bot.desk.grammar import Phrases, phrases
from bot.library import GUIDES
from bot.services.access import Refused

_OTHER = "other"


class DeskWords:
    """Dates are the calendar's; `base` is the public address."""

    def __init__(self, calendar: Calendar, base: str = "") -> None:
        self.calendar, self.base = calendar, base
        self._words: Any = yaml.safe_load((GUIDES / "desk.yaml").read_text("utf-8"))
        self.verbs: Phrases = phrases(self.section("verbs"))
        self.ways: Phrases = phrases(self.section("ways"))
        self.outcomes: Phrases = phrases(self.section("outcomes"))
        self.statements: Phrases = phrases(self.section("statements"))
        self.now: Phrases = phrases({"now": self._words["now"]})
        self.mistakes: Phrases = phrases({"mistake": self._words["mistakes"]})
        self.towards: Phrases = phrases({"to": self._words["towards"]})
        self.honorifics: Sequence[str] = self._words["honorifics"]
        self.everybody: Phrases = phrases({"all": self._words["everybody"]})

    def section(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._words[key]
        return found

    def say(self, key: str, **values: object) -> str:
        """`key` may lead into a section: "refused.area"."""
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values)

    def guides(self, current: Mapping[str, Guide]) -> Phrases:
        """Every way of naming a guide."""
        more = self.section("guides")
        known = {
            guide.id: [guide.id, guide.button, guide.title, *more.get(guide.id, ())]
            for guide in current.values()
        }
        return phrases(known)

    def refused(self, refusal: Refused) -> str:
        known = self.section("refused")
        said: str = known.get(refusal.reason, known[_OTHER])
        return said.format(**refusal.values)

    def day(self, moment: int) -> str:
        return self.calendar.local(moment).strftime("%d/%m/%Y")
