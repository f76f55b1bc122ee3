"""How announcements read: guides/notices.yaml around an official's own words."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

import yaml

from bot.core.announcement import Kind, Way
from bot.core.authenticity import Answer, Finding, Original
from bot.core.effects import Message
from bot.core.guide import Choice, Picture
from bot.core.hours import QuietHours
from bot.core.text import searchable
from bot.feed_reader import Entry
from bot.library import GUIDES
from storage.announcements import Kept

# Where choices are typed as numbers they would be taken for answers to something else.
_TYPED = {(Way.BOT, True), (Way.BOT, False), (Way.GMF, True)}
SEEN, POSTED = "tb-xem.", "tb-dang."
_MICRO = 1_000_000


def presses(channel: str, *, group: bool) -> bool:
    """Whether a message there has buttons."""
    return (channel, group) not in _TYPED


class NoticeWords:
    """`base` is the public address, `zone` that of the dates, `hours` the quiet ones as they
    are now; in `practice` every announcement says that it is none."""

    def __init__(
        self,
        base: str,
        zone: tzinfo,
        hours: Callable[[], QuietHours] = QuietHours,
        *,
        practice: bool = False,
    ) -> None:
        self.base, self.zone, self.hours, self._practice = base, zone, hours, practice
        self._words: Any = yaml.safe_load((GUIDES / "notices.yaml").read_text("utf-8"))

    def say(self, key: str, **values: object) -> str:
        """`key` may lead into a section: "finding.true"."""
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values)

    def day(self, moment: int) -> str:
        return datetime.fromtimestamp(moment // _MICRO, self.zone).strftime("%d/%m/%Y")

    def moment(self, moment: int) -> str:
        """With the hour; empty for never."""
        if not moment:
            return ""
        return datetime.fromtimestamp(moment // _MICRO, self.zone).strftime("%H:%M %d/%m/%Y")

    def link(self, code: str) -> str:
        return f"{self.base}/tb/{code}"

    def whole(self, kept: Kept, earlier: int) -> str:
        """The text as it is sent; `earlier` is the number of the one it follows."""
        text = self.say(
            kept.content.kind,
            number=kept.number,
            day=self.day(kept.approved_at or kept.created_at),
            text=kept.content.text,
            link=self.link(kept.code),
            code=kept.code,
            earlier=earlier,
        )
        return f"{self.say('practice')}\n{text}" if self._practice else text

    def message(self, kept: Kept, earlier: int) -> Message:
        """With a button to say it was seen."""
        button = Choice(f"{SEEN}{kept.code}", self.say("seen_button"))
        return Message(self.whole(kept, earlier), (button,), picture=self.picture(kept))

    def picture(self, kept: Kept) -> Picture | None:
        path = kept.content.picture
        return Picture(path, kept.content.text.split("\n")[0][:100]) if path else None

    def relay(self, kept: Kept, earlier: int, group: str, copy: int) -> list[Message]:
        """What to do, and the text alone, so that it can be copied as it is."""
        button = Choice(f"{POSTED}{copy}", self.say("posted_button"))
        asked = Message(self.say("relay_ask", group=group, copy=copy))
        text = Message(self.whole(kept, earlier), (button,), picture=self.picture(kept))
        return [asked, text]

    def amended(self, kept: Kept, earlier: int) -> str:
        """What stands in place of the earlier one's words."""
        link = self.link(kept.code)
        return self.say(
            f"amended.{kept.content.kind}", earlier=earlier, number=kept.number, link=link
        )

    def from_feed(self, entry: Entry) -> str:
        """A draft's words; the official edits them."""
        lines = self.say("from_feed", title=entry.title, summary=entry.summary, link=entry.link)
        return "\n".join(line for line in lines.splitlines() if line.strip())

    def feed_error(self, code: str) -> str:
        """Why a feed cannot be read; empty for nothing."""
        known = self._words["feed_errors"]
        kind, _, status = code.partition("-")
        key = code if code in known else "status" if kind == "status" else "other"
        return str(known[key]).format(code=status or code) if code else ""

    def templates(self, kind: Kind) -> dict[str, str]:
        """Words to begin a correction with, by what went wrong; "……" is to be filled in."""
        return dict(self._words["templates"][kind])

    def posted(self, text: str) -> str:
        """The copy somebody says is posted, empty when the text says something else."""
        said, wanted = searchable(text), searchable(self.say("posted_words"))
        copy = said.removeprefix(wanted).strip()
        return copy if said.startswith(wanted) and copy.isdecimal() else ""

    def draft(self, text: str) -> str:
        """What an official wants to announce, empty when the text does not begin so."""
        first, _, rest = text.partition("\n")
        wanted = searchable(self.say("draft_words"))
        return rest.strip() if searchable(first) == wanted else ""

    def reminder(self, kept: Kept, group: str, copy: int) -> Message:
        button = Choice(f"{POSTED}{copy}", self.say("posted_button"))
        return Message(
            self.say("relay_remind", number=kept.number, group=group, copy=copy), (button,)
        )

    def original(self, kept: Kept, earlier: int, later: tuple[Kind, int] | None = None) -> Original:
        replaced = (later[0], str(later[1])) if later else None
        day = self.day(kept.approved_at)
        return Original(str(kept.number), kept.code, day, self.whole(kept, earlier), replaced)

    def answer(self, answer: Answer, *, masked: bool = False) -> str:
        """What a resident is told of a text they asked about; `masked` when numbers in it were
        hidden from us, so that nobody can say they are right."""
        original = answer.original
        if original is None:
            return self.say("finding.unknown")
        finding: str = answer.finding
        if answer.finding is Finding.TRUE:
            finding = "masked" if masked else "part" if answer.part else "true"
        values: Mapping[str, object] = {
            "number": original.number,
            "day": original.day,
            "link": self.link(original.code),
            "ours": answer.ours or self.say("nothing"),
            "theirs": answer.theirs or self.say("nothing"),
            "later": original.later[1] if original.later else "",
        }
        return self.say(f"finding.{finding}", **values)

    def copy_state(self, way: str, state: str) -> str:
        """What became of one copy; in a relay group it is a member who posts it."""
        posted = way == Way.RELAY and state == "delivered"
        return self.say(f"states.{'posted' if posted else state}")

    def reason(self, code: str) -> tuple[str, str]:
        """What happened and what to do."""
        known = self._words["reasons"]
        found = known.get(code, known["other"])
        return found["what"], found["do"]
