"""How well unseen sentences are understood: numbers for docs/develop/understanding.md."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sklearn.metrics import classification_report

from bot.core.intents import Understanding
from bot.core.listen import intent
from bot.core.scam import Verdict, check
from bot.lexicon import UNDERSTANDING, WEIGHTS, WORDING, read_understanding
from bot.library import GUIDES, read_messages, spoken
from bot.scam_files import read_hosts, read_scams
from training.learn import learn
from training.material import SCAM, Sentence, people, read, sentences, wording

_TESTS = Path(__file__).parent.parent / "tests" / "understanding"
HELD_OUT, FRESH = _TESTS / "people", _TESTS / "fresh"
MESSAGES = tuple(sorted(_TESTS.glob("messages*.txt")))


def material_of() -> dict[str, list[Sentence]]:
    """What each file of learnt numbers is learnt from."""
    return {WEIGHTS: sentences(UNDERSTANDING), WORDING: wording(UNDERSTANDING, read_hosts())}


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


def scam_shares(asked: Sequence[Sentence]) -> tuple[float, float, int]:
    """Share of scams found, share of others called one, and scams called official."""
    scams = read_scams()
    judged = [(one.label == SCAM, check(one.text, scams).verdict) for one in asked]
    found = [verdict for is_scam, verdict in judged if is_scam]
    others = [verdict for is_scam, verdict in judged if not is_scam]
    recall = found.count(Verdict.SCAM) / len(found)
    return recall, others.count(Verdict.SCAM) / len(others), found.count(Verdict.OFFICIAL)


def report() -> None:
    sets = {path.stem: list(read(path)) for path in sorted(FRESH.glob("*.txt"))}
    judged = {
        name: (asked, judge(asked, read_understanding()))
        for name, asked in {"held-out test": people(HELD_OUT), **sets}.items()
    }
    for name, (asked, answers) in {**judged, "by person": held_out_persons()}.items():
        expected = [one.label for one in asked]
        print(name, len(asked))  # noqa: T201
        print(classification_report(expected, answers, digits=3, zero_division=0.0))  # noqa: T201
    for path in MESSAGES:
        recall, alarms, official = scam_shares(list(read(path)))
        print(f"{path.stem}: recall {recall:.3f}, false alarms {alarms:.3f}, {official} official")  # noqa: T201
