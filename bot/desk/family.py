"""Who lives where and is called what: merging, splitting, a new head, new names, moving, and a
household's history. What is said behind a colon is taken as it was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.guide import Choice
from bot.core.rights import Operation
from bot.desk.ask import Ask, Reply, button, more
from bot.desk.grammar import Order, picked, read, tokens
from bot.desk.people import named
from bot.services import access, households, persons
from bot.services.households import Card
from storage import areas
from storage import persons as rows
from storage.households import Happening
from storage.persons import Someone

_GO, _SHOWN, _MOST_BUTTONS = ": ngay", 12, 4


@dataclass(frozen=True, slots=True)
class Said:
    """`typed` is what stands behind the colon; `go` when it was asked about already."""

    order: Order
    typed: str
    go: bool


Work = Callable[[Ask, Said, Card, Sequence[int]], Reply]


def _said(ask: Ask) -> Said:
    head, *behind = ask.draft.split(":")
    go = bool(behind) and tokens(behind[-1]) in ask.words.now
    order = read(head, ask.words.verbs) or ask.order
    now, rest = picked(order.rest, ask.words.now)
    typed = " ".join(":".join(behind[:-1] if go else behind).split())
    return Said(Order(order.verb, order.codes, rest), typed, go or bool(now))


def change(ask: Ask) -> Reply | None:
    """What can be changed, and how."""
    if len(ask.order.codes) != 1:
        return None
    card = households.see(ask.connection, ask.actor, ask.order.codes[0])
    code = card.home.code
    choices = [
        button(f"chu ho {code}", ask.say("family.head_button")),
        button(f"lich su {code}", ask.say("family.history_button")),
    ]
    return Reply(ask.say("family.how", code=code, label=card.home.label), choices)


def merge(ask: Ask) -> Reply | None:
    """The first household into the second, after a look."""
    said = _said(ask)
    if not said.order.codes:
        return None
    _, left = picked(said.order.rest, ask.words.towards)
    if len(said.order.codes) != 2 or left:
        return Reply(ask.say("family.merge_how"))
    code, into = said.order.codes
    for one in said.order.codes:
        access.active(ask.connection, ask.actor, Operation.MERGE_HOUSEHOLDS, one)
    here, there = (households.see(ask.connection, ask.actor, one) for one in said.order.codes)
    values = {"code": code, "into": into, "people": _names(ask, here.people)}
    if not said.go:
        label = there.home.label
        return _sure(ask, ask.say("family.merge_sure", **values, label=label))
    households.merge(ask.connection, ask.actor, ask.now, code, into)
    return Reply(ask.say("family.merged", **values), [_card(ask, into)])


def _of_one(ask: Ask, work: Work, may: Operation | None = None) -> Reply | None:
    """Something about one household and those of its people who are named."""
    said = _said(ask)
    if len(said.order.codes) != 1:
        return None
    code = said.order.codes[0]
    if may:
        access.active(ask.connection, ask.actor, may, code)
    card = households.see(ask.connection, ask.actor, code)
    chosen, left = named(ask, card.people, said.order.rest)
    return _unknown(ask, left) if left else work(ask, said, card, chosen)


def split(ask: Ask) -> Reply | None:
    """Some of a household move into one of their own."""
    return _of_one(ask, _split, Operation.MERGE_HOUSEHOLDS)


def _split(ask: Ask, said: Said, card: Card, leaving: Sequence[int]) -> Reply:
    code = card.home.code
    if not leaving or not said.typed:
        return Reply(ask.say("family.split_how", code=code, people=_names(ask, card.people)))
    going = [one for one in card.people if one.id in leaving]
    values = {"code": code, "people": _names(ask, going), "label": said.typed}
    if not said.go:
        return _sure(ask, ask.say("family.split_sure", **values))
    new = households.split(ask.connection, ask.actor, ask.now, code, leaving, said.typed)
    if len(going) == 1:
        households.set_head(ask.connection, ask.actor, ask.now, new, going[0].id)
    text = ask.say("family.split", **values, new=new)
    staying = [one for one in card.people if one not in going]
    lacking = [(new, going)] if len(going) > 1 else []
    lacking += [(code, staying)] if any(one.is_head for one in going) else []
    return Reply(text, [one for home, people in lacking for one in _heads(ask, home, people)])


def head(ask: Ask) -> Reply | None:
    return _of_one(ask, _head)


def _head(ask: Ask, said: Said, card: Card, chosen: Sequence[int]) -> Reply:  # noqa: ARG001
    code = card.home.code
    if len(chosen) != 1:
        others = [one for one in card.people if not one.is_head]
        key = "family.head_who" if others else "family.head_alone"
        return Reply(ask.say(key, code=code), _heads(ask, code, others))
    households.set_head(ask.connection, ask.actor, ask.now, code, chosen[0])
    who = next(one for one in card.people if one.id == chosen[0])
    key = "family.head_before" if who.is_head else "family.head_now"
    return Reply(ask.say(key, code=code, name=who.name))


def rename(ask: Ask) -> Reply | None:
    """How somebody is called or, when nobody is named, where the household is found."""
    return _of_one(ask, _rename)


def _rename(ask: Ask, said: Said, card: Card, chosen: Sequence[int]) -> Reply:
    if not said.typed or len(chosen) > 1:
        return Reply(ask.say("family.rename_how", code=card.home.code))
    if chosen:
        return _called(ask, card, chosen[0], said.typed)
    code = card.home.code
    households.relabel(ask.connection, ask.actor, ask.now, code, said.typed)
    said_as = {"code": code, "before": card.home.label, "after": said.typed}
    return Reply(ask.say("family.relabelled", **said_as))


def _called(ask: Ask, card: Card, person: int, typed: str) -> Reply:
    who = next(one for one in card.people if one.id == person)
    known = {tokens(one): one for one in ask.words.honorifics}
    first, _, rest = typed.partition(" ")
    names = {"call_name": typed}
    if rest and tokens(first) in known:
        names = {"honorific": known[tokens(first)], "call_name": rest}
    persons.rename(ask.connection, ask.actor, ask.now, person, **names)
    after = rows.get(ask.connection, [person])[person].name
    said_as = {"code": card.home.code, "before": who.name, "after": after}
    return Reply(ask.say("family.renamed", **said_as))


def move(ask: Ask) -> Reply | None:
    """To another place, or away from all of ours, after a look."""
    said = _said(ask)
    if len(said.order.codes) != 1:
        return None
    code = said.order.codes[0]
    home = access.active(ask.connection, ask.actor, Operation.MOVE_HOUSEHOLD, code)
    _, rest = picked(said.order.rest, ask.words.towards)
    if not rest:
        gone = button(f"{code} chuyen di", ask.say("family.gone_button"))
        return Reply(ask.say("family.move_where", code=code), [gone, _cancel(ask)])
    found = areas.find(ask.connection, " ".join(rest), 2)
    if len(found) != 1:
        key = "family.move_many" if found else "family.move_nowhere"
        return Reply(ask.say(key, words=" ".join(rest), code=code))
    label = said.typed or home.label
    values = {"code": code, "place": found[0].name, "label": label}
    if not said.go:
        return _sure(ask, ask.say("family.move_sure", **values))
    households.move(ask.connection, ask.actor, ask.now, code, found[0].code, said.typed)
    return Reply(ask.say("family.moved", **values))


def again(ask: Ask) -> Reply | None:
    """A household that was left alone may be written to again."""
    if len(ask.order.codes) != 1 or ask.order.rest:
        return None
    code = ask.order.codes[0]
    home = access.active(ask.connection, ask.actor, Operation.CHANGE_HOUSEHOLD, code)
    if not home.muted_until:
        return Reply(ask.say("family.again_before", code=code))
    households.unmute(ask.connection, ask.actor, ask.now, code)
    return Reply(ask.say("family.again", code=code))


def history(ask: Ask) -> Reply | None:
    if len(ask.order.codes) != 1 or ask.order.rest:
        return None
    code = ask.order.codes[0]
    happened = households.history(ask.connection, ask.actor, code)
    if not happened:
        return Reply(ask.say("family.history_none", code=code))
    shown = happened[-_SHOWN:]
    known = rows.get(ask.connection, {one for line in shown for one in (line.person, line.actor)})
    lines = [_line(ask, one, known) for one in shown]
    if left := len(happened) - len(shown):
        lines.insert(0, ask.say("family.history_left", number=left))
    return Reply("\n".join([ask.say("family.history", code=code), *lines]))


def _line(ask: Ask, one: Happening, known: Mapping[int, Someone]) -> str:
    kinds = ask.words.section("family")["kinds"]
    person = known[one.person].name if one.person in known else ask.say("family.erased")
    what = str(kinds.get(one.kind, kinds["other"])).format(other=one.other, person=person)
    by = known[one.actor].name if one.actor in known else ask.say("family.office")
    return ask.say("family.history_line", day=ask.words.day(one.at), what=what, by=by)


def _names(ask: Ask, people: Sequence[Someone]) -> str:
    return ", ".join(one.name for one in people) or ask.say("nobody")


def _heads(ask: Ask, code: str, people: Sequence[Someone]) -> list[Choice]:
    return [
        button(f"chu ho {code} p{one.id}", ask.say("family.head_choice", code=code, name=one.name))
        for one in people[:_MOST_BUTTONS]
    ]


def _sure(ask: Ask, text: str) -> Reply:
    go = more(_GO, ask.say("family.go"))
    return Reply(text, [go, _cancel(ask)], ask.draft)


def _cancel(ask: Ask) -> Choice:
    return button("bo lenh", ask.say("send_cancel"))


def _card(ask: Ask, code: str) -> Choice:
    return button(code, ask.say("family.card_button", code=code))


def _unknown(ask: Ask, left: Sequence[str]) -> Reply:
    return Reply(ask.say("family.unknown", words=" ".join(left)))
