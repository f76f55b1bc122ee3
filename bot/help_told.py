"""What those concerned with a call for help are told: events -> messages of the ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot import trails
from bot.channels.base import packed
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Choice, Picture
from bot.core.hours import OfficeHours
from bot.core.reminding import Calendar
from bot.errands import start_guide
from bot.help_crew import OFFICE
from bot.people_words import PeopleWords
from bot.seats import Question
from bot.services.help import DONE as DONE_BY_MEMBER
from bot.services.help import FADED, RESUMES
from bot.shelf import Shelf
from storage import call_pictures, calls, inbox, lanes, links, outbox, persons, sights
from storage.calls import Happened, Request
from storage.database import DAY, SECOND
from storage.outbox import NewDelivery

CLAIM, DONE, RELEASE, OWN = "giup-nhan.", "giup-xong.", "giup-tra.", "giup-thoi."
ABOUT = "help"
_AT_ONCE = 200
_LASTS = 3 * DAY
_CLOSING = ("done", "own", "stopped", "faded")
_TO_RESIDENT = frozenset(
    (
        *("team", "lead", "office", "night", "nobody", "still", "claimed", "reply", "done"),
        *("faded", "unpassed"),
    )
)
_TO_MEMBER = {
    "claimed": "claimed",
    "said": "said",
    "own": "own",
    "stopped": "stopped",
    "again": "again",
    "told": "told",
    "told-again": "still",
    "returned": "lost",
    "unpassed-member": "unpassed",
}
_UNPASSED = ("unpassed", "unpassed-member")
_BACK = ("released", "returned")


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything about one event that its words may need. `chat` is the member's."""

    event: Happened
    request: Request
    who: str
    helper: str
    place: str
    chat: str
    member: int
    household: str
    last: str = ""


class Teller:
    def __init__(
        self, words: PeopleWords, hours: OfficeHours, calendar: Calendar, shelf: Shelf
    ) -> None:
        self._words, self._shelf = words, shelf
        self._hours, self._calendar = hours, calendar

    def tell(self, connection: Connection, now: int) -> None:
        """Everything that has not been told, each once."""
        events = calls.untold(connection, _AT_ONCE)
        cases = self._cases(connection, events)
        rows = [row for case in cases for row in self._rows(connection, case, now)]
        outbox.enqueue(connection, rows, now)
        looks = [(one.member, one.household) for one in cases if _tells_member(one)]
        sights.shown(connection, looks, now)
        self._resume(connection, cases, now)
        calls.told(connection, [one.id for one in events], now)
        closed = {case.request.id for case in cases if case.event.kind in _CLOSING}
        calls.forget_words(connection, closed)
        call_pictures.forget(connection, closed)

    def _cases(self, connection: Connection, events: Sequence[Happened]) -> list[_Case]:
        if not events:
            return []
        requests = calls.get(connection, {one.request for one in events})
        helpers = {one.id: _helper(one, requests[one.request]) for one in events}
        everybody = {one.person for one in requests.values()} | set(helpers.values())
        known = persons.get(connection, everybody)
        chats = links.reach(connection, set(helpers.values()))
        claimed = [one.request for one in events if one.kind == "claimed"]
        last = calls.last_words(connection, claimed) if claimed else {}
        walked = trails.places(connection, self._shelf.guides, requests.values())
        places = {one.id: self._place(one, walked[one.id]) for one in requests.values()}
        return [
            replace(
                self._case(one, requests[one.request], helpers[one.id], known, chats, last),
                place=places[one.request],
            )
            for one in events
        ]

    def _case(
        self,
        event: Happened,
        request: Request,
        helper: int,
        known: Mapping[int, persons.Someone],
        chats: Mapping[int, Sequence[str]],
        last: Mapping[int, str],
    ) -> _Case:
        resident = known.get(request.person)
        who = self._words.say("help.stranger")
        if resident:
            who = self._words.say("help.who", name=resident.name, household=resident.household)
        name = known[helper].name if helper in known else self._words.say("help.someone")
        own = request.helper if helper == request.claimed_by else ""
        chat = own or next(iter(chats.get(helper, ())), "")
        before = last.get(request.id, "") if event.kind == "claimed" else ""
        household = resident.household if resident else ""
        return _Case(event, request, who, name, "", chat, helper, household, before)

    def _place(self, request: Request, walked: trails.Place) -> str:
        """Where in a guide they are stuck, as they see it themselves."""
        guide = self._shelf.guides.current.get(request.guide)
        if guide is None:
            return self._words.say("help.no_guide")
        number, total = walked
        if number:
            return self._words.say("help.step", guide=guide.button, number=number, total=total)
        return self._words.say("help.guide", guide=guide.button)

    def _rows(self, connection: Connection, case: _Case, now: int) -> list[NewDelivery]:
        rows = []
        kind = case.event.kind
        if kind in (*_TO_RESIDENT, *_BACK) and not _goes_on(case):
            message = self._resident(case)
            person = case.request.person
            rows.append(self._row(connection, case, case.request.address, message, now, person))
        if _tells_member(case):
            message = self._member(case, _TO_MEMBER[kind])
            rows.append(self._row(connection, case, case.chat, message, now))
        return rows

    def _row(
        self,
        connection: Connection,
        case: _Case,
        address: str,
        message: Message,
        now: int,
        person: int = 0,
    ) -> NewDelivery:
        """Where choices are typed, a number now means one of these."""
        offered = [one.id for one in message.choices]
        question = Question(ABOUT, now, offered).content() if offered else ""
        links.ask(connection, address, question)
        event = case.event
        told = event.kind in ("told", "told-again")
        owner = f"help:{event.request}:{event.text}" if told else f"help:{event.request}"
        waits = told and event.text == OFFICE
        return NewDelivery(
            owner,
            address,
            packed(message),
            lanes.PERSONAL,
            dedup=f"help-event:{event.id}:{address}",
            not_before_at=self._hours.opens(event.at) if waits else 0,
            lasts=_LASTS,
            person=person,
        )

    def _resident(self, case: _Case) -> Message:
        event, kind = case.event, case.event.kind
        opening = self._hours.opens(event.at)
        key = "shown" if event.picture else "back" if kind in _BACK else kind
        text = self._words.say(
            f"help.resident.{key}",
            name=case.helper,
            text=self._text(event),
            number=event.text,
            request=event.request,
            when=self._when(opening),
            morning=self._calendar.hours().ends.strftime(self._words.say("help.morning")),
        )
        own = Choice(f"{OWN}{event.request}", self._words.say("help.own_button"))
        choices = (own,) if kind == "claimed" else ()
        return Message(text.strip(), choices, picture=self._picture(event))

    def _text(self, event: Happened) -> str:
        return self._words.say(f"help.why.{event.text}") if event.kind in _UNPASSED else event.text

    def _picture(self, event: Happened) -> Picture | None:
        alt = self._words.say("help.picture", request=event.request)
        return Picture(event.picture, alt) if event.picture else None

    def _member(self, case: _Case, key: str) -> Message:
        number = case.event.request
        said = self._text(case.event)
        values = {"request": number, "who": case.who, "place": case.place, "text": said}
        shown = "shown" if case.event.picture else key
        text = self._words.say(f"help.member.{shown}", **values).strip()
        if case.last:
            last = self._words.say("help.member.last", who=case.who, text=case.last)
            text = f"{text}\n\n{last}"
        choices: tuple[Choice, ...] = ()
        if key in ("told", "still"):
            choices = (self._choice(CLAIM, number, "claim"),)
        elif key == "claimed":
            choices = (
                self._choice(DONE, number, "done"),
                self._choice(RELEASE, number, "release"),
            )
        return Message(text, choices, picture=self._picture(case.event))

    def _choice(self, prefix: str, number: int, key: str) -> Choice:
        return Choice(f"{prefix}{number}", self._words.say(f"help.{key}_button"))

    def _when(self, moment: int) -> str:
        there = datetime.fromtimestamp(moment // SECOND, self._hours.zone)
        return there.strftime(self._words.say("help.when"))

    def _resume(self, connection: Connection, cases: Collection[_Case], now: int) -> None:
        """The guide goes on where it stood, unless they have stopped since."""
        arrivals = [
            start_guide(
                Address.parse(case.request.address),
                case.request.person,
                "",
                f"help:{case.event.id}",
                self._resident(case).text if _goes_on(case) else "",
            )
            for case in cases
            if case.event.kind in RESUMES and case.request.guide
        ]
        inbox.add(connection, arrivals, now)


def _helper(event: Happened, request: Request) -> int:
    """The member an event is about: who is asked, who lost it, or who holds it."""
    own = ("told", "told-again", "reply", "done", "claimed", "unpassed-member", *_BACK)
    if event.kind in own:
        return event.actor
    return request.claimed_by


def _goes_on(case: _Case) -> bool:
    """What is said at the end leads the guide's next message."""
    return case.event.kind in (DONE_BY_MEMBER, FADED) and bool(case.request.guide)


def _tells_member(case: _Case) -> bool:
    return case.event.kind in _TO_MEMBER and bool(case.chat) and not _together(case)


def _together(case: _Case) -> bool:
    """Both at one phone: they hear each other."""
    return case.chat == case.request.address and case.event.kind == "said"
