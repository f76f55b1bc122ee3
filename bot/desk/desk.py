"""Hears members' orders, typed or pressed, and has them done. A press is the order it stands
for, so there is one way to everything.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.channels.base import Received
from bot.core.effects import Message
from bot.core.events import ChoiceMade, TextReceived
from bot.core.rights import Actor, Role
from bot.core.text import number
from bot.desk import family, homes, memory, remarks, sending, training, visiting
from bot.desk.ask import MORE, PRESS, Ask, Handler, Reply
from bot.desk.grammar import Order, picked, read, tokens
from bot.desk.memory import Memory
from bot.desk.words import DeskWords
from bot.desks import Answer, Heard
from bot.services import logins
from bot.services.access import Refused
from bot.shelf import Shelf
from storage import people, teams

_MEMBERS = (Role.MEMBER, Role.LEAD, Role.OPERATOR)
_LONGEST = 200  # characters; more is talk


def _help(ask: Ask) -> Reply:
    return training.first(ask, Reply(ask.say("help")))


def _week(ask: Ask) -> Reply | None:
    reply = visiting.week(ask)
    return training.first(ask, reply) if reply else None


def _login(ask: Ask) -> Reply:
    """For whoever asks, into their own chat: it works once, within ten minutes."""
    token = logins.link(ask.connection, ask.actor, ask.now, ask.actor.person)
    return Reply(ask.say("login", link=f"{ask.words.base}/vao/{token}"))


def _cancel(ask: Ask) -> Reply:
    return Reply(ask.say("cancelled"))


_VERBS: Mapping[str, Handler] = {
    "": visiting.at_door,
    "find": homes.find,
    "card": homes.card,
    "send": sending.send,
    "bulk": sending.bulk,
    "status": sending.status,
    "week": _week,
    "training": training.begin,
    "stop": sending.stop,
    "help": _help,
    "login": _login,
    "scam": remarks.adding("scam"),
    "difficulty": remarks.adding("difficulty"),
    "proposal": remarks.adding("proposal"),
    "unsay": remarks.take_back,
    "cancel": _cancel,
    "change": family.change,
    "merge": family.merge,
    "split": family.split,
    "head": family.head,
    "rename": family.rename,
    "move": family.move,
    "again": family.again,
    "history": family.history,
}


class MembersDesk:
    def __init__(self, words: DeskWords, shelf: Shelf) -> None:
        self._words, self._shelf = words, shelf

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        """Only whose own chat it is may give orders there, and only as a member of a team."""
        if not heard.owner or not (said := self._said(heard)):
            return None
        if heard.person != heard.owner and not self._sure(said):
            return None
        actor = teams.actors(connection, [heard.owner], heard.received.address.channel)
        if not actor[heard.owner].holds(*_MEMBERS):
            return None
        return self._heard(connection, heard, actor[heard.owner], said)

    def _said(self, heard: Heard) -> str:
        """The words typed or pressed, empty for what cannot be an order. Costs no query."""
        match heard.received.event:
            case ChoiceMade(choice) if choice.startswith(PRESS):
                return choice
            case TextReceived(text, secrets, aside) if not secrets and not aside:
                return text if len(text) <= _LONGEST and self._orders(text) else ""
        return ""

    def _sure(self, said: str) -> bool:
        """While somebody else uses the member's phone only a button or a household's code is an
        order; everything else is theirs."""
        order = read(said, self._words.verbs)
        return said.startswith(PRESS) or bool(order and order.codes)

    def _orders(self, text: str) -> bool:
        order = read(text, self._words.verbs)
        return order is not None or bool(self._place(text)) or self._adds(text)

    def _adds(self, text: str) -> bool:
        """Nothing but guides and ways: what an order in the making may lack."""
        known = {**self._words.guides(self._shelf.guides.current), **self._words.ways}
        found, left = picked(tokens(text), known)
        return bool(found) and not left

    def _place(self, text: str) -> int:
        """A number by itself answers what was offered."""
        guides = self._shelf.guides
        return number(text, guides.prefixes, guides.numbers)

    def _heard(
        self, connection: Connection, heard: Heard, actor: Actor, said: str
    ) -> Answer | None:
        received, chat = heard.received, str(heard.received.address)
        kept = memory.recall(connection, chat, heard.now)
        if _is_repeated(received, kept):
            return Answer([Message("")], received.press)
        if place := 0 if said.startswith(PRESS) else self._place(said):
            if place > len(kept.offered):
                return None
            said = kept.offered[place - 1]
        elif not said.startswith(PRESS) and read(said, self._words.verbs) is None:
            if not kept.draft:
                return None
            said = f"{MORE}{said}"
        elif _is_stale(received, kept):
            return Answer([Message(self._words.say("old_button"))], received.press)
        if (reply := self._done(connection, heard, actor, _words(said, kept))) is None:
            return None
        after = kept.then(heard.now, reply.draft, reply.choices, said)
        people.see(connection, {chat: received.address.channel}, heard.now)
        memory.keep(connection, chat, after)
        return Answer([Message(reply.text, tuple(reply.choices), after.turn)], received.press)

    def _done(self, connection: Connection, heard: Heard, actor: Actor, words: str) -> Reply | None:
        order = read(words, self._words.verbs) or Order("", (), ())
        address, guides = heard.received.address, self._shelf.guides
        ask = Ask(connection, actor, address, heard.now, order, words, self._words, guides)
        try:
            return _VERBS[order.verb](ask)
        except Refused as refused:
            return Reply(self._words.refused(refused))


def _is_repeated(received: Received, kept: Memory) -> bool:
    """The button that was just used, pressed again."""
    match received.event:
        case ChoiceMade(choice, turn):
            return (turn, choice) == (kept.turn - 1, kept.used)
    return False


def _is_stale(received: Received, kept: Memory) -> bool:
    """A button that adds to an order only counts with the message it came with."""
    match received.event:
        case ChoiceMade(choice, turn) if choice.startswith(MORE):
            return turn != kept.turn or not kept.draft
    return False


def _words(said: str, kept: Memory) -> str:
    """The whole order."""
    if said.startswith(MORE):
        return f"{kept.draft} {said.removeprefix(MORE)}"
    return said.removeprefix(PRESS)
