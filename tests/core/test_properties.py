"""What holds for every dialogue whatever is said, in any order."""

from functools import cache

from content import SMALL, with_small
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation import advance
from bot.core.effects import Acknowledge, RecordProgress, Say
from bot.core.events import ChoiceMade, Event, GuideStarted, MediaReceived, TextReceived
from bot.core.guide import Word
from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, Waiting, from_plain, to_plain
from bot.core.turn import LONGEST_MESSAGE
from bot.library import Library


@cache
def _content() -> Guides:
    return with_small(Library().content())


def _known() -> list[str]:
    guides = _content()
    words = [phrase for spoken in guides.spoken.values() for phrase in spoken.phrases]
    labels = [choice.label for step in SMALL.steps for choice in step.choices]
    return [*words, *labels, "1", "2", "3", "so 1", "The good one", "gọi tôi là anh", "gọi bà"]


_ids = [*Word, "android", "iphone", "lost", "full", "good", "bad", "small", "other", "", "x"]
_texts = st.one_of(st.sampled_from(_known()), st.text(max_size=40))
_events: st.SearchStrategy[Event] = st.one_of(
    _texts.map(TextReceived),
    st.builds(ChoiceMade, st.sampled_from(_ids), st.integers(-2, 40)),
    st.builds(GuideStarted, st.sampled_from(["small", "other", "", "nope"])),
    st.builds(MediaReceived, st.just("photo")),
)


def _talked(events: list[Event]) -> Conversation:
    state = Conversation()
    for event in events:
        state, _ = advance(state, event, _content())
    return state


@given(st.lists(_events, max_size=25))
@settings(max_examples=300, deadline=None)
def test_each_turn_answers_and_survives_being_stored(events: list[Event]) -> None:
    state = Conversation()
    for event in events:
        reloaded = from_plain(to_plain(state))
        assert reloaded == state
        state, effects = advance(reloaded, event, _content())
        assert any(isinstance(one, Say | Acknowledge) for one in effects)
        for effect in effects:
            if isinstance(effect, Say):
                assert 0 < len(effect.message.text) <= LONGEST_MESSAGE


@given(st.lists(_events, max_size=25), st.sampled_from(_ids))
@settings(max_examples=300, deadline=None)
def test_a_press_twice_counts_once(events: list[Event], choice: str) -> None:
    state = _talked(events)
    press = ChoiceMade(choice, state.turn)
    once, _ = advance(state, press, _content())
    twice, effects = advance(once, press, _content())
    offered = {one.id for one in prompt(state, _content()).choices}
    if choice in offered and choice not in (Word.PERSON, Word.STOP):
        assert twice == once
        assert not [one for one in effects if isinstance(one, RecordProgress)]


@given(st.lists(_events, max_size=25))
@settings(max_examples=300, deadline=None)
def test_no_state_is_without_a_way_out(events: list[Event]) -> None:
    state = _talked(events)
    if state.waiting_for is not Waiting.NOTHING:
        assert prompt(state, _content()).choices
    stopped, _ = advance(state, TextReceived("dừng"), _content())
    assert stopped.waiting_for is Waiting.STOPPED
    for said in ("bắt đầu", "đồng ý", "không"):
        stopped, _ = advance(stopped, TextReceived(said), _content())
    assert stopped.waiting_for in (Waiting.MENU, Waiting.INTRO)


@given(st.lists(_events, max_size=20), st.text(max_size=80), st.integers())
@settings(max_examples=200, deadline=None)
def test_unknown_payloads_are_harmless(events: list[Event], data: str, turn: int) -> None:
    state = _talked(events)
    if data in _ids:
        return
    after, effects = advance(state, ChoiceMade(data, turn), _content())
    assert (after.run, after.paused, after.consents) == (state.run, state.paused, state.consents)
    assert not [one for one in effects if isinstance(one, RecordProgress)]


@given(st.lists(_events, max_size=25))
@settings(max_examples=200, deadline=None)
def test_the_same_event_on_the_same_state_gives_the_same(events: list[Event]) -> None:
    state = _talked(events[:-1])
    for event in events[-1:]:
        assert advance(state, event, _content()) == advance(state, event, _content())
