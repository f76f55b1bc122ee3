"""Finding a household and showing its card."""

from collections.abc import Collection

from bot.core.guide import Choice
from bot.desk.ask import Ask, Reply, button
from bot.services import households
from bot.services.households import Card
from storage import links
from storage.persons import Someone

_SHOWN = 5


def find(ask: Ask) -> Reply | None:
    """By words, or straight to the card when a code was given."""
    if ask.order.codes:
        return card(ask)
    found = households.search(ask.connection, ask.actor, ask.order.text, _SHOWN + 1)
    if not found:
        return Reply(ask.say("found_none", text=ask.order.text))
    if len(found) == 1:
        return Reply(_card(ask, found[0]))
    shown = found[:_SHOWN]
    lines = [ask.say("found", number=len(shown)), *(_line(ask, one) for one in shown)]
    if len(found) > _SHOWN:
        lines.append(ask.say("found_more"))
    return Reply("\n".join(lines), [_button(ask, one) for one in shown])


def card(ask: Ask) -> Reply | None:
    if not ask.order.codes:
        return None
    return Reply(_card(ask, households.see(ask.connection, ask.actor, ask.order.codes[0])))


def _line(ask: Ask, one: Card) -> str:
    people = ", ".join(someone.name for someone in one.people) or ask.say("nobody")
    return ask.say("line", code=one.home.code, label=one.home.label, people=people)


def _button(ask: Ask, one: Card) -> Choice:
    label = ask.say("line_button", code=one.home.code, label=one.home.label)
    return button(one.home.code, label[:40])


def _card(ask: Ask, one: Card) -> str:
    reached = links.reach(ask.connection, [someone.id for someone in one.people])
    people = [
        _person(ask, number, someone, reached) for number, someone in enumerate(one.people, 1)
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
