"""Giving guides: which, to whom, how; what would happen is shown before anything does."""

from collections.abc import Sequence

from bot.core.guide import Choice
from bot.core.rights import Operation
from bot.desk.ask import Ask, Reply, button, more
from bot.desk.grammar import guessed, picked
from bot.desk.homes import chooser
from bot.desk.people import label, labels, named, step
from bot.services import access, households, sequences
from bot.services.sequences import Left, Plan, Way, Why, Wish
from storage import areas

_MOST_PEOPLE_BUTTONS = 2


def send(ask: Ask) -> Reply | None:
    """`/gui H012 vneid an-toan`, whole or piece by piece."""
    guides, ways, go, left = _parts(ask)
    if not ask.order.codes:
        return _whom(ask, guides, left)
    people = [
        one
        for code in ask.order.codes
        for one in households.see(ask.connection, ask.actor, code).people
    ]
    persons, left = named(ask, people, left)
    near, left = guessed(left, ask.words.guides(ask.guides.current))
    if left:
        return Reply(ask.say("send_unknown", words=" ".join(left)))
    if not (guides := (*guides, *(one for one in near if one not in guides))):
        return _what(ask)
    wish = Wish(guides, ways[-1] if ways else Way.CHAT, ask.order.codes, persons=persons)
    return _go(ask, wish) if go else _preview(ask, wish)


def _parts(ask: Ask) -> tuple[tuple[str, ...], list[Way], bool, tuple[str, ...]]:
    """Guides, ways, whether to go ahead, and what is left."""
    go, left = picked(ask.order.rest, ask.words.now)
    ways, left = picked(left, ask.words.ways)
    guides, left = picked(left, ask.words.guides(ask.guides.current))
    return guides, list(map(Way, ways)), bool(go), left


def _whom(ask: Ask, guides: Sequence[str], left: Sequence[str]) -> Reply | None:
    """By a name instead of a code: whoever it could be. Talk about something else is not ours."""
    if not left:
        return Reply(ask.say("send_whom"))
    found = chooser(ask, " ".join(left), " ".join(("gui", "{code}", *guides)))
    return found or (Reply(ask.say("send_whom")) if guides else None)


def _what(ask: Ask) -> Reply:
    codes = ", ".join(ask.order.codes)
    choices = [more(guide.id, guide.button) for guide in ask.guides.current.values()]
    return Reply(ask.say("send_what", codes=codes), choices, ask.draft)


def _preview(ask: Ask, wish: Wish) -> Reply:
    plan = sequences.plan(ask.connection, ask.actor, ask.now, wish, ask.guides.current)
    codes, way = ", ".join(wish.households), ask.say(f"ways_said.{wish.way}")
    left = "\n".join(_left(ask, one) for one in plan.left)
    if not plan.given:
        said = ask.say("send_nobody", codes=codes, way=way, left=left)
        return Reply(said, _other_ways(ask, plan), ask.draft)
    given = "\n".join(
        ask.say("send_line", name=who.name, guides=labels(ask, guides))
        for who, guides in plan.given
    )
    said = ask.say("send_plan", codes=codes, way=way, given=given)
    if left:
        said += "\n" + ask.say("send_left", left=left)
    go = more("ngay", ask.say("send_go"))
    return Reply(said, [go, *_only(ask, plan), *_other_ways(ask, plan), _cancel(ask)], ask.draft)


def _only(ask: Ask, plan: Plan) -> list[Choice]:
    """One of them alone, where nobody was named."""
    if plan.wish.persons or not 1 < len(plan.given) <= _MOST_PEOPLE_BUTTONS:
        return []
    return [more(f"p{one.person}", ask.say("send_only", name=one.name)) for one, _ in plan.given]


def _other_ways(ask: Ask, plan: Plan) -> list[Choice]:
    if plan.wish.way is not Way.CHAT or Why.NO_CHAT not in {one.why for one in plan.left}:
        return []
    return [more("tai nha", ask.say("send_home")), more("giay", ask.say("send_paper"))]


def _cancel(ask: Ask) -> Choice:
    return button("bo lenh", ask.say("send_cancel"))


def _left(ask: Ask, one: Left) -> str:
    guide = ask.say("send_left_guide", guide=label(ask, one.guide)) if one.guide else ""
    where = step(ask, ask.guides.current.get(one.guide), one.item)
    why = ask.say(f"why.{one.why}", step=where)
    return ask.say("send_left_line", name=one.who.name, guide=guide, why=why)


def _go(ask: Ask, wish: Wish) -> Reply:
    _, plan = sequences.start(
        ask.connection, ask.actor, ask.now, wish, ask.guides.current, ask.words.calendar
    )
    names = ", ".join(one.name for one, _ in plan.given[:5])
    if len(plan.given) > 5:
        names = ask.say("people_number", number=len(plan.given))
    how = "send_chat" if wish.way is Way.CHAT else "send_door"
    given = ask.say("send_line", name=names, guides=labels(ask, wish.guides))
    quiet = ask.words.calendar.hours()
    after = ask.say(how, begins=f"{quiet.begins:%H:%M}", ends=f"{quiet.ends:%H:%M}")
    return Reply(ask.say("send_done", given=f"{given}\n{after}"))


def bulk(ask: Ask) -> Reply | None:
    """For a whole place: numbers first, then a button that repeats the number."""
    scopes = access.scopes(ask.actor, Operation.START_BULK)
    guides, ways, go, left = _parts(ask)
    area = _place(ask, scopes, " ".join(left))
    if not area:
        return Reply(ask.say("bulk_where"))
    if not guides:
        return _what(ask)
    wish = Wish(guides, ways[-1] if ways else Way.CHAT, area=area)
    if go:
        return _go(ask, wish)
    plan = sequences.plan(ask.connection, ask.actor, ask.now, wish, ask.guides.current)
    return _bulk_preview(ask, plan)


def _place(ask: Ask, scopes: Sequence[str], text: str) -> str:
    """The only place found by name, or the actor's only one; whether they may is the
    service's to say."""
    if text:
        found = areas.find(ask.connection, text, 2)
        return found[0].code if len(found) == 1 else ""
    return scopes[0] if len(scopes) == 1 else ""


def _bulk_preview(ask: Ask, plan: Plan) -> Reply:
    area = plan.wish.area
    place = areas.places(ask.connection, [area])[area].name
    number, guides = len(plan.given), labels(ask, plan.wish.guides)
    said = ask.say("bulk_plan", guides=guides, place=place, number=number)
    left = "; ".join(
        ask.say("bulk_left_one", number=many, why=ask.say(f"why.{why}", step=""))
        for why, many in plan.reasons.items()
    )
    if left:
        said += "\n" + ask.say("bulk_left", left=left)
    if not number:
        return Reply(said)
    go = more("ngay", ask.say("send_go_many", number=number))
    return Reply(said, [go, _cancel(ask)], ask.draft)


def status(ask: Ask) -> Reply | None:
    """The member's own newest starts and how far they are."""
    if ask.order.rest:
        return None
    found = sequences.standing(ask.connection, ask.actor)
    names = areas.places(ask.connection, [one.start.area for one in found if one.start.area])
    lines = [
        ask.say(
            "status",
            day=ask.words.day(one.start.at),
            what=labels(ask, one.start.guides),
            where=names[one.start.area].name if one.start.area else one.start.household,
            counts=", ".join(
                ask.say(f"status_counts.{state}", number=many) for state, many in one.counts.items()
            ),
        )
        for one in found
    ]
    return Reply("\n".join(lines) or ask.say("status_none"))


def stop(ask: Ask) -> Reply | None:
    """Only with a household: alone the word is the resident's own."""
    if len(ask.order.codes) != 1:
        return None
    code = ask.order.codes[0]
    people = households.see(ask.connection, ask.actor, code).people
    persons, left = named(ask, people, ask.order.rest)
    if left:
        return Reply(ask.say("send_unknown", words=" ".join(left)))
    stopped = sequences.stop(ask.connection, ask.actor, ask.now, code, persons)
    names = ", ".join(one.name for one in people if one.id in stopped)
    return Reply(ask.say("stopped", people=names))
