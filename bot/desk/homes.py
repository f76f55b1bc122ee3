"""Finding a household and showing its card."""

from collections.abc import Collection, Mapping, Sequence

from bot.desk.ask import Ask, Reply, button
from bot.desk.people import study
from bot.services import households
from bot.services.households import Card
from storage import links, runs, sights
from storage.persons import Someone
from storage.runs import Run

_SHOWN = 5


def find(ask: Ask) -> Reply | None:
    """By words, or straight to the card when a code was given."""
    if ask.order.codes:
        return card(ask)
    found = households.search(ask.connection, ask.actor, ask.order.text, _SHOWN + 1)
    if not found:
        return Reply(ask.say("found_none", text=ask.order.text))
    if len(found) == 1:
        return _shown(ask, found[0])
    shown = found[:_SHOWN]
    _noted(ask, shown)
    lines = [ask.say("found", number=len(shown)), *(_line(ask, one) for one in shown)]
    if len(found) > _SHOWN:
        lines.append(ask.say("found_more"))
    return Reply("\n".join(lines), [button(one.home.code, _label(ask, one)) for one in shown])


def chooser(ask: Ask, text: str, order: str) -> Reply | None:
    """Households found by words, each with a button for an order about it; None for none."""
    found = households.search(ask.connection, ask.actor, text, _SHOWN)
    if not found:
        return None
    _noted(ask, found)
    lines = [ask.say("found", number=len(found)), *(_line(ask, one) for one in found)]
    choices = [button(order.format(code=one.home.code), _label(ask, one)) for one in found]
    return Reply("\n".join(lines), choices)


def card(ask: Ask) -> Reply | None:
    if not ask.order.codes:
        return None
    return _shown(ask, households.see(ask.connection, ask.actor, ask.order.codes[0]))


def _noted(ask: Ask, cards: Sequence[Card]) -> None:
    """Who sees whom is written down, once a day."""
    codes = [one.home.code for one in cards]
    sights.seen(ask.connection, ask.actor.person, codes, ask.now)


def _line(ask: Ask, one: Card) -> str:
    people = ", ".join(someone.name for someone in one.people) or ask.say("nobody")
    return ask.say("line", code=one.home.code, label=one.home.label, people=people)


def _label(ask: Ask, one: Card) -> str:
    return ask.say("line_button", code=one.home.code, label=one.home.label)[:40]


def _shown(ask: Ask, one: Card) -> Reply:
    """With what is done most often from here."""
    _noted(ask, [one])
    send = button(f"gui {one.home.code}", ask.say("send_button"))
    change = button(f"sua {one.home.code}", ask.say("family.change_button"))
    return Reply(_card(ask, one), [send, change])


def _card(ask: Ask, one: Card) -> str:
    ids = [someone.id for someone in one.people]
    reached = links.reach(ask.connection, ids)
    live, confirmed = runs.live(ask.connection, ids), runs.confirmed(ask.connection, ids)
    people = [
        _person(ask, number, someone, reached)
        + _study(ask, [run for run in live if run.person == someone.id], confirmed, someone)
        for number, someone in enumerate(one.people, 1)
    ]
    shown = "\n".join(people) or ask.say("nobody")
    said = ask.say("card", code=one.home.code, label=one.home.label, people=shown)
    if one.home.muted_until > ask.now:
        said += "\n" + ask.say("muted", day=ask.words.day(one.home.muted_until))
    return said


def _person(ask: Ask, number: int, someone: Someone, reached: Collection[int]) -> str:
    said = ask.say(
        "card_person",
        number=number,
        name=someone.name,
        age=ask.words.section("ages")[someone.age_band],
        phone=ask.words.section("phones")[someone.smartphone],
        chat=ask.say("chat_yes" if someone.id in reached else "chat_no"),
    )
    return said + ask.say("card_head") if someone.is_head else said


def _study(
    ask: Ask,
    live: Sequence[Run],
    confirmed: Mapping[int, Mapping[str, Collection[str]]],
    someone: Someone,
) -> str:
    said = study(ask, live, confirmed.get(someone.id, {}))
    return "\n" + ask.say("card_guides", guides=said) if said else ""
