"""A guide as a readable conversation, for golden files: every choice taken, every answer seen."""

from collections.abc import Iterator

from content import Dialogue

from bot.core.conversation import advance
from bot.core.effects import Effect, Message, Say
from bot.core.events import ChoiceMade, GuideStarted
from bot.core.guide import Guide, Word
from bot.core.prompts import here_step
from bot.core.state import Conversation, Guides, Waiting

_FIXED = frozenset(Word)


def transcript(guide: Guide, guides: Guides) -> str:
    """Walks through the guide until each of its choices was taken once."""
    seen: set[tuple[str, str]] = set()
    walks: list[str] = []
    while True:
        known = len(seen)
        lines = list(_walk(guide, guides, seen))
        if len(seen) == known and walks:
            return "\n\n\n".join(walks) + "\n"
        walks.append("\n".join(lines))


def _walk(guide: Guide, guides: Guides, seen: set[tuple[str, str]]) -> Iterator[str]:
    state, effects = _opened(guide, guides)
    while True:
        message = _last(effects)
        yield from _shown(effects)
        if state.run is None:
            return
        if state.waiting_for is Waiting.STEP and (state.run.at, "") not in seen:
            seen.add((state.run.at, ""))
            yield from _troubles(state, guides)
        choice = _next(state, message, guide, seen)
        label = next(one.label for one in message.choices if one.id == choice)
        yield f"\n» {label}\n"
        state, effects = advance(state, ChoiceMade(choice, state.turn), guides)


def _opened(guide: Guide, guides: Guides) -> tuple[Conversation, tuple[Effect, ...]]:
    talk = Dialogue(guides).agree()
    if guide.id in guides.team:
        talk.happens(GuideStarted(guide.id))
    else:
        talk.presses(guide.id)
    return talk.state, talk.effects


def _next(state: Conversation, message: Message, guide: Guide, seen: set[tuple[str, str]]) -> str:
    """The first way not yet taken, or simply onwards; at questions the wrong answers first."""
    place = state.run.at if state.run else ""
    question = guide.question(place)
    right = question.right if question else ""
    ways = [one.id for one in message.choices if one.id not in (*_FIXED, *guide.requires, right)]
    for way in ways:
        if (place, way) not in seen:
            seen.add((place, way))
            return way
    if right:
        return right
    fixed = [one for one in (Word.START, Word.DONE) if one in {c.id for c in message.choices}]
    return [*fixed, *ways][0]


def _troubles(state: Conversation, guides: Guides) -> Iterator[str]:
    """Each trouble of a step with its answer, without leaving the step."""
    _, _, step = here_step(state, guides)
    if not step.troubles:
        return
    stuck, effects = advance(state, ChoiceMade(Word.STUCK, state.turn), guides)
    yield f"\n» {guides.spoken[Word.STUCK].label}\n"
    yield from _shown(effects)
    for trouble in step.troubles:
        _, effects = advance(stuck, ChoiceMade(trouble.id, stuck.turn), guides)
        yield f"\n» {trouble.label}\n"
        yield from _shown(effects)


def _last(effects: tuple[Effect, ...]) -> Message:
    return [one.message for one in effects if isinstance(one, Say)][-1]


def _shown(effects: tuple[Effect, ...]) -> Iterator[str]:
    for effect in effects:
        if isinstance(effect, Say):
            message = effect.message
            yield "\n".join(f"« {line}".rstrip() for line in message.text.split("\n"))
            if message.picture:
                yield f"  [{message.picture.alt}]"
            if message.choices:
                yield "  " + "  ".join(
                    f"{place}. {one.label}" for place, one in enumerate(message.choices, 1)
                )
