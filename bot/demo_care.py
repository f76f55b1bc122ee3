"""What the demo shows of guides given and doors knocked on, and a code to become a member of the
team in the chat.
"""

from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import Connection

from bot.core import passcode
from bot.core.guide import Guide
from bot.core.rights import Actor, terminal
from bot.demo import Places
from bot.desk.words import DeskWords
from bot.services import identity, sequences, visits
from bot.services.access import Refused
from bot.services.sequences import Way, Wish
from bot.services.visits import Outcome, Report, Statement
from bot.vault import Vault
from storage import persons, teams


def show(
    connection: Connection, found: Places, books: Mapping[str, Guide], words: DeskWords, now: int
) -> None:
    """By the first of the members; once only."""
    calendar = words.calendar
    for one in found["visits"]:
        living = persons.of_households(connection, [one["household"]])[one["household"]]
        person = next(who.id for who in living if who.name == one["person"])
        lead = _member(connection, found, 0)
        guides = (one["guide"],)
        with suppress(Refused):
            wish = Wish(guides, Way.HOME, (one["household"],), persons=(person,))
            sequences.start(connection, lead, now, wish, books, calendar)
            if one["done"]:
                text = words.say("consent_words")
                visits.agree(connection, lead, now, person, Statement.ORAL, text)
                report = Report(one["household"], Outcome.DONE, guides, (person,))
                visits.record(connection, lead, now, report, books, calendar)


def code(connection: Connection, vault: Vault, found: Places, now: int) -> str:
    """Typed in the web chat it makes whoever tries the demo the second of the members."""
    member = _member(connection, found, 1).person
    made = identity.make_code(connection, terminal(), now, vault, person=member)
    return passcode.shown(passcode.found(made))


def _member(connection: Connection, found: Places, place: int) -> Actor:
    codes = [str(one["code"]) for one in found["households"]]
    living = persons.of_households(connection, codes).values()
    name = found["members"][place]["person"]
    person = next(who.id for group in living for who in group if who.name == name)
    return teams.actors(connection, [person], "demo")[person]
