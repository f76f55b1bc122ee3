"""Calls for help in the chat: members claim, answer, give back and end them; residents are heard
by whoever helps them. HelpDesk takes orders; RelayDesk, asked last, what is said besides."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.core.effects import Message
from bot.core.events import ChoiceMade, MediaReceived, TextReceived
from bot.core.listen import ALWAYS, hear_text
from bot.core.rights import Actor, Role
from bot.core.state import Guides
from bot.core.text import number
from bot.desks import Answer, Heard, News
from bot.help_told import ABOUT, CLAIM, DONE, OWN, RELEASE
from bot.people_words import PeopleWords
from bot.services import help as service
from bot.services import help_pictures
from bot.services.access import Refused
from bot.shelf import Shelf
from storage import calls, persons, teams
from storage.calls import Talk
from storage.outbox import NewDelivery

_TEAM = (Role.MEMBER, Role.LEAD, Role.OPERATOR)
_ORDERS = {"claim": CLAIM, "done": DONE, "release": RELEASE}
_NUMBERED = re.compile(r"#?(\d{1,9})\s*(?:[:.,]?\s+(\S.*)|[:.,]?)", re.DOTALL)
_LONGEST_NUMBER = 9
_LEFT = ("contact", "sticker")  # the conversation has words of its own for these


@dataclass(frozen=True, slots=True)
class _Order:
    """`number` is 0 where the only call of the member's is meant."""

    prefix: str
    number: int


class HelpDesk:
    def __init__(self, words: PeopleWords, shelf: Shelf) -> None:
        self._words, self._shelf = words, shelf

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        order = self._order(heard)
        if order is None:
            return None
        if order.prefix == OWN:
            return self._own(connection, heard, order.number)
        if not heard.owner:
            return None
        actor = teams.actors(connection, [heard.owner], heard.received.address.channel)
        if not actor[heard.owner].holds(*_TEAM):
            return None
        return self._done(connection, heard, actor[heard.owner], order)

    def _order(self, heard: Heard) -> _Order | None:
        match heard.received.event:
            case ChoiceMade(choice):
                return _pressed(choice)
            case TextReceived(text, secrets, aside) if not secrets and not aside:
                return self._typed(text) or _pressed(self._answered(heard, text))
        return None

    def _typed(self, text: str) -> _Order | None:
        for key, prefix in _ORDERS.items():
            rest = self._words.order(key, text)
            if rest is not None and (rest.isdecimal() or (not rest and prefix != CLAIM)):
                return _Order(prefix, int(rest[:_LONGEST_NUMBER] or 0))
        return None

    def _answered(self, heard: Heard, text: str) -> str:
        """The choice a typed number means."""
        question, guides = heard.question, self._shelf.guides
        if question is None or question.about != ABOUT:
            return ""
        place = number(text, guides.prefixes, guides.numbers)
        return question.offered[place - 1] if 0 < place <= len(question.offered) else ""

    def _done(
        self, connection: Connection, heard: Heard, actor: Actor, order: _Order
    ) -> Answer | None:
        mine = [one.request for one in heard.talks if one.member == actor.person]
        wanted = order.number or (mine[0] if len(mine) == 1 else 0)
        if not wanted:
            return self._which(mine, heard) if mine else self._answer(heard, "help.member.none")
        chat = str(heard.received.address)
        works: dict[str, tuple[Callable[[], None], str]] = {
            CLAIM: (lambda: service.claim(connection, actor, heard.now, wanted, chat), ""),
            DONE: (
                lambda: service.hand_back(connection, actor, heard.now, wanted),
                "help.member.thanks",
            ),
            RELEASE: (
                lambda: service.release(connection, actor, heard.now, wanted),
                "help.member.released",
            ),
        }
        work, said = works[order.prefix]
        try:
            work()
        except Refused as refused:
            return Answer([Message(self._words.refused(refused))], heard.received.press)
        text = self._words.say(said, request=wanted) if said else ""
        return Answer(
            [Message(text)] if _shows(text, heard) else (), heard.received.press, (), True
        )

    def _own(self, connection: Connection, heard: Heard, wanted: int) -> Answer:
        """The resident goes on alone."""
        found = calls.get(connection, [wanted]).get(wanted)
        chat = str(heard.received.address)
        if found is None or found.address != chat or found.state == calls.CLOSED:
            return self._answer(heard, "old_question")
        service.end(connection, found, heard.now, service.OWN)
        helper = persons.get(connection, [found.claimed_by]).get(found.claimed_by)
        name = helper.name if helper else self._words.say("help.someone")
        return self._answer(heard, "help.resident.own", name=name)

    def _which(self, mine: Sequence[int], heard: Heard) -> Answer:
        return Answer([which(self._words, mine)], heard.received.press)

    def _answer(self, heard: Heard, key: str, **values: object) -> Answer:
        return Answer([Message(self._words.say(key, **values))], heard.received.press, (), True)


def _shows(text: str, heard: Heard) -> bool:
    """A claim is answered by the worker; a press is shown all the same."""
    return bool(text) or heard.received.press is not None


def _pressed(choice: str) -> _Order | None:
    for prefix in (CLAIM, DONE, RELEASE, OWN):
        rest = choice.removeprefix(prefix)
        if choice.startswith(prefix) and rest.isdecimal() and len(rest) <= _LONGEST_NUMBER:
            return _Order(prefix, int(rest))
    return None


def which(words: PeopleWords, mine: Sequence[int]) -> Message:
    listed = ", ".join(map(str, mine))
    text = words.say("help.member.which", number=len(mine), request=mine[0], list=listed)
    return Message(text)


class RelayDesk:
    """Between a resident and whoever claimed their call: words and pictures go through, numbers of
    phones are not shown."""

    def __init__(self, words: PeopleWords, shelf: Shelf) -> None:
        self._words, self._shelf = words, shelf

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        if not heard.talks:
            return None
        match heard.received.event:
            case TextReceived(text, secrets, aside) if not secrets and not aside and text.strip():
                if asks_always(text, self._shelf.guides):
                    return None
                return self._resident(connection, heard, text) or self._member(
                    connection, heard, text
                )
            case MediaReceived(_, caption) if caption and caption.secrets:
                return None
            case MediaReceived(kind, caption, reference) if kind not in _LEFT:
                words = caption.text.strip() if caption else ""
                if reference and len(words) <= help_pictures.LONGEST:
                    return self._picture(connection, heard, reference, words)
                return self._words_only(connection, heard)
        return None

    def _picture(
        self, connection: Connection, heard: Heard, reference: str, words: str
    ) -> Answer | None:
        """It is fetched by the porter, who tells its sender if that cannot be done."""
        try:
            return self._residents(connection, heard, reference, words) or self._members(
                connection, heard, reference, words
            )
        except Refused as refused:
            return Answer([Message(self._words.refused(refused))], heard.received.press)

    def _residents(
        self, connection: Connection, heard: Heard, reference: str, words: str
    ) -> Answer | None:
        if (talk := self._talk(heard)) is None:
            return None
        help_pictures.by_resident(connection, heard.now, talk, reference, words)
        said = self._words.say("help.resident.carrying", name=self._helper(connection, talk))
        return Answer([Message(said)], heard.received.press)

    def _members(
        self, connection: Connection, heard: Heard, reference: str, words: str
    ) -> Answer | None:
        if not (mine := self._mine(heard)):
            return None
        talk, rest = _meant(mine, words)
        if talk is None:
            return Answer([which(self._words, [one.request for one in mine])])
        chat = str(heard.received.address)
        actor = teams.actors(connection, [heard.owner], heard.received.address.channel)
        help_pictures.by_member(
            connection, actor[heard.owner], heard.now, talk.request, chat, reference, rest
        )
        who = self._resident_name(connection, talk)
        return Answer([Message(self._words.say("help.member.carrying", who=who))])

    def _words_only(self, connection: Connection, heard: Heard) -> Answer | None:
        """Recordings, films and what the platform does not hand over stay here. The sender is told,
        and whoever helps that something was meant to come."""
        note = self._words.say("help.unpassed")
        if passed := self._resident(connection, heard, note):
            said = self._words.say("help.resident.words_only")
            return replace(passed, messages=[Message(said)], press=heard.received.press)
        mine = self._mine(heard)
        return Answer([Message(self._words.say("help.member.words_only"))]) if mine else None

    @staticmethod
    def _mine(heard: Heard) -> Sequence[Talk]:
        """The calls of others that this chat's member is answering."""
        chat = str(heard.received.address)
        if not heard.owner or heard.person != heard.owner:
            return ()
        return [one for one in heard.talks if one.member == heard.owner and one.address != chat]

    def _resident(self, connection: Connection, heard: Heard, text: str) -> Answer | None:
        talk = self._talk(heard)
        if talk is None or not service.said(connection, heard.now, talk, text[: service.LONGEST]):
            return None
        name = self._helper(connection, talk)
        return Answer([Message(self._words.say("help.resident.passed", name=name))])

    @staticmethod
    def _talk(heard: Heard) -> Talk | None:
        """The call of whoever sits in this chat."""
        seat = str(heard.received.address), heard.person
        return next((one for one in heard.talks if (one.address, one.person) == seat), None)

    def _helper(self, connection: Connection, talk: Talk) -> str:
        helper = persons.get(connection, [talk.member]).get(talk.member)
        return helper.name if helper else self._words.say("help.someone")

    def _resident_name(self, connection: Connection, talk: Talk) -> str:
        who = persons.get(connection, [talk.person]).get(talk.person)
        return who.name if who else self._words.say("help.stranger")

    def _member(self, connection: Connection, heard: Heard, text: str) -> Answer | None:
        if not (mine := self._mine(heard)):
            return None
        talk, words = _meant(mine, text)
        if talk is None:
            return Answer([which(self._words, [one.request for one in mine])])
        actor = teams.actors(connection, [heard.owner], heard.received.address.channel)
        try:
            service.reply(connection, actor[heard.owner], heard.now, talk.request, words)
        except Refused as refused:
            return Answer([Message(self._words.refused(refused))])
        name = self._resident_name(connection, talk)
        return Answer([Message(self._words.say("help.member.passed", who=name))])


def asks_always(text: str, guides: Guides) -> bool:
    """To stop or to call somebody is never only passed on."""
    return hear_text(text, (), guides).choice in ALWAYS


def _meant(mine: Sequence[Talk], text: str) -> tuple[Talk | None, str]:
    """The call a member writes to: by its number, or the only one. Under a picture the number
    may stand alone."""
    found = _NUMBERED.fullmatch(text.strip())
    if found:
        for talk in mine:
            if talk.request == int(found[1]):
                return talk, found[2] or ""
    return (mine[0], text) if len(mine) == 1 else (None, text)


class HelpWatcher:
    """Who stops is helped no longer; who calls again while somebody helps is told of."""

    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        called = {(str(one["address"]), int(one["person"])) for one in news.calls}
        seats = {*news.stopped, *called}
        if not seats:
            return ()
        again = []
        for one in calls.of_chats(connection, {address for address, _ in seats}):
            seat = one.address, one.person
            if seat in news.stopped:
                service.end(connection, one, news.now, service.STOPPED)
            elif seat in called and one.state == calls.CLAIMED:
                again.append({"request": one.id, "kind": "again", "actor": one.person, "text": ""})
        calls.happened(connection, [{**one, "at": news.now} for one in again])
        return ()
