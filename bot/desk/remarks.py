"""Lines of the week's report, typed by members: what scams go round, what is difficult, what they
propose."""

from bot.core.rights import EVERYWHERE, Operation
from bot.core.weeks import day_of, of_day
from bot.desk.ask import Ask, Handler, Reply, button
from bot.desk.grammar import household, taken, tokens
from bot.services import access, remarks
from storage import areas


def adding(kind: str) -> Handler:
    def add(ask: Ask) -> Reply:
        text = _text(ask)
        if not text:
            return Reply(ask.say(f"remark.{kind}_how"))
        zone, area = ask.words.calendar.zone, _area(ask)
        week = of_day(day_of(ask.now, zone))
        remarks.add(ask.connection, ask.actor, ask.now, zone, area, week, kind, text)
        found = areas.places(ask.connection, [area])
        place = found[area].name if area in found else ask.say("remark.everywhere")
        said = ask.say("remark.done", kind=ask.say(f"remark.{kind}"), place=place, text=text)
        return Reply(said, [button("bo ghi", ask.say("remark.back"))])

    return add


def take_back(ask: Ask) -> Reply:
    gone = remarks.take_back(ask.connection, ask.actor, ask.now)
    return Reply(ask.say("remark.gone", text=gone.text))


def _area(ask: Ask) -> str:
    """The household's that is named, else the first place the member serves."""
    for code in ask.order.codes:
        found = access.household(ask.connection, ask.actor, Operation.ADD_REMARK, code)
        return found.area
    return min(access.scopes(ask.actor, Operation.ADD_REMARK), default=EVERYWHERE)


def _text(ask: Ask) -> str:
    """As it was written, accents and all, without the order and the household's code."""
    left = ask.draft.split()
    verb = taken(tokens(ask.draft), ask.words.verbs)
    length = len(tokens(ask.draft)) - len(verb.rest) if verb else 0
    while left and length > 0:
        length -= len(tokens(left.pop(0)))
    kept = [one for one in left if household(tokens(one)) is None]
    return " ".join(kept).strip(" :-")
