"""Which people of a household an order names, and how somebody's guides are worded."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.core.guide import Guide
from bot.core.state import Guides
from bot.desk.ask import Ask
from bot.desk.grammar import Phrases, picked, tokens
from bot.desk.words import DeskWords
from storage.persons import Someone
from storage.runs import Run

_EVERYBODY = "all"


class Speech(Protocol):
    """Whatever has words and guides to speak of."""

    @property
    def words(self) -> DeskWords: ...

    @property
    def guides(self) -> Guides: ...

    def say(self, key: str, **values: object) -> str: ...


def named(
    ask: Ask, people: Sequence[Someone], said: Sequence[str]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Numbers of the people meant, and the words that name nobody. By name, by place on the
    card, or by a button's "p7"."""
    found, left = picked(said, {**_names(people), **ask.words.everybody})
    if _EVERYBODY in found:
        return tuple(one.id for one in people), left
    return tuple(map(int, found)), left


def _names(people: Sequence[Someone]) -> Phrases:
    """A name that several have is nobody's by itself."""
    short = [tokens(one.call_name) for one in people]
    known: dict[tuple[str, ...], str] = {}
    for place, one in enumerate(people, 1):
        known[(f"p{one.id}",)] = known[(str(place),)] = str(one.id)
        known[tokens(one.name)] = str(one.id)
        if short.count(tokens(one.call_name)) == 1:
            known[tokens(one.call_name)] = str(one.id)
    return {phrase: number for phrase, number in known.items() if phrase}


def step(speech: Speech, guide: Guide | None, item: str) -> str:
    """How much may still be ahead of them, empty at the beginning: how many are behind them
    depends on their way."""
    if guide is None or guide.step(item) is None:
        return ""
    left = guide.ahead(item)
    return speech.say("run_step", left=left) if left else speech.say("run_last")


def state(speech: Speech, run: Run) -> str:
    """Where they are in a guide, in words."""
    kind = run.state
    if run.state == "started":
        kind = "helped" if run.helped_at else "stuck" if run.stuck else "started"
    elif run.state == "given" and run.way != "chat":
        kind = f"given_{run.way}"
    known = speech.guides.versions.get(
        (run.guide, run.revision), speech.guides.current.get(run.guide)
    )
    return speech.say(f"run_states.{kind}", step=step(speech, known, run.item))


def study(speech: Speech, live: Sequence[Run], confirmed: Mapping[str, Collection[str]]) -> str:
    """All of somebody's guides in a line, empty for none."""
    said = {run.guide: [state(speech, run)] for run in live}
    for guide, kinds in confirmed.items():
        said.setdefault(guide, []).extend(
            words for kind, words in speech.words.section("confirmed").items() if kind in kinds
        )
    parts = [
        speech.say("guide_run", guide=label(speech, guide), state=", ".join(states))
        for guide, states in said.items()
    ]
    return " · ".join(parts)


def label(speech: Speech, guide: str) -> str:
    found = speech.guides.current.get(guide)
    return found.button if found else guide


def labels(speech: Speech, guides: Sequence[str]) -> str:
    return ", ".join(label(speech, one) for one in guides)
