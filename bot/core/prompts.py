"""What is asked in each state: state -> Message. Never changes anything."""

from collections.abc import Callable

from bot.core.effects import Message
from bot.core.guide import Choice, Guide, GuideStep, Phrase, Question, Word
from bot.core.state import Conversation, Guides, Run, Waiting


def word_choice(guides: Guides, word: Word) -> Choice:
    spoken = guides.spoken[word]
    return Choice(word, spoken.label, words=spoken.phrases)


def _choices(guides: Guides, *words: Word) -> tuple[Choice, ...]:
    return tuple(word_choice(guides, word) for word in words)


def _phrase(phrase: Phrase, *words: Word) -> Callable[[Conversation, Guides], Message]:
    return lambda _, guides: Message(guides.phrases[phrase], _choices(guides, *words))


def _resume(now: Conversation, guides: Guides) -> tuple[Choice, ...]:
    if not now.paused or not (guide := guides.pinned(now.paused[-1])):
        return ()
    choice = word_choice(guides, Word.RESUME)
    return (Choice(choice.id, f"{choice.label} {guide.button}", words=choice.words),)


def _menu(now: Conversation, guides: Guides) -> Message:
    offered = tuple(
        Choice(guide.id, guide.button, words=(guide.title,)) for guide in guides.current.values()
    )
    return Message(guides.phrases[Phrase.MENU], _resume(now, guides) + offered)


def here(now: Conversation, guides: Guides) -> tuple[Run, Guide]:
    """The run and guide of a state that has one; `advance` sees to it that it does."""
    run = now.run
    guide = guides.pinned(run) if run else None
    if run is None or guide is None:
        raise LookupError(now.waiting_for)
    return run, guide


def here_step(now: Conversation, guides: Guides) -> tuple[Run, Guide, GuideStep]:
    run, guide = here(now, guides)
    if (step := guide.step(run.at)) is None:
        raise LookupError(run.at)
    return run, guide, step


def here_question(now: Conversation, guides: Guides) -> tuple[Run, Guide, Question]:
    run, guide = here(now, guides)
    if (question := guide.question(run.at)) is None:
        raise LookupError(run.at)
    return run, guide, question


def intro_text(guide: Guide, guides: Guides) -> str:
    """With whom it is for, how long it takes and what to have at hand."""
    if not guide.minutes:
        return guide.intro
    return guides.phrases[Phrase.INTRO].format(
        text=guide.intro,
        audience=guide.audience,
        minutes=guide.minutes,
        needs=", ".join(guide.needs),
    )


def _intro(now: Conversation, guides: Guides) -> Message:
    _, guide = here(now, guides)
    first = guides.phrases[Phrase.FIRST]
    before = tuple(
        Choice(one.id, first.format(guide=one.button), words=(one.title,))
        for one in map(guides.current.get, guide.requires)
        if one
    )
    return Message(
        intro_text(guide, guides),
        _choices(guides, Word.START) + before + _choices(guides, Word.LATER),
    )


def step_choices(step: GuideStep, guides: Guides) -> tuple[Choice, ...]:
    """The three fixed buttons; a step's own choices stand in for "done". A recording that
    has to make way for a picture is asked for by a fourth."""
    listen = (Word.LISTEN,) if step.voice and step.picture else ()
    if not step.choices:
        return _choices(guides, Word.DONE, Word.STUCK, Word.PERSON, *listen)
    stuck = (Word.STUCK,) if step.troubles else ()
    return step.choices + _choices(guides, *stuck, Word.PERSON, *listen)


def _step(now: Conversation, guides: Guides) -> Message:
    run, guide, step = here_step(now, guides)
    trouble = next((one for one in step.troubles if one.id == run.trouble), None)
    if trouble:
        return Message(trouble.answer, step_choices(step, guides))
    number = len(run.trail) + 1
    counted = guides.phrases[Phrase.STEP].format(
        number=number, total=number + guide.ahead(step.id), text=step.text
    )
    choices = step_choices(step, guides)
    return Message(counted, choices, picture=step.picture, voice=step.voice)


def _trouble(now: Conversation, guides: Guides) -> Message:
    _, _, step = here_step(now, guides)
    offered = tuple(Choice(trouble.id, trouble.label) for trouble in step.troubles)
    return Message(guides.phrases[Phrase.STUCK], offered + _choices(guides, Word.OTHER))


def _question(now: Conversation, guides: Guides) -> Message:
    _, guide, question = here_question(now, guides)
    text = guides.phrases[Phrase.QUESTION].format(
        number=guide.questions.index(question) + 1, total=len(guide.questions), text=question.text
    )
    return Message(text, question.answers)


def _offer(now: Conversation, guides: Guides) -> Message:
    """The matters a text may have been about."""
    offered = tuple(
        Choice(guide.id, guide.button, words=(guide.title,))
        if (guide := guides.current.get(one))
        else word_choice(guides, Word(one))
        for one in now.offered
    )
    back = _choices(guides, Word.RESUME) if now.run else ()
    asked = tuple(one for one in _choices(guides, Word.PERSON) if one.id not in now.offered)
    return Message(guides.phrases[Phrase.UNSURE], offered + asked + back)


_PROMPTS: dict[Waiting, Callable[[Conversation, Guides], Message]] = {
    Waiting.NOTHING: _phrase(Phrase.WELCOME),
    Waiting.CONSENT: _phrase(Phrase.CONSENT, Word.AGREE, Word.REFUSE),
    Waiting.NEWS: _phrase(Phrase.CONSENT_NEWS, Word.AGREE, Word.REFUSE),
    Waiting.DECLINED: _phrase(Phrase.DECLINED, Word.START, Word.PERSON),
    Waiting.MENU: _menu,
    Waiting.INTRO: _intro,
    Waiting.STEP: _step,
    Waiting.TROUBLE: _trouble,
    Waiting.QUESTION: _question,
    Waiting.OFFER: _offer,
    Waiting.STOPPED: _phrase(Phrase.STILL_STOPPED, Word.START, Word.PERSON),
}


def prompt(now: Conversation, guides: Guides) -> Message:
    """Raises LookupError when the state points at a place its guide does not have."""
    return _PROMPTS[now.waiting_for](now, guides)
