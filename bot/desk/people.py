"""Which people of a household an order names, and how somebody's guides are worded."""

from collections.abc import Collection, Mapping, Sequence

from bot.core.guide import Guide
from bot.desk.ask import Ask
from bot.desk.grammar import Phrases, picked, tokens
from storage.persons import Someone
from storage.runs import Run

_EVERYBODY = "all"


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


def step(ask: Ask, guide: Guide | None, item: str) -> str:
    """How far they are, empty at the beginning."""
    place = next((n for n, one in enumerate(guide.steps, 1) if one.id == item), 0) if guide else 0
    return ask.say("run_step", number=place, total=len(guide.steps)) if guide and place else ""


def state(ask: Ask, run: Run) -> str:
    """Where they are in a guide, in words."""
    kind = run.state
    if run.state == "started":
        kind = "helped" if run.helped_at else "stuck" if run.stuck else "started"
    elif run.state == "given" and run.way != "chat":
        kind = f"given_{run.way}"
    known = ask.guides.versions.get((run.guide, run.revision), ask.guides.current.get(run.guide))
    return ask.say(f"run_states.{kind}", step=step(ask, known, run.item))


def study(ask: Ask, live: Sequence[Run], confirmed: Mapping[str, Collection[str]]) -> str:
    """All of somebody's guides in a line, empty for none."""
    said = {run.guide: [state(ask, run)] for run in live}
    for guide, kinds in confirmed.items():
        said.setdefault(guide, []).extend(
            words for kind, words in ask.words.section("confirmed").items() if kind in kinds
        )
    parts = [
        ask.say("guide_run", guide=label(ask, guide), state=", ".join(states))
        for guide, states in said.items()
    ]
    return " · ".join(parts)


def label(ask: Ask, guide: str) -> str:
    found = ask.guides.current.get(guide)
    return found.button if found else guide


def labels(ask: Ask, guides: Sequence[str]) -> str:
    return ", ".join(label(ask, one) for one in guides)
