"""A resident's own data in words. No SQL."""

from datetime import datetime, tzinfo

from bot.core.effects import Purpose
from bot.core.person import shown
from bot.core.state import Guides
from bot.people_words import PeopleWords
from bot.services.own_data import Kept
from storage.database import SECOND
from storage.rows import Row

# Table -> the column that says what it was.
_LISTED = {
    "progress": "outcome",
    "consent": "granted",
    "help_request": "state",
    "guide_run": "state",
    "confirmation": "kind",
    "visit": "outcome",
}
_WHEN = ("at", "asked_at", "created_at")


class DataWords:
    def __init__(self, words: PeopleWords, zone: tzinfo) -> None:
        self._words, self._zone = words, zone

    def _say(self, key: str, **values: object) -> str:
        return self._words.say(f"data.{key}", **values)

    def _day(self, moment: int) -> str:
        return datetime.fromtimestamp(moment // SECOND, self._zone).strftime("%d/%m/%Y")

    def lines(self, kept: Kept, guides: Guides) -> tuple[str, str]:
        """Who somebody is to us, and what was done."""
        return self._who(kept), self._what(kept, guides)

    def _who(self, kept: Kept) -> str:
        if kept.person is None:
            return self._say("unknown")
        one, home = kept.person, kept.home
        return self._say(
            "known",
            name=one.name,
            household=f"{home.code}, {home.label}" if home else self._say("none"),
            age=self._say(f"ages.{one.age_band or 'none'}"),
            smartphone=self._say(f"phones.{one.smartphone or 'none'}"),
            phone=shown(kept.phone) if kept.phone else self._say("none"),
            chats=len(kept.chats),
        )

    def _what(self, kept: Kept, guides: Guides) -> str:
        done = {row["guide"]: row["outcome"] for row in kept.rows["progress"] if not row["item"]}
        named = [guides.current[one].button for one in done if one in guides.current]
        return self._say(
            "done",
            guides=", ".join(named) or self._say("none"),
            agreed=self._agreed(kept, Purpose.GUIDES),
            news=self._agreed(kept, Purpose.NEWS),
            calls=len(kept.rows["help_request"]),
            visits=len(kept.rows.get("visit", ())),
            told=kept.told,
        )

    def _agreed(self, kept: Kept, purpose: Purpose) -> str:
        last = kept.agreed(purpose)
        if last is None:
            return self._say("not_asked")
        return self._say("yes" if last["granted"] else "no", day=self._day(last["at"]))

    def everything(self, kept: Kept, guides: Guides) -> str:
        """Every row, oldest first, to keep or to hand on."""
        rows = [
            (name, row, next(int(row[one]) for one in _WHEN if one in row))
            for name in _LISTED
            for row in kept.rows.get(name, ())
        ]
        rows.sort(key=lambda one: one[2])
        lines = [f"{self._day(at)} {self._told(name, row, guides)}" for name, row, at in rows]
        return "\n".join([self._who(kept), *lines, self._say("end", number=len(lines))])

    def _told(self, name: str, row: Row, guides: Guides) -> str:
        """In words they know; never what a table or a state is called here."""
        value = row[_LISTED[name]]
        said = {True: "yes", False: "no"}[value] if name == "consent" else str(value)
        guide = guides.find(str(row.get("guide", "")))
        return self._say(
            f"rows.{name}",
            guide=guide.button if guide else self._say("no_guide"),
            purpose=self._say(f"purposes.{row['purpose']}") if name == "consent" else "",
            what=self._say(f"whats.{name}.{said}"),
        )
