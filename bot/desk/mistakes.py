"""What was recorded at a door by mistake, taken back: by a button under the answer, or typed."""

from collections.abc import Sequence

from bot.core.guide import Choice
from bot.core.rights import Refusal
from bot.desk import rounds
from bot.desk.ask import Ask, Reply, button
from bot.desk.people import labels
from bot.services import taken_back
from bot.services.access import Refused
from bot.services.taken_back import Mistake
from bot.services.visits import TAUGHT
from storage import persons

_LONGEST_NUMBER = 18


def undo(ask: Ask, code: str, number: int) -> Choice:
    return button(_order(code, number), ask.say("mistake_button"))


def take_back(ask: Ask, code: str, left: Sequence[str]) -> Reply:
    """At once when its number is told, as a button does; else it is shown first."""
    number = next((int(one) for one in left if one.isdecimal() and len(one) <= _LONGEST_NUMBER), 0)
    try:
        if not number:
            return _sure(ask, taken_back.last(ask.connection, ask.actor, code))
        calendar = ask.words.calendar
        gone = taken_back.take_back(ask.connection, ask.actor, ask.now, code, number, calendar)
    except Refused as refused:
        if refused.reason is not Refusal.ROLE:
            raise
        return Reply(ask.say("mistake_others", code=code))
    return Reply(ask.say("mistake_gone", **_values(ask, gone)))


def _sure(ask: Ask, one: Mistake) -> Reply:
    drop = button(_order(one.household, one.number), ask.say("mistake_drop"))
    cancel = button("bo lenh", ask.say("send_cancel"))
    known = persons.get(ask.connection, [one.member])
    by = known[one.member].name if one.member in known else ask.say("family.office")
    return Reply(ask.say("mistake_sure", **_values(ask, one), by=by), [drop, cancel])


def _order(code: str, number: int) -> str:
    return f"{code} ghi nham {number}"


def _values(ask: Ask, one: Mistake) -> dict[str, str]:
    found = persons.get(ask.connection, one.persons).values()
    names = rounds.names(list(found)) or ask.say("visit_whole")
    kind = "plain" if one.outcome in TAUGHT and not one.guides else one.outcome.value
    guides = labels(ask, one.guides)
    what = ask.say(f"mistake_what.{kind}", names=names, guides=guides)
    return {"code": one.household, "what": what, "day": ask.words.day(one.at)}
