"""What people say and press about announcements: seen, posted, "is this yours?", "this is our
group". Answers what is its own and leaves everything else to the conversation.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import Connection

from bot.channels.base import Press, Received
from bot.core.address import Address
from bot.core.announcement import CODE_LENGTH, PUBLIC, Content, Way
from bot.core.authenticity import Answer as Verdict
from bot.core.authenticity import Finding, Original, check
from bot.core.effects import Message
from bot.core.events import ChoiceMade, GroupClaimed, MediaReceived, TextReceived
from bot.core.links import claimed
from bot.core.rights import Actor, Operation
from bot.core.secrets import mask
from bot.desks import Answer, Heard
from bot.notice_words import POSTED, SEEN, NoticeWords
from bot.services import announcements as announcement_service
from bot.services import groups as group_service
from bot.services.access import Refused
from storage import announcements, groups, links, people, recipients, relays, teams, views

_SHORTEST = 40  # characters; less is talk
_MOST = 300


def originals(connection: Connection, words: NoticeWords) -> list[Original]:
    """What was sent, newest first."""
    public = announcements.latest(connection, PUBLIC, _MOST)
    numbers = {one.id: one.number for one in public}
    later = announcements.successors(connection, list(numbers))
    return [
        words.original(one, numbers.get(one.content.follows, 0), later.get(one.id))
        for one in public
    ]


def judged(connection: Connection, words: NoticeWords, text: str) -> Verdict:
    """Whether a text is one of ours."""
    return check(text, originals(connection, words))


class NoticeDesk:
    """`suspicious` says whether a text looks like a scam."""

    def __init__(
        self, words: NoticeWords, suspicious: Callable[[str], bool] = lambda _: False
    ) -> None:
        self._words, self._suspicious = words, suspicious

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        said = self._said(connection, heard.received, heard.now)
        return Answer([said[0]], said[1]) if said else None

    def _said(
        self, connection: Connection, received: Received, now: int
    ) -> tuple[Message, Press | None] | None:
        """What to answer and which press to show; None when it is not about announcements."""
        press, chat = received.press, received.address
        if (said := _passed_on(received)) and (
            answer := self._forwarded(connection, chat, said, now)
        ):
            return answer, None
        match received.event:
            case ChoiceMade(choice) if choice.startswith(SEEN):
                self._seen(connection, received, choice.removeprefix(SEEN), now)
                return Message(""), replace(press, message="") if press else None
            case ChoiceMade(choice) if choice.startswith(POSTED):
                return self._posted(connection, chat, choice.removeprefix(POSTED), now), press
            case GroupClaimed(code, title):
                return self._claimed(connection, received, code, title, now), None
            case TextReceived(aside=False) as said:
                return self._typed(connection, chat, said, now)
        return None

    def _typed(
        self, connection: Connection, chat: Address, said: TextReceived, now: int
    ) -> tuple[Message, Press | None] | None:
        text = said.text
        if code := _given_code(text):
            return self._kept(connection, chat, code, now), None
        if copy := self._words.posted(text):
            return self._posted(connection, chat, copy, now), None
        if not said.secrets and (words := self._words.draft(text)):
            return self._drafted(connection, chat, words, now)
        if len(text) < _SHORTEST:
            return None
        return self._asked(connection, text, masked=bool(said.secrets))

    def _seen(self, connection: Connection, received: Received, code: str, now: int) -> None:
        """The button stays: in a group others press it too."""
        if kept := announcements.by_code(connection, code):
            chat = str(received.address)
            views.viewed(connection, kept.id, [f"{chat}:{received.author}"], now)
            recipients.seen(connection, kept.id, chat, now)

    def _posted(self, connection: Connection, chat: Address, copy: str, now: int) -> Message:
        number = int(copy) if copy.isdecimal() else 0
        found = relays.posted(connection, number, str(chat), now)
        if found is None:
            return Message(self._words.say("relay_not_yours"))
        kept = announcements.get(connection, found[0])
        code = found[1].removeprefix("group:")
        group = groups.names(connection, [code]).get(code, code)
        number = kept.number if kept else 0
        return Message(self._words.say("relay_thanks", number=number, group=group))

    def _drafted(
        self, connection: Connection, chat: Address, words: str, now: int
    ) -> tuple[Message, Press | None] | None:
        """For all places of an official's; anybody else just said something."""
        actor = _official(connection, chat)
        return (self._draft(connection, actor, words, now), None) if actor else None

    def _draft(
        self, connection: Connection, actor: Actor, words: str, now: int, source: str = ""
    ) -> Message:
        places = tuple(one or "*" for one in actor.scopes(Operation.COMPOSE_ANNOUNCEMENT))
        content = Content(words, areas=places, ways=tuple(Way))
        try:
            number = announcement_service.compose(connection, actor, now, content, source)
        except Refused:
            return Message(self._words.say("drafted_before"))
        return Message(self._words.say("drafted", number=number))

    def _forwarded(
        self, connection: Connection, chat: Address, said: TextReceived, now: int
    ) -> Message | None:
        """An official passes a post on: a draft, unless it is one of ours or looks like a scam.
        What residents pass on is only judged."""
        actor, words = _official(connection, chat), said.text.strip()
        if actor is None or len(words) < _SHORTEST or self._suspicious(words):
            return None
        if asked := self._asked(connection, words, masked=bool(said.secrets)):
            return asked[0]
        if said.secrets:
            return Message(self._words.say("draft_masked"))
        source = f"forward:{sha256(words.encode()).hexdigest()[:32]}"
        return self._draft(connection, actor, words, now, source)

    def _asked(
        self, connection: Connection, text: str, *, masked: bool
    ) -> tuple[Message, Press | None] | None:
        """Where numbers were masked on the way in, ours are masked for comparing."""
        ours = originals(connection, self._words)
        if masked:
            ours = [replace(one, text=mask(one.text)[0]) for one in ours]
        answer = check(text, ours)
        if answer.finding is Finding.UNKNOWN:
            return None
        return Message(self._words.answer(answer, masked=masked)), None

    def _claimed(
        self, connection: Connection, received: Received, code: str, title: str, now: int
    ) -> Message:
        """By whoever the platform says wrote it, known from their own chat with us."""
        group = received.address
        actor = _known(connection, replace(group, id=received.author))
        found = self._taken(connection, actor, group, code, now)
        if found is None:
            return Message(self._words.say("group_refused"))
        people.set_group(connection, group, now, title=title, member=True, can_post=True)
        return Message(self._words.say("group_claimed", group=found.name))

    def _kept(self, connection: Connection, chat: Address, code: str, now: int) -> Message:
        """In a member's own chat: from now on they post in the group that only members can."""
        found = self._taken(connection, _known(connection, chat), chat, code, now, relay=True)
        key = "group_kept" if found else "group_refused"
        return Message(self._words.say(key, group=found.name if found else ""))

    def _taken(
        self,
        connection: Connection,
        actor: Actor | None,
        chat: Address,
        code: str,
        now: int,
        *,
        relay: bool = False,
    ) -> groups.Group | None:
        """The group, None when the code or whoever gave it is not right."""
        if actor is None:
            return None
        try:
            return group_service.claim(
                connection, actor, now, code, Way.RELAY if relay else chat.channel, str(chat)
            )
        except Refused:
            return None


def _passed_on(received: Received) -> TextReceived | None:
    """Somebody else's words, also those under a picture."""
    match received.event:
        case TextReceived(forwarded=True, aside=False) as said:
            return said
        case MediaReceived(_, TextReceived(forwarded=True) as said):
            return said
    return None


def _official(connection: Connection, chat: Address) -> Actor | None:
    """Who may compose announcements somewhere and is known at this chat."""
    actor = _known(connection, chat)
    return actor if actor and actor.scopes(Operation.COMPOSE_ANNOUNCEMENT) else None


def _known(connection: Connection, chat: Address) -> Actor | None:
    """Whose chat it is, with their rights."""
    known = links.profiles(connection, [str(chat)]).get(str(chat), ())
    if not known:
        return None
    return teams.actors(connection, [known[0].person], chat.channel)[known[0].person]


def _given_code(text: str) -> str:
    """Of a text that says nothing else; Telegram takes the stroke of a command away."""
    code = claimed(text if text.startswith("/") else f"/{text}")
    return code if len(code) == CODE_LENGTH and len(text.split()) == 2 else ""
