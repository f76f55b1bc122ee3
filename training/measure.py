"""How well unseen sentences are understood: numbers for docs/develop/understanding.md."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sklearn.metrics import classification_report

from bot.core.intents import Understanding
from bot.core.listen import intent
from bot.lexicon import UNDERSTANDING, read_understanding
from bot.library import GUIDES, read_messages, spoken
from training.learn import learn
from training.material import Sentence, people, sentences

HELD_OUT = Path(__file__).parent.parent / "tests" / "understanding" / "people"


def judge(asked: Sequence[Sentence], understanding: Understanding) -> list[str]:
    """As the service would: its words first, then what was learnt."""
    guides = replace(spoken(read_messages(GUIDES)), understanding=understanding)
    return [intent(one.text, guides).label for one in asked]


def scores(asked: Sequence[Sentence], judged: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each label and their means."""
    expected = [one.label for one in asked]
    found: dict[str, dict[str, float]] = classification_report(
        expected, judged, output_dict=True, zero_division=0.0
    )
    return found


def held_out_persons() -> tuple[list[Sentence], list[str]]:
    """Each person's sentences judged by what was learnt from all the others."""
    spelling = read_understanding().spelling
    material = sentences(UNDERSTANDING)
    asked: list[Sentence] = []
    judged: list[str] = []
    for person in sorted({one.person for one in people(UNDERSTANDING / "people")}):
        known = learn([one for one in material if one.person != person], spelling)
        theirs = [one for one in material if one.person == person]
        asked += theirs
        judged += judge(theirs, Understanding(known, spelling))
    return asked, judged


def report() -> None:
    test = people(HELD_OUT)
    held_out = test, judge(test, read_understanding())
    for name, found in (("held-out test", held_out), ("by person", held_out_persons())):
        asked, answers = found
        expected = [one.label for one in asked]
        print(name, len(asked))  # noqa: T201
        print(classification_report(expected, answers, digits=3, zero_division=0.0))  # noqa: T201
