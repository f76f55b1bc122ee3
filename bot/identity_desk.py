"""Who is at a chat: one-time codes, several people on one phone. Leaves the rest to others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.base import Press
from bot.core import passcode
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import ChoiceMade, GuideStarted, TextReceived
from bot.core.guide import Choice
from bot.core.rights import Role
from bot.core.state import Guides
from bot.core.text import number
from bot.desks import Answer, Heard
from bot.errands import start_guide
from bot.people_words import PeopleWords, plain
from bot.seats import Question
from bot.services import households as homes
from bot.services import identity
from bot.services.access import Problem, Refused
from bot.shelf import Shelf
from bot.vault import Vault
from storage import inbox, links, people, persons, teams

IS, WHO = "la-", "ai-"  # a button's id is this and a person's number
_TEAM = (Role.MEMBER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class _Here:
    """What was heard, and what is needed to answer it."""

    connection: Connection
    heard: Heard

    @property
    def address(self) -> Address:
        return self.heard.received.address

    @property
    def press(self) -> Press | None:
        return self.heard.received.press


class IdentityDesk:
    def __init__(self, words: PeopleWords, vault: Vault, shelf: Shelf) -> None:
        self._words, self._vault, self._shelf = words, vault, shelf

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        here = _Here(connection, heard)
        match heard.received.event:
            case GuideStarted(guide, given) if code := passcode.found(given):
                return self._shown(here, code, guide)
            case ChoiceMade(choice) if choice.startswith((IS, WHO)):
                return self._chosen(here, choice)
            case TextReceived(text, secrets, aside) if not secrets and not aside:
                return self._said(here, text)
        return None

    def _said(self, here: _Here, text: str) -> Answer | None:
        if code := passcode.found(text):
            return self._shown(here, code, "")
        if self._words.asked(text) == "who":
            return self._who(here)
        if here.heard.owner and (rest := self._words.order("code", text)) is not None:
            return self._made(here, rest)
        if choice := answered(here.heard.question, text, self._shelf.guides):
            return self._chosen(here, choice)
        return None

    # Codes

    def _shown(self, here: _Here, code: str, guide: str) -> Answer:
        try:
            found = identity.show(
                here.connection,
                self._vault,
                code,
                here.address,
                here.heard.now,
                here.heard.received.origin,
            )
        except Refused as refused:
            key = "code_too_many" if refused.reason is Problem.TOO_MANY else "code_refused"
            return self._answer(here, key)
        if len(found) == 1:
            return self._claimed(here, found[0].id, guide)
        choices = [Choice(f"{IS}{one.id}", one.name) for one in found]
        choices.append(Choice(f"{IS}0", self._words.say("nobody_of_these")))
        return self._ask(here, "which", choices)

    def _claimed(self, here: _Here, person: int, guide: str) -> Answer:
        """From here on the conversation is theirs: it begins behind whatever waits."""
        connection, now = here.connection, here.heard.now
        try:
            owns = identity.claim(connection, here.address, person, now)
        except Refused:
            return self._answer(here, "old_question")
        member = self._serves(here, person)
        self._seat(here, person, guide, begins=bool(guide) or not member)
        name = persons.get(connection, [person])[person].name
        key = "tied_member" if member else "tied" if owns else "tied_guest"
        text = self._words.say(key, name=name)
        return Answer([Message(text)], here.press, settles=True, known=person if owns else 0)

    def _serves(self, here: _Here, person: int) -> bool:
        actors = teams.actors(here.connection, [person], here.address.channel)
        return actors[person].holds(*_TEAM)

    def _seat(self, here: _Here, person: int, guide: str, *, begins: bool) -> None:
        """Where nobody was known yet, the conversation so far goes on as theirs."""
        now = here.heard.now
        links.ask(here.connection, str(here.address), "")
        if here.heard.owner:
            identity.take_seat(here.connection, here.address, person, now)
        if begins:
            key = f"seat:{here.address}:{now}"
            inbox.add(here.connection, [start_guide(here.address, person, guide, key)], now)

    def _made(self, here: _Here, rest: str) -> Answer | None:
        """A member's order: a household's code and perhaps a name."""
        connection, heard = here.connection, here.heard
        actor = teams.actors(connection, [heard.owner], here.address.channel)[heard.owner]
        household, _, name = rest.partition(" ")
        if not household:
            return self._answer(here, "code_how") if actor.holds(*_TEAM) else None
        code = _household(household)
        try:
            card = homes.see(connection, actor, code)
            person = _named(card.people, name)
            made = identity.make_code(
                connection, actor, heard.now, self._vault, person=person, household=code
            )
        except Refused as refused:
            return Answer([Message(self._words.refused(refused))], here.press)
        who = {one.id: one.name for one in card.people}.get(person, code)
        return Answer([Message(self._words.code(who, made))], here.press)

    # Several people on one phone

    def _who(self, here: _Here) -> Answer:
        chat = str(here.address)
        known = links.profiles(here.connection, [chat]).get(chat, ())
        if len(known) < 2:
            return self._answer(here, "who_alone")
        choices = [Choice(f"{WHO}{one.person}", self._label(here, one)) for one in known]
        return self._ask(here, "who", choices)

    def _label(self, here: _Here, one: links.Profile) -> str:
        current = one.person == here.heard.person
        return self._words.say("who_now", name=one.name) if current else one.name

    def _chosen(self, here: _Here, choice: str) -> Answer:
        kind, person = choice[: len(IS)], choice[len(IS) :]
        if not person.isdecimal() or len(person) > 18:
            return self._answer(here, "old_question")
        if kind == WHO:
            return self._changed(here, int(person))
        if not int(person):
            links.ask(here.connection, str(here.address), "")
            return self._answer(here, "not_listed")
        return self._claimed(here, int(person), "")

    def _changed(self, here: _Here, person: int) -> Answer:
        connection, now, chat = here.connection, here.heard.now, str(here.address)
        try:
            identity.take_seat(connection, here.address, person, now)
        except Refused:
            return self._answer(here, "old_question")
        links.ask(connection, chat, "")
        key = f"seat:{chat}:{now}"
        inbox.add(connection, [start_guide(here.address, person, "", key)], now)
        known = links.profiles(connection, [chat])[chat]
        name = next(one.name for one in known if one.person == person)
        text = self._words.say("who_changed", name=name, owner=known[0].name)
        return Answer([Message(text)], here.press, settles=True)

    # Asking and answering

    def _ask(self, here: _Here, key: str, choices: Sequence[Choice]) -> Answer:
        """Where choices are typed as numbers, the question says what a number means."""
        chat, now = str(here.address), here.heard.now
        people.see(here.connection, {chat: here.address.channel}, now)
        question = Question(key, now, [one.id for one in choices])
        links.ask(here.connection, chat, question.content())
        message = Message(self._words.say(key), tuple(choices))
        return Answer([message], here.press, settles=True)

    def _answer(self, here: _Here, key: str) -> Answer:
        return Answer([Message(self._words.say(key))], here.press)


def answered(question: Question | None, text: str, guides: Guides) -> str:
    """The choice a typed number means, empty when nothing of ours was asked."""
    if question is None or question.about not in ("which", "who"):
        return ""
    place = number(text, guides.prefixes, guides.numbers)
    return question.offered[place - 1] if 0 < place <= len(question.offered) else ""


def _household(typed: str) -> str:
    """H12 and h012 are one household; other codes stay as they are."""
    number = typed.removeprefix("h")
    return f"H{int(number):03}" if number.isdecimal() and len(number) < 9 else typed.upper()


def _named(people_of: Sequence[persons.Someone], name: str) -> int:
    """The only one of a household who is so called; 0 without a name. Raises Refused."""
    if not name:
        return 0
    found = [one.id for one in people_of if f" {name} " in f" {plain(one.name)} "]
    if len(found) != 1:
        raise Refused(Problem.NO_PERSON)
    return found[0]
