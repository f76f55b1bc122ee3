"""The visit list in words: for the chat, and as a sheet for paper."""

from collections.abc import Sequence

from bot.desk.people import Speech, label, state, study
from bot.paper.rounds import Door, Sheet, Task
from bot.services.doors import Round, Stop
from storage.doors import LeftOut
from storage.persons import Someone

_REASONS = ("asks_help", "stuck", "planned", "unreached", "old_alone")


def names(people: Sequence[Someone]) -> str:
    return ", ".join(one.name for one in people)


def why(speech: Speech, one: Stop, *, going: bool = True) -> str:
    """Why this door, the most urgent first, and what is going on there."""
    known = speech.words.section("door_why")
    said = [known[reason] for reason in _REASONS if getattr(one.door, reason)]
    live = [
        study(speech, [run for run in one.live if run.person == who.id], {}) for who in one.people
    ]
    days = one.door.days
    since = speech.say("door_never") if days < 0 else speech.say("door_days", days=days)
    return "; ".join([*said, *filter(None, live if going else ()), since])


def line(speech: Speech, number: int, one: Stop) -> str:
    return speech.say(
        "week_stop",
        number=number,
        code=one.door.household,
        label=one.door.label,
        people=names(one.people) or speech.say("nobody"),
        why=why(speech, one),
    )


def left_out(speech: Speech, left: LeftOut) -> str:
    """Empty when everybody is on it."""
    counted = (("visited", left.visited), ("muted", left.muted), ("moved", left.moved))
    parts = [
        speech.say(f"week_left_parts.{name}", number=number) for name, number in counted if number
    ]
    return speech.say("week_left", left=", ".join(parts)) if parts else ""


def on_paper(speech: Speech, found: Round, team: str, day: str) -> Sheet:
    """`team` is its name, `day` the Monday as people write it."""
    more = speech.say("sheet.more") if found.more else ""
    return Sheet(
        speech.say("sheet.title", day=day),
        speech.say("sheet.how"),
        speech.say("week_none"),
        " ".join(filter(None, [more, left_out(speech, found.left)])),
        speech.say("sheet.footer", team=team),
        [_door(speech, one) for one in found.stops],
    )


def _door(speech: Speech, one: Stop) -> Door:
    people = {who.id: who.name for who in one.people}
    several = len(people) > 1
    tasks = [
        Task(
            speech.say(
                "sheet.task",
                name=people[run.person],
                guide=label(speech, run.guide),
                state=state(speech, run),
            ),
            _typed(one.door.household, people[run.person] if several else "", run.guide),
        )
        for run in one.live
    ]
    return Door(
        one.door.household,
        one.door.label,
        names(one.people) or speech.say("nobody"),
        why(speech, one, going=False),
        tasks,
    )


def _typed(household: str, name: str, guide: str) -> str:
    """What the desk understands; zeros in front need not be typed."""
    code = household[0] + household[1:].lstrip("0") if household[1:].isdecimal() else household
    return " ".join(filter(None, [code, name, guide, "xong"])).upper()
