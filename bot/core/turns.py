"""How each answer moves the conversation: small functions from Turn to Turn.

What a word means is listen.py's, how a question reads is prompts.py's.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from bot.core.effects import CallTeam, Outcome, Purpose, RecordConsent
from bot.core.guide import Guide, Phrase, Word
from bot.core.prompts import here, here_question, here_step, prompt, step_choices
from bot.core.state import Run, Waiting
from bot.core.turn import Turn


def on_known_ground(turn: Turn) -> Turn:
    """Moves a run whose version or step is gone to the newest version of its guide."""
    kept = tuple(run for run in turn.now.paused if turn.guides.pinned(run))
    turn = replace(turn, now=replace(turn.now, paused=kept))
    try:
        prompt(turn.now, turn.guides)
    except LookupError:
        return _moved(turn)
    return turn


def _moved(turn: Turn) -> Turn:
    run = turn.now.run
    guide = turn.guides.find(run.guide) if run else None
    if run is None or guide is None:
        return turn.to(Waiting.MENU, None)
    done = set(run.trail)
    step = next((step for step in guide.steps if step.id not in done), guide.steps[-1])
    return turn.lead(Phrase.UPDATED).to(
        Waiting.STEP, Run(guide.id, guide.revision, step.id, trail=run.trail)
    )


def greeted(turn: Turn) -> Turn:
    """A chat nobody has spoken in yet is greeted and asked for consent first."""
    if turn.now.waiting_for is not Waiting.NOTHING:
        return turn
    return turn.lead(Phrase.WELCOME).to(Waiting.CONSENT, None)


def speak(turn: Turn, manner: str) -> Turn:
    """From now on with the words the resident asked for."""
    turn = replace(turn, now=replace(turn.now, manner=manner))
    return greeted(turn.lead(Phrase.MANNER))


def stop(turn: Turn) -> Turn:
    """DỪNG: at once, from anywhere, for every purpose, whatever is known here: the person may
    have agreed in another chat or on paper, or may not have been asked yet."""
    for purpose in Purpose:
        turn = consent(turn, purpose, granted=False)
    turn = pause(turn)
    if turn.now.waiting_for is not Waiting.STOPPED:
        turn = turn.lead(Phrase.STOPPED)
    return turn.to(Waiting.STOPPED, None)


def pause(turn: Turn) -> Turn:
    run = turn.now.run
    if run is None:
        return turn
    others = tuple(one for one in turn.now.paused if one.guide != run.guide)
    kept = replace(run, trouble="", stuck=0)
    return replace(turn, now=replace(turn.now, run=None, paused=(*others, kept)))


def consent(turn: Turn, purpose: Purpose, *, granted: bool) -> Turn:
    phrase = Phrase.CONSENT if purpose is Purpose.GUIDES else Phrase.CONSENT_NEWS
    version = sha256(turn.guides.phrases[phrase].encode()).hexdigest()[:12]
    others = tuple(one for one in turn.now.consents if one != purpose)
    consents = (*others, purpose.value) if granted else others
    turn = replace(turn, now=replace(turn.now, consents=consents))
    return turn.record(RecordConsent(purpose, granted, version))


def start(turn: Turn, guide: str) -> Turn:
    """A link, a member or the menu asks for a guide."""
    turn = replace(turn, now=replace(turn.now, wanted=guide))
    if turn.now.waiting_for is Waiting.NOTHING:
        return greeted(turn)
    if Purpose.GUIDES not in turn.now.consents:
        return turn.to(Waiting.CONSENT, None)
    return turn if turn.now.waiting_for is Waiting.NEWS else _open_wanted(turn)


def _open_wanted(turn: Turn) -> Turn:
    guide = turn.guides.find(turn.now.wanted)
    turn = replace(turn, now=replace(turn.now, wanted=""))
    run = turn.now.run
    if run and (guide is None or run.guide == guide.id):
        pinned = turn.guides.versions[run.guide, run.revision]
        return turn.lead(Phrase.HERE_AGAIN, guide=pinned.button)
    if guide is None:
        return turn.to(Waiting.MENU, None)
    return _open(pause(turn), guide)


def _open(turn: Turn, guide: Guide) -> Turn:
    if any(run.guide == guide.id for run in turn.now.paused):
        return _resume(turn, guide.id)
    if guide.id in turn.guides.expired:
        turn = turn.lead(Phrase.EXPIRED)
    return turn.to(Waiting.INTRO, Run(guide.id, guide.revision))


def _resume(turn: Turn, guide_id: str = "") -> Turn:
    """Takes up the named paused run, or the latest."""
    runs = [run for run in turn.now.paused if guide_id in ("", run.guide)]
    if turn.now.run or not runs:
        return turn if turn.now.run else turn.lead(Phrase.NOTHING_TO_RESUME)
    run = runs[-1]
    others = tuple(one for one in turn.now.paused if one is not run)
    guide = turn.guides.versions[run.guide, run.revision]
    turn = replace(turn, now=replace(turn.now, paused=others))
    return turn.lead(Phrase.RESUMED, guide=guide.button).to(place(guide, run.at), run)


def place(guide: Guide, item: str) -> Waiting:
    if not item:
        return Waiting.INTRO
    return Waiting.STEP if guide.step(item) else Waiting.QUESTION


def take(turn: Turn, choice: str) -> Turn:
    """An understood answer, or "" for one that was not."""
    answer = _ANSWERS[turn.now.waiting_for](turn, choice)
    if answer is None and choice in _ANYWHERE:
        answer = _ANYWHERE[Word(choice)](turn)
    if answer is None:
        return turn.lead(Phrase.NOT_UNDERSTOOD)
    return replace(answer, answered=choice)


def _at_consent(turn: Turn, choice: str) -> Turn | None:
    if choice == Word.AGREE:
        return consent(turn, Purpose.GUIDES, granted=True).to(Waiting.NEWS, None)
    if choice == Word.REFUSE:
        return consent(turn, Purpose.GUIDES, granted=False).to(Waiting.DECLINED, None)
    return None if choice == Word.PERSON else turn.lead(Phrase.NOT_UNDERSTOOD)


def _at_news(turn: Turn, choice: str) -> Turn | None:
    if choice not in (Word.AGREE, Word.REFUSE):
        return None if choice == Word.PERSON else turn.lead(Phrase.NOT_UNDERSTOOD)
    turn = consent(turn, Purpose.NEWS, granted=choice == Word.AGREE)
    return _open_wanted(turn.to(Waiting.MENU, None))


def _at_closed(turn: Turn, choice: str) -> Turn | None:
    """Declined or stopped: only beginning again and asking for a person have an effect."""
    if choice == Word.START:
        return turn.to(Waiting.CONSENT, None)
    return None if choice == Word.PERSON else turn


def _at_menu(turn: Turn, choice: str) -> Turn | None:
    guide = turn.guides.current.get(choice)
    return _open(turn, guide) if guide else None


def _at_intro(turn: Turn, choice: str) -> Turn | None:
    run, guide = here(turn.now, turn.guides)
    if choice in guide.requires and (before := turn.guides.current.get(choice)):
        return _open(pause(turn), before)
    if choice not in (Word.START, Word.DONE, Word.RESUME):
        return None
    return _go(turn.progress(run, "", Outcome.STARTED), replace(run, at=""), guide.steps[0].id)


def _go(turn: Turn, run: Run, item: str) -> Turn:
    """To a step or question; an empty item means the guide is finished."""
    guide = turn.guides.versions[run.guide, run.revision]
    if not item:
        turn = turn.progress(run, "", Outcome.FINISHED).say_first(guide.closing)
        return turn.to(Waiting.MENU, None)
    trail = (*run.trail, run.at) if run.at else run.trail
    return turn.to(place(guide, item), Run(run.guide, run.revision, item, trail))


def _at_step(turn: Turn, choice: str) -> Turn | None:
    run, guide, step = here_step(turn.now, turn.guides)
    if choice == Word.STUCK:
        return _stuck(turn)
    taken = next((one for one in step_choices(step, turn.guides) if one.id == choice), None)
    if taken is None or choice in (Word.PERSON, Word.LISTEN):
        return None
    return _go(
        turn.progress(run, step.id, Outcome.DONE), run, taken.go or step.go or guide.after(step.id)
    )


def _stuck(turn: Turn) -> Turn:
    """First the usual troubles of this step; the second time a person."""
    run, _, step = here_step(turn.now, turn.guides)
    turn = turn.progress(run, step.id, Outcome.STUCK)
    again = replace(run, stuck=run.stuck + 1, trouble="")
    if run.stuck:
        called = turn.record(CallTeam(run.guide, step.id)).lead(Phrase.TEAM_STUCK)
        return called.to(Waiting.STEP, replace(again, stuck=0))
    if step.troubles:
        return turn.to(Waiting.TROUBLE, again)
    return turn.lead(Phrase.STUCK_NO_LIST).to(Waiting.STEP, again)


def _at_trouble(turn: Turn, choice: str) -> Turn | None:
    run, _, step = here_step(turn.now, turn.guides)
    if choice == Word.OTHER:
        return person(turn)
    if any(trouble.id == choice for trouble in step.troubles):
        turn = turn.progress(run, choice, Outcome.TROUBLE)
        return turn.to(Waiting.STEP, replace(run, trouble=choice))
    return _at_step(turn, choice)


def _at_question(turn: Turn, choice: str) -> Turn | None:
    run, guide, question = here_question(turn.now, turn.guides)
    if choice == Word.STUCK:
        return turn.lead(Phrase.HINT, explanation=question.explanation)
    if not any(answer.id == choice for answer in question.answers):
        return None
    if choice != question.right:
        turn = turn.progress(run, question.id, Outcome.WRONG)
        return turn.lead(Phrase.WRONG, explanation=question.explanation)
    turn = turn.progress(run, question.id, Outcome.RIGHT)
    turn = turn.lead(Phrase.RIGHT, explanation=question.explanation)
    return _go(turn, run, guide.after(question.id))


def _back(turn: Turn) -> Turn:
    run = turn.now.run
    if run is None or not run.at:
        return _menu(turn)
    if turn.now.waiting_for is Waiting.TROUBLE or run.trouble:
        return turn.to(Waiting.STEP, replace(run, trouble=""))
    if not run.trail:
        return turn.lead(Phrase.AT_FIRST)
    guide = turn.guides.versions[run.guide, run.revision]
    earlier = Run(run.guide, run.revision, run.trail[-1], run.trail[:-1])
    return turn.to(place(guide, earlier.at), earlier)


def _menu(turn: Turn) -> Turn:
    return pause(turn).to(Waiting.MENU, None)


def _later(turn: Turn) -> Turn:
    return _menu(turn.lead(Phrase.PAUSED)) if turn.now.run else turn


def person(turn: Turn) -> Turn:
    run = turn.now.run
    call = CallTeam(run.guide, run.at) if run else CallTeam("", "")
    if turn.now.waiting_for is Waiting.TROUBLE:
        turn = turn.to(Waiting.STEP, run)
    return turn.record(call).lead(Phrase.TEAM_CALLED)


def _listen(turn: Turn) -> Turn:
    """The same again, as a recording."""
    if not prompt(turn.now, turn.guides).voice:
        return turn.lead(Phrase.NO_VOICE)
    return replace(turn, aloud=True)


def _again(turn: Turn) -> Turn:
    return turn


_ANSWERS: dict[Waiting, Callable[[Turn, str], Turn | None]] = {
    Waiting.NOTHING: lambda turn, _: greeted(turn),
    Waiting.CONSENT: _at_consent,
    Waiting.NEWS: _at_news,
    Waiting.DECLINED: _at_closed,
    Waiting.MENU: _at_menu,
    Waiting.INTRO: _at_intro,
    Waiting.STEP: _at_step,
    Waiting.TROUBLE: _at_trouble,
    Waiting.QUESTION: _at_question,
    Waiting.STOPPED: _at_closed,
}

_ANYWHERE: dict[Word, Callable[[Turn], Turn]] = {
    Word.PERSON: person,
    Word.BACK: _back,
    Word.MENU: _menu,
    Word.LATER: _later,
    Word.RESUME: _resume,
    Word.REPEAT: _again,
    Word.START: _again,
    Word.MANNER: lambda turn: turn.lead(Phrase.MANNERS),
    Word.LISTEN: _listen,
}
