"""How Monday's message to team leads reads: guides/digest.yaml. No SQL."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from bot.core.digest import Aimed, Digest, Knock
from bot.core.weeks import read as read_week
from bot.library import GUIDES
from bot.services.figures import Catalogue


class DigestWords:
    def __init__(self) -> None:
        self._words: Any = yaml.safe_load((GUIDES / "digest.yaml").read_text("utf-8"))

    def text(
        self, digest: Digest, team: str, members: Mapping[int, str], catalogue: Catalogue
    ) -> str:
        """`team` is its name, `members` the names of those who are quiet."""
        return "\n".join(self._lines(digest, team, members, catalogue))

    def _say(self, key: str, **values: object) -> str:
        return str(self._words[key]).format(**values)

    def _lines(
        self, digest: Digest, team: str, members: Mapping[int, str], catalogue: Catalogue
    ) -> Iterator[str]:
        week = read_week(digest.week)
        yield self._say("title", number=week.number if week else digest.week, team=team)
        yield from self._done(digest)
        if digest.snag:
            guide, _, _ = digest.snag.partition(" ")
            step = catalogue.labels.get(digest.snag, digest.snag)
            named = catalogue.titles.get(guide, guide)
            yield self._say("stuck", stuck=digest.stuck, guide=named, step=step)
        yield from (self._goal(one, catalogue) for one in digest.goals)
        if known := [members[one] for one in digest.quiet if one in members]:
            yield self._say("quiet", members=", ".join(known))
        if digest.best:
            yield self._say("best", guide=catalogue.titles.get(digest.best, digest.best))
        if digest.doors:
            yield self._say("doors")
            yield from (self._door(place, one) for place, one in enumerate(digest.doors, 1))

    def _done(self, digest: Digest) -> Iterator[str]:
        learnt = digest.guided or digest.said or digest.verified
        counts = {"guided": digest.guided, "said": digest.said, "verified": digest.verified}
        yield self._say("done", **counts) if learnt else self._say("nothing")
        if digest.visited is None:
            yield self._say("not_visited")
        else:
            yield self._say("visited", visited=digest.visited)
        if digest.calls:
            yield self._say("calls", calls=digest.calls)

    def _goal(self, one: Aimed, catalogue: Catalogue) -> str:
        key = "goal_met" if one.done >= one.number else "goal_late" if one.late else "goal"
        due = date.fromisoformat(one.due).strftime("%d/%m/%Y")
        return self._say(
            key,
            guide=catalogue.titles.get(one.guide, one.guide),
            done=one.done,
            number=one.number,
            due=due,
            each=one.each,
        )

    def _door(self, place: int, one: Knock) -> str:
        why = ", ".join(self._words["why"][reason] for reason in one.why)
        code = one.household
        return self._say("door", place=place, code=code, why=why or self._words["why_none"])
