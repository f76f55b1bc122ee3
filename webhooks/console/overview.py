"""/: what is to be done first, for whoever is in; for everybody else the front door."""

from dataclasses import dataclass
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.announcement import State
from bot.core.rights import EVERYWHERE, Operation, Role
from bot.services import announcements as service
from bot.services import bulletins, counting, data_requests
from bot.services import help as helping
from storage import conversations, editions, groups, stuck, teams
from webhooks.console.frame import Console, Visit

_MOST = 100


@dataclass(frozen=True, slots=True)
class _Todo:
    """`kind` names the words; `number` of them wait, at `path`."""

    kind: str
    number: int
    path: str


def _todo(connection: Connection, visit: Visit) -> list[_Todo]:
    """Most pressing first; what is none is left out."""
    found = []
    if visit.may(Operation.SEE_HELP):
        lines = helping.queue(connection, visit.actor, _MOST)
        waiting = sum(one.request.state == "open" for one in lines)
        mine = sum(one.request.claimed_by == visit.actor.person for one in lines)
        found += [_Todo("help", waiting, "/can-giup"), _Todo("mine", mine, "/can-giup")]
    if visit.may(Operation.APPROVE_ANNOUNCEMENT):
        found.append(
            _Todo("approve", _listed(connection, visit, State.SUBMITTED), _shelf("cho-duyet"))
        )
    if visit.may(Operation.COMPOSE_ANNOUNCEMENT):
        number = _listed(connection, visit, State.RETURNED)
        found.append(_Todo("returned", number, _shelf("nhap")))
    if visit.may(Operation.CLAIM_GROUP) or visit.may(Operation.COMPOSE_ANNOUNCEMENT):
        health = service.health(connection, visit.actor)
        place = "/quan-tri/nhom" if visit.may(Operation.CLAIM_GROUP) else ""
        found.append(_Todo("groups", sum(bool(one.trouble) for one in health), place))
    if EVERYWHERE in visit.actor.scopes(Operation.APPROVE_GUIDE):
        found.append(_Todo("guides", len(editions.waiting(connection)), "/thu-vien"))
    if visit.may(Operation.SETTLE_DATA):
        asked = len(data_requests.listed(connection, visit.actor))
        found.append(_Todo("data", asked, "/quan-tri/du-lieu"))
    if EVERYWHERE in visit.actor.scopes(Operation.STEER_CHANNELS):
        found.append(_Todo("stuck", sum(stuck.numbers(connection)), "/quan-tri/viec-ket"))
    return [one for one in found if one.number]


def _shelf(name: str) -> str:
    return f"/thong-bao?loc={name}"


def _listed(connection: Connection, visit: Visit, state: State) -> int:
    return len(bulletins.listed(connection, visit.actor, {state}, _MOST))


def _numbers(connection: Connection, visit: Visit) -> list[_Todo]:
    """Big numbers, each with the list behind it."""
    found = []
    if scopes := visit.actor.scopes(Operation.SEE_HOUSEHOLDS):
        counted = counting.homes(connection, scopes, visit.now, visit.console.zone)
        found.append(_Todo("homes", counted.homes, "/ho-dan"))
        found.append(_Todo("learning", counted.learning, "/chi-tieu"))
        found.append(_Todo("verified", counted.verified, "/chi-tieu"))
    if visit.may(Operation.SEE_ANNOUNCEMENTS):
        going = (State.APPROVED, State.SCHEDULED, State.SENDING, State.PAUSED)
        number = len(bulletins.listed(connection, visit.actor, going, _MOST))
        found.append(_Todo("going", number, _shelf("dang-gui")))
    return found


def _first_steps(connection: Connection, visit: Visit) -> dict[str, bool]:
    """What a new installation has and still lacks, each line true only when it is so; empty for
    whoever cannot change it."""
    if EVERYWHERE not in visit.actor.scopes(Operation.GRANT_ROLE):
        return {}
    known = teams.known(connection)
    authors = teams.holders(connection, Role.AUTHOR) | teams.holders(connection, Role.OPERATOR)
    approvers = teams.holders(connection, Role.APPROVER)
    return {
        "teams": any(one.serves for one in known.values()),
        "members": bool(teams.members(connection, list(known))),
        "officials": any(approvers - {author} for author in authors),
        "tried": conversations.any_at(connection),
        "channel": len(visit.console.wiring.channels) > 1,
        "groups": any(not one.trouble for one in groups.below(connection, (EVERYWHERE,))),
    }


async def _overview(visit: Visit) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        return {
            "todo": _todo(connection, visit),
            "numbers": _numbers(connection, visit),
            "first": _first_steps(connection, visit),
        }

    return visit.show("console/overview.html", **await visit.read(work))


def _front(console: Console) -> Response:
    return console.show("console/front.html", team="")


def add(console: Console) -> None:
    console.get("/", Operation.ENTER_CONSOLE, stranger=_front)(_overview)
