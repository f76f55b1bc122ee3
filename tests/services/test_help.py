"""Calls for help by the services: two at once, other hamlets, wrong states; the console's queue."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection
from village import COMMUNE, NEAR, NOW, find, plant

from bot.core.rights import Actor, Refusal, Role, terminal
from bot.services import help as service
from bot.services import persons, roles
from bot.services.access import Problem, Refused
from storage import audit, calls, people, teams
from storage.database import Database


@pytest.fixture
def village(database: Database) -> Database:
    """Bà Năm's call 1, and Ông Bảy's call 2 at the same chat."""

    def work(connection: Connection) -> None:
        plant(connection)
        people.see(connection, {"fake:one:nam": "fake"}, NOW)
        rows = [
            {"address": "fake:one:nam", "person": find(connection, name), "guide": "", "item": ""}
            for name in ("Bà Năm", "Ông Bảy")
        ]
        calls.call(connection, rows, NOW)
        for number in (1, 2):
            calls.change(connection, number, calls.OPEN, area=NEAR, level="team")

    database.write_now(work)
    return database


def _actor(database: Database, name: str) -> Actor:
    def work(connection: Connection) -> Actor:
        person = find(connection, name)
        return teams.actors(connection, [person], "test")[person]

    return database.write_now(work)


def _refused(work: Callable[[], object]) -> Refusal | Problem:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason


def test_of_two_claims_at_once_one_wins(village: Database) -> None:
    """Real threads and connections; both have read the call as open before either writes."""
    names = ("Chị Hoa", "Anh Dũng")
    actors = [_actor(village, name) for name in names]
    ready, won, lost = Barrier(2), [], []

    def claim(actor: Actor) -> None:
        def work(connection: Connection) -> None:
            if not village.is_sqlite:
                assert calls.get(connection, [1])[1].state == calls.OPEN
                ready.wait(60)
            service.claim(connection, actor, NOW, 1)

        try:
            if village.is_sqlite:
                ready.wait(60)
            village.write_now(work)
            won.append(actor.person)
        except Refused as refused:
            lost.append((refused.reason, refused.values["name"]))

    threads = [Thread(target=claim, args=[actor]) for actor in actors]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    winner = next(name for name, actor in zip(names, actors, strict=True) if actor.person in won)
    assert (len(won), lost) == (1, [(Problem.TAKEN, winner)])
    kinds = [one.kind for one in village.read_now(lambda one: calls.history(one, 1))]
    assert kinds == ["claimed"]


def test_a_member_of_another_hamlet_is_refused_everywhere(village: Database) -> None:
    far, neighbour = _actor(village, "Cô Đào"), _actor(village, "Anh Tư")
    lead = _actor(village, "Chị Hoa")

    def matrix(connection: Connection) -> None:
        service.claim(connection, lead, NOW, 2)
        for actor, why in ((far, Refusal.AREA), (neighbour, Refusal.STRANGER)):
            for number in (1, 2):
                tries: list[Callable[[], object]] = [
                    lambda a=actor, n=number: service.claim(connection, a, NOW, n),  # type: ignore[misc]
                    lambda a=actor, n=number: service.reply(connection, a, NOW, n, "x"),  # type: ignore[misc]
                    lambda a=actor, n=number: service.release(connection, a, NOW, n),  # type: ignore[misc]
                    lambda a=actor, n=number: service.hand_back(connection, a, NOW, n),  # type: ignore[misc]
                    lambda a=actor, n=number: service.close(connection, a, NOW, n, "done"),  # type: ignore[misc]
                    lambda a=actor, n=number: service.thread(connection, a, n),  # type: ignore[misc]
                ]
                assert {_refused(one) for one in tries} == {why}
        assert service.queue(connection, far) == []
        assert _refused(lambda: service.queue(connection, neighbour)) is Refusal.STRANGER
        assert _refused(lambda: service.claim(connection, neighbour, NOW, 9)) is Refusal.STRANGER

    village.write_now(matrix)


def test_the_queue_shows_ones_own_places(village: Database) -> None:
    dung = _actor(village, "Anh Dũng")

    def work(connection: Connection) -> None:
        service.claim(connection, dung, NOW, 2)
        shown = [
            (one.name, one.household, one.helper, one.request.state)
            for one in service.queue(connection, dung)
        ]
        assert shown == [
            ("Bà Năm", "H001", "", "open"),
            ("Ông Bảy", "H002", "Anh Dũng", "claimed"),
        ]
        assert [one.request.id for one in service.queue(connection, dung, after=1)] == [2]
        assert len(service.queue(connection, terminal(), limit=1)) == 1

    village.write_now(work)


def test_a_lead_steps_in_and_others_do_not(village: Database) -> None:
    dung, hoa = _actor(village, "Anh Dũng"), _actor(village, "Chị Hoa")

    def work(connection: Connection) -> None:
        mai = persons.official(connection, terminal(), NOW, "Chị Mai", COMMUNE)
        roles.appoint(connection, terminal(), NOW, mai, Role.MEMBER, COMMUNE)
        other = teams.actors(connection, [mai], "console")[mai]
        service.claim(connection, dung, NOW, 1)
        assert _refused(lambda: service.reply(connection, other, NOW, 1, "x")) is Refusal.ROLE
        service.reply(connection, hoa, NOW, 1, " Chào bác ")
        service.release(connection, hoa, NOW, 1)
        assert calls.get(connection, [1])[1].state == calls.OPEN
        assert calls.gave_back(connection, [1]) == {1: {dung.person}}
        assert _refused(lambda: service.hand_back(connection, hoa, NOW, 1)) is Problem.WRONG_STATE
        service.claim(connection, hoa, NOW, 1)
        service.claim(connection, hoa, NOW, 1)
        assert _refused(lambda: service.reply(connection, hoa, NOW, 1, " ")) is Problem.BAD_VALUE
        assert _refused(lambda: service.reply(connection, hoa, NOW, 9, "x")) is Problem.NO_HELP
        service.hand_back(connection, hoa, NOW, 1)
        assert _refused(lambda: service.hand_back(connection, hoa, NOW, 1)) is Problem.NO_HELP
        assert _refused(lambda: service.claim(connection, dung, NOW, 1)) is Problem.NO_HELP
        happened = [(one.kind, one.text) for one in service.thread(connection, hoa, 1)]
        assert happened == [
            ("claimed", ""),
            ("reply", "Chào bác"),
            ("released", ""),
            ("claimed", ""),
            ("done", ""),
        ]
        trail = audit.latest(connection, "help:1")
        assert not [row for row in trail if "bác" in row["detail"]]

    village.write_now(work)


def test_nobody_claims_their_own_call(village: Database) -> None:
    def work(connection: Connection) -> None:
        hoa = find(connection, "Chị Hoa")
        row = {"address": "fake:one:hoa", "person": hoa, "guide": "", "item": ""}
        calls.call(connection, [row], NOW)
        calls.change(connection, 3, calls.OPEN, area=NEAR)
        actor = teams.actors(connection, [hoa], "test")[hoa]
        assert _refused(lambda: service.claim(connection, actor, NOW, 3)) is Problem.OWN_WORK

    village.write_now(work)
