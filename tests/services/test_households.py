"""Households by the services: rights asked, history kept, the outbox told, all audited."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, NOW, actor_of, find

from bot.core.rights import Actor, Operation, Refusal, terminal
from bot.services import households as service
from bot.services.access import Problem, Refused
from storage import audit, households, lanes, outbox, persons, teams
from storage.database import DAY

Work = Callable[[Connection, Actor], object]


@pytest.fixture
def lead(connection: Connection) -> Actor:
    return actor_of(connection, "Chị Hoa")


def _refused(work: Callable[[], object]) -> Refusal | Problem:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason


def _kinds(connection: Connection, code: str) -> list[str]:
    return [one.kind for one in households.history(connection, code)]


def test_search_shows_everybody_of_ones_own_households(connection: Connection, lead: Actor) -> None:
    (card,) = service.search(connection, lead, "nam hem 1")
    assert (card.home.code, [one.name for one in card.people]) == ("H001", ["Bà Năm", "Anh Tư"])
    assert [one.home.code for one in service.search(connection, lead, "")] == [
        "H001",
        "H002",
        "H003",
    ]
    assert len(service.search(connection, terminal(), "")) == 4
    resident = actor_of(connection, "Bà Năm")
    assert _refused(lambda: service.search(connection, resident, "")) is Refusal.STRANGER


def test_a_new_household_is_added_and_relabelled(connection: Connection, lead: Actor) -> None:
    code = service.add(connection, lead, NOW, NEAR, "  Cạnh  đình ")
    assert service.see(connection, lead, code).home.label == "Cạnh đình"
    service.relabel(connection, lead, NOW, code, "Sau chợ")
    assert service.search(connection, lead, "sau cho")
    assert _kinds(connection, code) == ["added", "relabelled"]
    assert _refused(lambda: service.add(connection, lead, NOW, NEAR, "  ")) is Problem.BAD_VALUE
    assert _refused(lambda: service.add(connection, lead, NOW, "x", "y")) is Problem.NO_AREA
    assert _refused(lambda: service.see(connection, lead, "H999")) is Problem.NO_HOUSEHOLD
    last = audit.latest(connection, f"household:{code}")[0]
    assert (last["actor"], last["operation"]) == (lead.person, Operation.CHANGE_HOUSEHOLD)


def test_a_family_moves_to_another_hamlet_and_its_old_team_lets_go(
    connection: Connection, lead: Actor
) -> None:
    service.move(connection, lead, NOW, "H001", FAR, "Hẻm 9")
    assert _refused(lambda: service.see(connection, lead, "H001")) is Refusal.AREA
    there = actor_of(connection, "Cô Đào")
    assert service.see(connection, there, "H001").home.label == "Hẻm 9"
    assert _kinds(connection, "H001") == ["moved"]
    same = lambda: service.move(connection, there, NOW, "H001", FAR)  # noqa: E731
    nowhere = lambda: service.move(connection, there, NOW, "H001", "x")  # noqa: E731
    assert (_refused(same), _refused(nowhere)) == (Problem.SAME, Problem.NO_AREA)


def test_who_moved_away_or_refused_gets_nothing_that_waited(
    connection: Connection, lead: Actor
) -> None:
    nam, bay = find(connection, "Bà Năm"), find(connection, "Ông Bảy")
    outbox.enqueue(
        connection,
        [
            outbox.NewDelivery("reminder:1", "fake:one:a", "{}", lanes.PERSONAL, person=nam),
            outbox.NewDelivery("turn:1", "fake:one:a", "{}", lanes.REPLY, person=nam),
            outbox.NewDelivery("reminder:2", "fake:one:b", "{}", lanes.PERSONAL, person=bay),
        ],
        NOW,
    )
    service.move(connection, lead, NOW, "H001")
    assert outbox.totals(connection) == {"queued": 2, "skipped": 1}
    assert _refused(lambda: service.unmute(connection, lead, NOW, "H001")) is Problem.NOT_ACTIVE
    service.mute(connection, lead, NOW, "H002", "refused", NOW + 90 * DAY)
    assert outbox.totals(connection) == {"queued": 1, "skipped": 2}
    assert service.see(connection, lead, "H002").home.muted_reason == "refused"
    service.unmute(connection, lead, NOW, "H002")
    assert service.see(connection, lead, "H002").home.muted_until == 0
    assert _kinds(connection, "H002") == ["refused", "unmuted"]


def test_households_merge_and_split_with_their_people(connection: Connection, lead: Actor) -> None:
    bay = find(connection, "Ông Bảy")
    service.merge(connection, lead, NOW, "H002", "H001")
    card = service.see(connection, lead, "H001")
    assert [one.name for one in card.people] == ["Bà Năm", "Anh Tư", "Ông Bảy"]
    assert service.see(connection, lead, "H002").home.merged_into == "H001"
    assert service.search(connection, lead, "bay")[0].home.code == "H001"
    new = service.split(connection, lead, NOW, "H001", [bay], "Hẻm 1A")
    assert service.search(connection, lead, "bay")[0].home.code == new
    service.set_head(connection, lead, NOW, new, bay)
    assert service.see(connection, lead, new).people[0].is_head
    assert _kinds(connection, "H001") == ["received", "split"]
    assert _kinds(connection, new) == ["split-from", "head"]


def test_what_cannot_be_is_refused_and_changes_nothing(connection: Connection, lead: Actor) -> None:
    persons.add(connection, [{"household": "H002", "honorific": "Bà", "call_name": "Năm"}], NOW)
    bay = find(connection, "Ông Bảy")
    tries: list[tuple[Callable[[], object], Problem]] = [
        (lambda: service.merge(connection, lead, NOW, "H002", "H001"), Problem.NAME_TAKEN),
        (lambda: service.merge(connection, lead, NOW, "H001", "H001"), Problem.SAME),
        (lambda: service.split(connection, lead, NOW, "H001", [bay], "x"), Problem.NO_PERSON),
        (lambda: service.set_head(connection, lead, NOW, "H001", bay), Problem.NO_PERSON),
    ]
    for work, problem in tries:
        assert _refused(work) is problem
    assert _kinds(connection, "H001") == _kinds(connection, "H002") == []
    assert audit.verify(connection) == (0, None)


def test_a_commune_official_reaches_every_hamlet(connection: Connection) -> None:
    bay = find(connection, "Ông Bảy")
    office = {"person": bay, "role": "operator", "area": COMMUNE, "granted_by": 0}
    teams.grant(connection, [office], NOW)
    assert len(service.search(connection, actor_of(connection, "Ông Bảy"), "")) == 4
