"""The answer to "did you use it again?", pressed or typed. For residents; leaves the rest to
others.
"""

from sqlalchemy import Connection

from bot.core.effects import Message
from bot.core.events import ChoiceMade, TextReceived
from bot.core.text import Option, number, whole_meaning
from bot.desk.ask import NO, USED, YES
from bot.desk.words import DeskWords
from bot.desks import Answer, Heard
from bot.seats import Question
from bot.services import visits
from bot.shelf import Shelf
from storage import links

ABOUT = "used"


class UsedDesk:
    def __init__(self, words: DeskWords, shelf: Shelf) -> None:
        self._words, self._shelf = words, shelf
        self._options = [Option(one, tuple(words.section("used_words")[one])) for one in (YES, NO)]

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        match heard.received.event:
            case ChoiceMade(choice) if choice.startswith(USED):
                return self._answered(connection, heard, choice)
            case TextReceived(text, secrets, aside) if not secrets and not aside:
                question = heard.question
                if question is None or question.about != ABOUT:
                    return None
                choice = self._meant(question, text)
                return self._answered(connection, heard, choice) if choice else None
        return None

    def _meant(self, question: Question, text: str) -> str:
        """The choice a number or a word stands for, empty for neither."""
        guides = self._shelf.guides
        place = number(text, guides.prefixes, guides.numbers)
        if 0 < place <= len(question.offered):
            return question.offered[place - 1]
        said = whole_meaning(text, self._options, guides.particles)
        return next((one for one in question.offered if said and one.endswith(f"-{said}")), "")

    def _answered(self, connection: Connection, heard: Heard, choice: str) -> Answer | None:
        """The last answer counts, however often it is given."""
        run, _, said = choice.removeprefix(USED).partition("-")
        if not run.isdecimal() or said not in (YES, NO):
            return None
        chat = str(heard.received.address)
        here = {one.person for one in links.profiles(connection, [chat]).get(chat, ())}
        yes = said == YES
        if not visits.used_again(connection, here, int(run[:18]), heard.now, yes=yes):
            return None
        links.ask(connection, chat, "")
        text = self._words.say("used_yes" if yes else "used_no")
        return Answer([Message(text)], heard.received.press, settles=True)
