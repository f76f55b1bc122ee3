"""What a free text leads to: first what cannot wait, then what it is about.

How sure a guess has to be is decided here; what was learnt and listed comes with `Guides`.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import turns
from bot.core.effects import CallTeam, Danger, Outcome, Purpose, RecordWarning
from bot.core.events import TextReceived
from bot.core.guide import Guide, Phrase, Word
from bot.core.hosts import official_name
from bot.core.intents import Guess
from bot.core.listen import hear_consent, hear_inside, hear_own, intent
from bot.core.prompts import here, here_step, prompt
from bot.core.scam import Check, Verdict, check, loss
from bot.core.state import Run, Waiting
from bot.core.text import words
from bot.core.troubles import Match, likeliest, named
from bot.core.turn import LONGEST_MESSAGE, Turn

CLEAR = 0.55  # share from which a guess is followed; see docs/develop/understanding.md
_SURE = 0.75  # to leave a guide for another one, or to stop
_LIKELY = 0.4
_LONG = 12  # words from which a text may be somebody else's message
_CHAT = "khac"
_WORDS = frozenset(Word)
# No guide is open in these, and no consent given: only what was asked is answered.
_CLOSED = frozenset(
    {Waiting.NOTHING, Waiting.CONSENT, Waiting.NEWS, Waiting.DECLINED, Waiting.STOPPED}
)
_INSIDE = frozenset({Waiting.STEP, Waiting.TROUBLE, Waiting.QUESTION})


def free(turn: Turn, said: TextReceived) -> Turn:
    """A text that is not one of the answers asked for."""
    guessed = intent(said.text, turn.guides)
    if not said.forwarded and _cheated(turn, said.text, guessed):
        return first_aid(turn)
    if not said.forwarded and (own := _own_answer(turn, said.text)):
        return turns.take(turn, own)
    found = check(said.text, turn.guides.scams)
    if said.forwarded or _is_to_judge(found, said.text, guessed):
        return turns.greeted(_judged(turn, found, said.text))
    if turn.now.waiting_for in _CLOSED:
        return _before_consent(turn, said.text, guessed)
    return _about(turn, said.text, guessed)


def beside_a_secret(turn: Turn, said: TextReceived) -> Turn:
    """The rest of a text of which something had to be masked."""
    guessed, found = intent(said.text, turn.guides), check(said.text, turn.guides.scams)
    if not said.forwarded and _cheated(turn, said.text, guessed):
        return first_aid(turn)
    if said.forwarded or (len(words(said.text)) > 1 and _is_to_judge(found, said.text, guessed)):
        turn = _judged(turn, found, said.text)
    return turns.greeted(turn)


def tells_of_a_loss(turn: Turn, said: TextReceived) -> bool:
    return not said.forwarded and _cheated(turn, said.text, intent(said.text, turn.guides))


def wished(turn: Turn, choice: str) -> Turn:
    """What somebody who was never greeted asks for by a word of ours."""
    return _ANSWERED[choice](turn) if choice in (Word.PERSON, Word.FORGET, Word.CHECK) else turn


def _cheated(turn: Turn, text: str, guessed: Guess) -> bool:
    scams = turn.guides.scams
    sign = loss(text, scams)
    if sign is not scams.loss.likely:
        return sign is not None
    elsewhere = guessed.label not in (scams.loss.guide, Word.CHECK)
    return not (elsewhere and guessed.share >= CLEAR)


def first_aid(turn: Turn) -> Turn:
    """Seven things to do at once, and a person alerted, before anything else."""
    told = turn.guides.scams.loss
    turn = turn.lead(Phrase.LOSS).lead(Phrase.LOSS_FIRST).lead(Phrase.LOSS_THEN)
    turn = turn.record(RecordWarning(Danger.LOSS)).record(CallTeam(told.guide, told.step))
    guide, run = turn.guides.current.get(told.guide), turn.now.run
    if guide is None or guide.step(told.step) is None:
        return turns.greeted(turn)
    if Purpose.GUIDES not in turn.now.consents:
        return turns.greeted(replace(turn, now=replace(turn.now, wanted=guide.id)))
    if run and run.guide == guide.id and told.step in (run.at, *run.trail):
        return turn
    turn = turns.pause(turn).progress(Run(guide.id, guide.revision), "", Outcome.STARTED)
    return turn.to(Waiting.STEP, Run(guide.id, guide.revision, told.step))


def _is_to_judge(found: Check, text: str, guessed: Guess) -> bool:
    """Somebody else's message, or a question about one."""
    if guessed.label == Word.CHECK and guessed.share >= _LIKELY:
        return True
    if found.verdict is Verdict.SCAM:
        return bool(found.links) or len(words(text)) >= _LONG
    return bool(found.links) and guessed.share < CLEAR


def _judged(turn: Turn, found: Check, text: str) -> Turn:
    """What was found, in one line each, and what to do. Nothing is ever called safe."""
    if found.verdict is Verdict.SCAM:
        return _warned(turn, found).lead(Phrase.SCAM_THEN)
    if found.verdict is Verdict.OFFICIAL:
        host = found.official[0].host
        name = official_name(host, turn.guides.scams.hosts)
        return turn.lead(Phrase.OFFICIAL, host=host, name=name)
    short = not found.links and len(words(text)) < _LONG
    return turn.lead(Phrase.SCAM_ASK if short else Phrase.SCAM_UNKNOWN)


def _warned(turn: Turn, found: Check) -> Turn:
    """The weightiest signs, as many as one message takes."""
    text = turn.guides.phrases[Phrase.SCAM]
    for sign in sorted(found.signs, key=lambda sign: -sign.weight):
        longer = f"{text}\n• {sign.says}"
        if len(longer) > LONGEST_MESSAGE:
            break
        text = longer
    return turn.say_first(text).record(RecordWarning(Danger.SCAM))


def _before_consent(turn: Turn, text: str, guessed: Guess) -> Turn:
    """A guide is remembered until it may be opened; other wishes are honoured at once."""
    if inside := hear_consent(text, prompt(turn.now, turn.guides).choices, turn.guides):
        return take(turn, inside)
    guide = _guide_meant(turn, text, guessed)
    if guide and guessed.share >= _LIKELY:
        return turns.start(turns.greeted(turn).lead(Phrase.WANTED, guide=guide.button), guide.id)
    if _is_clear(guessed) and guessed.label in _UNASKED:
        return turns.greeted(_ANSWERED[guessed.label](turn))
    return turns.take(turn, "")


def _own_answer(turn: Turn, text: str) -> str:
    """A choice that only this place of a guide offers."""
    if turn.now.waiting_for not in _INSIDE:
        return ""
    offered = prompt(turn.now, turn.guides).choices
    return hear_own(text, [one for one in offered if one.id not in _WORDS])


def _is_clear(guessed: Guess) -> bool:
    return guessed.share >= (_SURE if guessed.label == Word.STOP else CLEAR)


def _about(turn: Turn, text: str, guessed: Guess) -> Turn:
    """Inside a guide its troubles come first, then other matters."""
    waiting = turn.now.waiting_for
    if waiting in (Waiting.STEP, Waiting.TROUBLE) and (match := _trouble_here(turn, text, guessed)):
        return _told_here(turn, match)
    if _is_clear(guessed) or _called(turn, text, guessed):
        return _clearly(turn, text, guessed)
    if inside := hear_inside(text, prompt(turn.now, turn.guides).choices, turn.guides):
        return _chosen(turn, inside)
    return turns.take(turn, "") if waiting is Waiting.QUESTION else _offer(turn, text, guessed)


def _trouble_here(turn: Turn, text: str, guessed: Guess) -> Match | None:
    """Of this step before any other step of the guide."""
    run, guide, step = here_step(turn.now, turn.guides)
    if guessed.share >= CLEAR and guessed.label not in (run.guide, Word.STUCK):
        return None
    everywhere = [one.id for one in guide.steps]
    return likeliest(text, guide, [step.id], turn.guides) or likeliest(
        text, guide, everywhere, turn.guides
    )


def _told_here(turn: Turn, match: Match) -> Turn:
    run, _, step = here_step(turn.now, turn.guides)
    turn = turn.progress(run, match.trouble.id, Outcome.TROUBLE)
    if match.step == step.id:
        return turn.to(Waiting.STEP, replace(run, trouble=match.trouble.id))
    return turn.say_first(match.trouble.answer).to(Waiting.STEP, replace(run, trouble=""))


def _clearly(turn: Turn, text: str, guessed: Guess) -> Turn:
    guide, run = _guide_meant(turn, text, guessed), turn.now.run
    if guide is None:
        return _chosen(turn, guessed.label)
    if turn.now.waiting_for is Waiting.QUESTION:
        return turns.take(turn, "")
    if run and run.guide == guide.id and run.at:
        return turns.take(turn, Word.STUCK)
    if run and run.at and guessed.share < _SURE:
        return _offer(turn, text, guessed)
    return _opened(turn, guide, text)


def _opened(turn: Turn, guide: Guide, text: str) -> Turn:
    """A guide, and the answer to what troubles its reader already."""
    match = likeliest(text, guide, [one.id for one in guide.steps], turn.guides)
    turn = turn.say_first(match.trouble.answer) if match else turn
    if turn.now.run and turn.now.run.at:
        turn = turn.lead(Phrase.PAUSED)
    return turns.start(turn, guide.id)


def _guide_meant(turn: Turn, text: str, guessed: Guess) -> Guide | None:
    """A guide called by its name goes before the one of its label."""
    return _called(turn, text, guessed) or turn.guides.current.get(guessed.label)


def _called(turn: Turn, text: str, guessed: Guess) -> Guide | None:
    wish = guessed.label in _ANSWERED and guessed.label not in (_CHAT, Word.STUCK)
    return None if wish else named(text, turn.guides)


def _offer(turn: Turn, text: str, guessed: Guess) -> Turn:
    """The two likeliest matters and a person, and the way back into the guide."""
    meant = _guide_meant(turn, text, guessed)
    found = (meant.id if meant else guessed.label, guessed.next_label)
    known = {*turn.guides.current, *_WORDS}
    labels = tuple(dict.fromkeys(one if one in known else Word.MENU for one in found))
    turn = replace(turn, now=replace(turn.now, offered=labels))
    return turn.to(Waiting.OFFER, turn.now.run)


def take(turn: Turn, choice: str) -> Turn:
    """An understood answer, or "" for one that was not."""
    if turn.now.waiting_for is Waiting.OFFER:
        return _chosen(turn, choice)
    if choice in (Word.CHECK, Word.FORGET, Word.STUCK):
        return replace(_ANSWERED[choice](turn), answered=choice)
    return turns.take(turn, choice)


def _chosen(turn: Turn, choice: str) -> Turn:
    """One of the matters a text may have been about, or any word."""
    turn = _returned(turn)
    if choice in turn.guides.current:
        return replace(turns.start(turn, choice), answered=choice)
    answer = _ANSWERED.get(choice)
    return replace(answer(turn), answered=choice) if answer else turns.take(turn, choice)


def _returned(turn: Turn) -> Turn:
    """From an offer back to where it was made."""
    if turn.now.waiting_for is not Waiting.OFFER:
        return turn
    run = turn.now.run
    guide = turn.guides.pinned(run) if run else None
    turn = replace(turn, now=replace(turn.now, offered=()))
    return turn.to(turns.place(guide, run.at) if run and guide else Waiting.MENU, run)


def _judge_asked(turn: Turn) -> Turn:
    return turn.lead(Phrase.SCAM_ASK)


def _forget(turn: Turn) -> Turn:
    return turn.record(CallTeam("", Word.FORGET)).lead(Phrase.FORGET)


def _stuck(turn: Turn) -> Turn:
    if turn.now.waiting_for in (Waiting.STEP, Waiting.TROUBLE, Waiting.QUESTION):
        return turns.take(turn, Word.STUCK)
    if run := turn.now.run:
        _, guide = here(turn.now, turn.guides)
        return turn.lead(Phrase.HERE_AGAIN, guide=guide.button).to(Waiting.INTRO, run)
    return turn.lead(Phrase.STUCK_WHERE)


# What is honoured before any consent.
_UNASKED = frozenset({Word.FORGET, Word.PERSON, Word.STOP})
_ANSWERED: dict[str, Callable[[Turn], Turn]] = {
    Word.CHECK: _judge_asked,
    Word.FORGET: _forget,
    Word.PERSON: turns.person,
    Word.STOP: turns.stop,
    Word.STUCK: _stuck,
    _CHAT: lambda turn: turn.lead(Phrase.SMALL_TALK),
}
