"""At the door: `H12 VNEID XONG`, what else may have become of it, consent of who has no phone,
and the list of the week.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk import homes, mistakes, rounds
from bot.desk.ask import Ask, Reply, button, more
from bot.desk.grammar import Phrases, guessed, picked
from bot.desk.people import labels, named
from bot.services import doors, households, visits
from bot.services.visits import TAUGHT, Outcome, Report, Statement
from storage import visits as rows
from storage.persons import Someone

PAGE = 8


@dataclass(frozen=True, slots=True)
class Told:
    """What a member said of a household. `left` is what means nothing."""

    outcome: Outcome | None
    statement: Statement | None
    guides: tuple[str, ...]
    persons: tuple[int, ...]
    left: tuple[str, ...]


def at_door(ask: Ask) -> Reply | None:
    """A household's code with what became of it; by itself the card."""
    if not ask.order.rest or len(ask.order.codes) != 1:
        return homes.card(ask)
    code = ask.order.codes[0]
    wrong, left = picked(ask.order.rest, ask.words.mistakes)
    if wrong:
        return mistakes.take_back(ask, code, left)
    people = households.see(ask.connection, ask.actor, code).people
    told = _told(ask, people)
    if told.left:
        return Reply(ask.say("visit_unknown", words=" ".join(told.left)))
    if told.outcome is None:
        return homes.card(ask)
    if told.outcome not in TAUGHT:
        return _record(ask, Report(code, told.outcome), people)
    return _taught(ask, code, told.outcome, told, people)


def _told(ask: Ask, people: Sequence[Someone]) -> Told:
    known = ask.words.guides(ask.guides.current)
    statements, left = picked(ask.order.rest, ask.words.statements)
    outcomes, left = picked(left, ask.words.outcomes)
    guides, left = picked(left, known)
    persons, left = named(ask, people, left)
    near, left = guessed(left, _both(ask.words.outcomes, known))
    guides += tuple(one for one in near if one in ask.guides.current and one not in guides)
    outcomes += tuple(one for one in near if one not in ask.guides.current)
    return Told(
        Outcome(outcomes[0]) if outcomes else None,
        Statement(statements[0]) if statements else None,
        guides,
        persons,
        left,
    )


def _both(outcomes: Phrases, guides: Phrases) -> Phrases:
    return {**guides, **outcomes}


def _taught(ask: Ask, code: str, outcome: Outcome, told: Told, people: Sequence[Someone]) -> Reply:
    """Of whom and of which guides, as far as it can be meant in one way only."""
    likely = visits.suggested(ask.connection, people, told.guides)
    persons = told.persons
    if not persons:
        one = [people[0].id] if len(people) == 1 else list(likely)
        if len(one) != 1:
            choices = [more(f"p{who.id}", who.name) for who in people]
            return Reply(ask.say("visit_who", code=code), choices, ask.draft)
        persons = (one[0],)
    guides = told.guides or (likely.get(persons[0], ()) if len(persons) == 1 else ())
    missing = set(persons) - rows.agreeing(ask.connection, persons)
    if missing and (asked := _consent(ask, told.statement, missing, people)):
        return asked
    return _record(ask, Report(code, outcome, guides, persons), people)


def _consent(
    ask: Ask, statement: Statement | None, missing: set[int], people: Sequence[Someone]
) -> Reply | None:
    """None when they agree."""
    names = rounds.names([one for one in people if one.id in missing])
    words = ask.say("consent_words")
    if statement is None:
        choices = [
            more(ask.words.section("statements")[one][0], ask.say(f"consent_{one}"))
            for one in Statement
        ]
        return Reply(ask.say("consent_ask", names=names, words=words), choices, ask.draft)
    for person in sorted(missing):
        visits.agree(ask.connection, ask.actor, ask.now, person, statement, words)
    if statement is Statement.REFUSED:
        return Reply(ask.say("consent_no", names=names))
    return None


def _record(ask: Ask, report: Report, people: Sequence[Someone]) -> Reply:
    calendar = ask.words.calendar
    done = visits.record(ask.connection, ask.actor, ask.now, report, ask.guides.current, calendar)
    kind = report.outcome.value
    if report.outcome is Outcome.DONE and not report.guides:
        kind = "plain"
    names = rounds.names([one for one in people if one.id in report.persons]) or ask.say(
        "visit_whole"
    )
    guides = labels(ask, report.guides)
    said = ask.say(f"visit_{kind}", code=report.household, names=names, guides=guides)
    undo = [mistakes.undo(ask, report.household, done.number)]
    return Reply(said if done.new else ask.say("visit_before", said=said), undo)


def week(ask: Ask) -> Reply | None:
    """`/tuan`, and `/tuan 2` for the next page."""
    if len(ask.order.rest) > 1 or not all(one.isdecimal() for one in ask.order.rest):
        return None
    page = max(1, int(ask.order.rest[0][:3])) if ask.order.rest else 1
    found = doors.week(ask.connection, ask.actor, ask.now, ask.words.calendar, page=page, size=PAGE)
    lines = [
        rounds.line(ask, number, one)
        for number, one in enumerate(found.stops, (page - 1) * PAGE + 1)
    ]
    day = ask.words.day(ask.words.calendar.week(ask.now)[1])
    said = ask.say("week", day=day, page=page, stops="\n".join(lines)) if lines else ""
    parts = [said or ask.say("week_none"), rounds.left_out(ask, found.left)]
    if found.stops:
        parts.append(ask.say("week_how", code=found.stops[0].door.household))
    choices = [button(f"tuan {page + 1}", ask.say("week_more"))] if found.more else []
    return Reply("\n".join(filter(None, parts)), choices)
