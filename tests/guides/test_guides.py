"""Every guide of ours: can be finished from anywhere, pressed or typed, and reads as it did."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from content import Dialogue
from transcript import transcript
from walk import right_answer

from bot.core.conversation import advance
from bot.core.effects import Outcome, RecordProgress, Say
from bot.core.events import ChoiceMade, GuideStarted, TextReceived
from bot.core.guide import Guide, Word
from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, Waiting
from bot.core.text import bare
from bot.library import guide_folders, read_guide

GOLDEN = Path(__file__).parent / "golden"
ALL = [read_guide(folder)[0] for folder in guide_folders()]
IDS = [guide.id for guide in ALL]
LEAVING = frozenset({Word.LATER, Word.PERSON, Word.OTHER})


def _opened(guide: Guide, guides: Guides) -> Conversation:
    talk = Dialogue(guides).agree()
    if guide.id in guides.team:
        talk.happens(GuideStarted(guide.id))
    else:
        talk.presses(guide.id)
    return talk.state


def _place(state: Conversation) -> tuple[object, ...]:
    run = state.run
    return (state.waiting_for, run and (run.guide, run.at, run.trouble, run.stuck))


def _reachable(guide: Guide, guides: Guides) -> list[Conversation]:
    """One state for each place in the guide that pressing buttons can lead to."""
    waiting, known = [_opened(guide, guides)], dict[tuple[object, ...], Conversation]()
    while waiting:
        state = waiting.pop()
        if state.run is None or state.run.guide != guide.id or _place(state) in known:
            continue
        known[_place(state)] = state
        waiting += [
            advance(state, ChoiceMade(choice.id, state.turn), guides)[0]
            for choice in prompt(state, guides).choices
            if choice.id not in LEAVING
        ]
    return list(known.values())


@pytest.mark.parametrize("guide", ALL, ids=IDS)
def test_can_be_finished_from_every_place_in_it(guide: Guide, guides: Guides) -> None:
    reached = _reachable(guide, guides)
    at = {state.run.at for state in reached if state.run}
    assert at >= {step.id for step in guide.steps} | {one.id for one in guide.questions}
    for state in reached:
        assert _finishes(state, guide, guides), _place(state)


def _finishes(state: Conversation, guide: Guide, guides: Guides) -> bool:
    for _ in range(40):
        choice = right_answer([one.id for one in prompt(state, guides).choices], guide)
        state, effects = advance(state, ChoiceMade(choice, state.turn), guides)
        if any(
            isinstance(one, RecordProgress) and one.outcome is Outcome.FINISHED for one in effects
        ):
            return True
    return False


def _typed(label: str) -> list[str]:
    return [label, bare(label), unicodedata.normalize("NFD", label), label.upper() + " ạ"]


@pytest.mark.parametrize("guide", ALL, ids=IDS)
def test_every_button_can_be_typed(guide: Guide, guides: Guides) -> None:
    """By its number, its words, its further words; with accents or without."""
    for state in _reachable(guide, guides):
        for place, choice in enumerate(prompt(state, guides).choices, 1):
            pressed = _place(advance(state, ChoiceMade(choice.id, state.turn), guides)[0])
            for text in (str(place), f"so {place}", *_typed(choice.label)):
                said = _place(advance(state, TextReceived(text), guides)[0])
                assert said == pressed, (_place(state), text)


@pytest.mark.parametrize("guide", ALL, ids=IDS)
def test_further_words_of_a_choice_mean_it(guide: Guide, guides: Guides) -> None:
    for state in _reachable(guide, guides):
        if state.waiting_for is Waiting.STEP and state.run:
            step = guide.step(state.run.at)
            assert step
            for choice in step.choices:
                pressed = _place(advance(state, ChoiceMade(choice.id, state.turn), guides)[0])
                for word in choice.words:
                    said = _place(advance(state, TextReceived(word), guides)[0])
                    assert said == pressed, (step.id, word)


@pytest.mark.parametrize("guide", ALL, ids=IDS)
def test_reads_as_it_did(guide: Guide, guides: Guides, request: pytest.FixtureRequest) -> None:
    said = transcript(guide, guides)
    path = GOLDEN / f"{guide.id}.txt"
    if request.config.getoption("golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said)
    assert path.read_text() == said, "run `make golden` and read what changed"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(IDS)


def test_the_menu_offers_all_nine_in_the_order_of_the_file(guides: Guides) -> None:
    talk = Dialogue(guides).agree()
    assert talk.offered() == list(guides.current)
    assert len(talk.offered()) == 9
    for place, name in enumerate(talk.offered(), 1):
        opened = advance(talk.state, TextReceived(str(place)), guides)[0]
        assert opened.run
        assert opened.run.guide == name


@pytest.mark.parametrize("guide", ALL, ids=IDS)
def test_nobody_is_called_otherwise_than_they_asked(guide: Guide, guides: Guides) -> None:
    for state in _reachable(guide, guides):
        spoken = replace(state, manner="anh")
        _, effects = advance(spoken, TextReceived("xem lại"), guides)
        said = " ".join(one.message.text for one in effects if isinstance(one, Say))
        assert guides.manners.say(said, "anh") == said
