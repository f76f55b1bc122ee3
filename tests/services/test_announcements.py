"""Announcements by the services: rights, approval bound to what was seen, the frozen audience."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from functools import partial

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from village import CITY, COMMUNE, FAR, NEAR, NOW, OTHER, find, plant

from bot.core.announcement import Content, Fault, Kind, State, Way, digest
from bot.core.rights import Actor, Refusal, Role
from bot.services import announcements as service
from bot.services import groups as group_service
from bot.services.access import Problem, Refused
from storage import (
    announcements,
    approvals,
    audience,
    audit,
    groups,
    links,
    people,
    persons,
    recipients,
    teams,
)
from storage.database import DAY, Database

SOMETHING = {
    "text": "Dời lịch sang thứ bảy.",
    "picture": "tin/b.png",
    "kind": Kind.UPDATE,
    "follows": 1,
    "areas": (NEAR,),
    "ways": (Way.RELAY,),
    "channels": ("webchat",),
    "urgent": True,
    "send_at": NOW + DAY,
    "expires_at": NOW + 2 * DAY,
}
DRAFT = Content("Thứ sáu cắt điện.", areas=(COMMUNE,), ways=tuple(Way), channels=("fake",))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    database.write_now(plant)
    database.write_now(_village)
    with database.engine.begin() as made:
        yield made


def _village(connection: Connection) -> None:
    """Two officials of the commune, one of another; four groups, three residents who agreed."""
    for name in ("Mai", "Hùng", "Xa"):
        person = persons.add_one(connection, {"call_name": name}, NOW)
        area = OTHER if name == "Xa" else COMMUNE
        roles = [Role.AUTHOR, Role.APPROVER]
        teams.grant(
            connection,
            [{"person": person, "role": one, "area": area, "granted_by": 0} for one in roles],
            NOW,
        )
    kinds = {"g1": "telegram", "g2": "zalo_oa", "g3": "zalo_bot", "g4": "relay"}
    groups.put(
        connection,
        [
            {"code": code, "area": NEAR, "channel": kind, "name": f"Nhóm {code}"}
            for code, kind in kinds.items()
        ],
    )
    groups.claim(connection, "g1", "telegram:1:-5", 1, NOW)
    groups.claim(connection, "g4", "", find(connection, "Anh Dũng"), NOW)
    for name, chats in {"Bà Năm": ["a", "b"], "Ông Bảy": ["a"], "Cô Đào": ["c"]}.items():
        person = find(connection, name)
        people.see(connection, {f"fake:one:{chat}": "fake" for chat in chats}, NOW)
        for chat in chats:
            links.link(connection, f"fake:one:{chat}", person, NOW)
        consent(connection, f"fake:one:{chats[-1]}", person)
    people.see(connection, {"fake:one:z": "fake"}, NOW)
    consent(connection, "fake:one:z", 0)


def consent(connection: Connection, address: str, person: int, *, granted: bool = True) -> None:
    row = {"address": address, "person": person, "purpose": "news", "granted": granted}
    people.record_consents(connection, [{**row, "version": "v", "recorder": "self", "at": NOW}])


def _actor(connection: Connection, name: str) -> Actor:
    found = connection.execute(
        text("SELECT id FROM person WHERE call_name = :name"), {"name": name}
    ).scalar_one()
    return teams.actors(connection, [found], "test")[found]


def _refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value.reason)


def _kept(connection: Connection, number: int) -> announcements.Kept:
    found = announcements.get(connection, number)
    assert found
    return found


def _submitted(connection: Connection, content: Content = DRAFT) -> int:
    author = _actor(connection, "Mai")
    number = service.compose(connection, author, NOW, content)
    service.submit(connection, author, NOW, number)
    return number


def _approved(connection: Connection, content: Content = DRAFT, typed: int = 4) -> int:
    number = _submitted(connection, content)
    seen = _kept(connection, number).digest
    service.approve(connection, _actor(connection, "Hùng"), NOW, number, seen, typed)
    return number


def test_from_draft_to_approved(connection: Connection) -> None:
    author, approver = _actor(connection, "Mai"), _actor(connection, "Hùng")
    number = service.compose(connection, author, NOW, DRAFT)
    assert service.submit(connection, author, NOW, number) == (4, 6)
    assert _refused(lambda: service.submit(connection, author, NOW, number)) == Fault.STATE
    seen = _kept(connection, number).digest
    own = lambda: service.approve(connection, author, NOW, number, seen, 4)  # noqa: E731
    assert _refused(own) == Fault.EDITOR
    wrong = lambda: service.approve(connection, approver, NOW, number, seen, 3)  # noqa: E731
    assert _refused(wrong) == Fault.COUNT
    service.approve(connection, approver, NOW, number, seen, 4)
    kept = _kept(connection, number)
    assert (kept.state, kept.number, kept.groups, kept.recipients) == (State.APPROVED, 1, 4, 6)
    assert [one["decision"] for one in approvals.decisions(connection, number)] == ["approve"]
    assert audit.verify(connection)[1] is None


@pytest.mark.parametrize("name", [one.name for one in fields(Content)])
def test_every_edit_voids_approval(connection: Connection, name: str) -> None:
    number = _approved(connection)
    author, version = _actor(connection, "Mai"), _kept(connection, number).version
    service.edit(connection, author, NOW, number, version, **{name: SOMETHING[name]})
    kept = _kept(connection, number)
    assert (kept.state, kept.approved_digest, kept.approved_by) == (State.DRAFT, "", 0)
    assert kept.digest == digest(kept.content)
    assert audience.sizes(connection, number) == (0, 0)
    assert len(announcements.versions(connection, number)) == 2


@pytest.mark.parametrize("name", [one.name for one in fields(Content)])
def test_the_database_itself_keeps_no_unapproved_digest(connection: Connection, name: str) -> None:
    """Whoever writes around the services meets the constraint as soon as the digest follows."""
    number = _approved(connection)
    assert name in announcements.columns()
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(
            text("UPDATE announcement SET digest = 'other' WHERE id = :id"), {"id": number}
        )


def test_only_those_of_the_place_may(connection: Connection) -> None:
    stranger, author = _actor(connection, "Xa"), _actor(connection, "Mai")
    assert _refused(lambda: service.compose(connection, stranger, NOW, DRAFT)) == Refusal.AREA
    number = _submitted(connection)
    seen = _kept(connection, number).digest
    other = lambda: service.approve(connection, stranger, NOW, number, seen, 4)  # noqa: E731
    assert _refused(other) == Refusal.AREA
    wider = Content("Tin", areas=(CITY,))
    assert _refused(lambda: service.compose(connection, author, NOW, wider)) == Refusal.AREA
    everywhere = Content("Tin", areas=("*",))
    assert _refused(lambda: service.compose(connection, author, NOW, everywhere)) == Refusal.AREA
    spread = lambda: service.edit(connection, author, NOW, number, 1, areas=(NEAR, OTHER))  # noqa: E731
    assert _refused(spread) == Refusal.AREA
    resident = _actor(connection, "Năm")
    assert _refused(lambda: service.compose(connection, resident, NOW, DRAFT)) == Refusal.STRANGER
    missing = lambda: service.pause(connection, author, NOW, 999)  # noqa: E731
    assert _refused(missing) == Problem.NO_ANNOUNCEMENT


def test_returned_and_rejected_need_a_reason(connection: Connection) -> None:
    author, approver = _actor(connection, "Mai"), _actor(connection, "Hùng")
    number = _submitted(connection)
    mute = lambda: service.send_back(connection, approver, NOW, number, " ")  # noqa: E731
    assert _refused(mute) == Fault.REASON
    service.send_back(connection, approver, NOW, number, "Thiếu giờ")
    assert (_kept(connection, number).state, _kept(connection, number).reason) == (
        State.RETURNED,
        "Thiếu giờ",
    )
    service.submit(connection, author, NOW, number)
    service.send_back(connection, approver, NOW, number, "Không đúng", for_good=True)
    late = lambda: service.edit(connection, author, NOW, number, 1, text="x")  # noqa: E731
    assert _refused(late) == Fault.STATE


def test_a_broken_glass_is_reviewed_by_another(connection: Connection) -> None:
    author, approver = _actor(connection, "Mai"), _actor(connection, "Hùng")
    number = _submitted(connection)
    service.approve(
        connection, author, NOW, number, _kept(connection, number).digest, 4, glass="Vỡ đê"
    )
    assert [one.id for one in approvals.unreviewed(connection)] == [number]
    own = lambda: service.review(connection, author, NOW, number, "Ổn")  # noqa: E731
    assert _refused(own) == Fault.EDITOR
    mute = lambda: service.review(connection, approver, NOW, number, "")  # noqa: E731
    assert _refused(mute) == Fault.REASON
    service.review(connection, approver, NOW, number, "Đúng việc gấp")
    assert approvals.unreviewed(connection) == []
    again = lambda: service.review(connection, approver, NOW, number, "Nữa")  # noqa: E731
    assert _refused(again) == Fault.STATE


def test_what_was_looked_at_is_what_is_approved(connection: Connection) -> None:
    number = _submitted(connection)
    kept = _kept(connection, number)
    author, approver = _actor(connection, "Mai"), _actor(connection, "Hùng")
    service.edit(connection, author, NOW, number, 1, text="Khác")
    stale = lambda: service.edit(connection, author, NOW, number, 1, text="Nữa")  # noqa: E731
    assert _refused(stale) == Fault.CHANGED
    service.submit(connection, author, NOW, number)
    old = lambda: service.approve(connection, approver, NOW, number, kept.digest, 4)  # noqa: E731
    assert _refused(old) == Fault.CHANGED
    assert not approvals.approve(connection, kept, approver.person, NOW, counts=(4, 6))


def test_nobody_and_too_late_are_refused(connection: Connection) -> None:
    approver = _actor(connection, "Hùng")
    number = _submitted(connection, Content("Tin", areas=(FAR,), ways=(Way.RELAY,)))
    seen = _kept(connection, number).digest
    nobody = lambda: service.approve(connection, approver, NOW, number, seen, 0)  # noqa: E731
    assert _refused(nobody) == Fault.EMPTY
    number = _submitted(connection, Content("Tin", areas=(NEAR,), ways=tuple(Way), expires_at=NOW))
    seen = _kept(connection, number).digest
    late = lambda: service.approve(connection, approver, NOW, number, seen, 4)  # noqa: E731
    assert _refused(late) == Fault.EXPIRED


def test_an_edit_and_an_approval_at_once_never_both_win(database: Database) -> None:
    """Each in its own connection, started together, many times: what is approved is what the
    approver saw, or nothing is."""
    database.write_now(plant)
    database.write_now(_village)
    author = database.read_now(lambda one: _actor(one, "Mai"))
    approver = database.read_now(lambda one: _actor(one, "Hùng"))
    for turn in range(12):
        number = database.write_now(_submitted)
        seen = database.read_now(partial(_kept, number=number)).digest
        start = threading.Barrier(2)
        works = [
            partial(_edited, author=author, number=number),
            partial(_let_go, approver=approver, number=number, seen=seen),
        ]
        threads = [
            threading.Thread(target=_race, args=(database, start, work))
            for work in (works if turn % 2 else reversed(works))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = database.read_now(partial(_kept, number=number))
        assert after.state in (State.DRAFT, State.APPROVED)
        if after.state is State.APPROVED:
            assert after.content.text == DRAFT.text
        assert (after.approved_digest == after.digest) == (after.state is State.APPROVED)


def _edited(connection: Connection, author: Actor, number: int) -> None:
    service.edit(connection, author, NOW, number, 1, text=f"Sửa {number}")


def _let_go(connection: Connection, approver: Actor, number: int, seen: str) -> None:
    service.approve(connection, approver, NOW, number, seen, 4)


def _race(
    database: Database, start: threading.Barrier, work: Callable[[Connection], object]
) -> None:
    """Who comes second may be refused."""
    start.wait()
    with suppress(Refused):
        database.write_now(work)


def test_the_audience_is_frozen_with_its_reasons(connection: Connection) -> None:
    """One copy for a person with two chats, one for a chat of two persons; who cannot receive
    is counted, with the reason."""
    number = _approved(connection)
    lines = {one.target: one for one in recipients.lines(connection, number)}
    states = {target: (one.state, one.reason) for target, one in lines.items()}
    nam, bay, dao = (find(connection, one) for one in ("Bà Năm", "Ông Bảy", "Cô Đào"))
    assert states == {
        "group:g1": ("planned", ""),
        "group:g2": ("skipped", "not-claimed"),
        "group:g3": ("skipped", "not-claimed"),
        "group:g4": ("planned", ""),
        f"person:{nam}": ("planned", ""),
        f"person:{dao}": ("planned", ""),
    }
    assert bay
    assert sum(recipients.counts(connection, number).values()) == 6
    assert recipients.by_way(connection, number)["fake"] == 2
    consent(connection, "fake:one:c", dao, granted=False)
    people.set_reachable(connection, "fake:one:a", NOW, reachable=False)
    audience.recount(connection, number)
    assert recipients.counts(connection, number) == {"planned": 2, "skipped": 4}
    everywhere = audience.audience(number, Content("", areas=("*",), channels=("fake",)), NOW)
    assert len(connection.execute(everywhere[0]).all()) == 3


def test_a_group_is_claimed_by_a_member_with_its_code(connection: Connection) -> None:
    member, far = _actor(connection, "Dũng"), _actor(connection, "Đào")
    group_service.register(connection, member, NOW, "g5", NEAR, Way.TELEGRAM, " Tổ  5 ")
    twice = lambda: group_service.register(connection, member, NOW, "g5", NEAR, Way.BOT, "x")  # noqa: E731
    assert _refused(twice) == Problem.SAME
    nameless = lambda: group_service.register(connection, member, NOW, "g6", NEAR, Way.BOT, " ")  # noqa: E731
    assert _refused(nameless) == Problem.BAD_VALUE
    code = group_service.claim_code(connection, member, NOW, "g5")
    unknown = lambda: group_service.claim_code(connection, member, NOW, "g9")  # noqa: E731
    assert _refused(unknown) == Problem.NO_GROUP
    chat = "telegram:1:-55"
    wrong = lambda: group_service.claim(connection, member, NOW, "ABCDEF", "telegram", chat)  # noqa: E731
    assert _refused(wrong) == Problem.BAD_CODE
    other = lambda: group_service.claim(connection, member, NOW, code, "zalo_bot", chat)  # noqa: E731
    assert _refused(other) == Problem.BAD_VALUE
    outside = lambda: group_service.claim(connection, far, NOW, code, "telegram", chat)  # noqa: E731
    assert _refused(outside) == Refusal.AREA
    taken = lambda: group_service.claim(connection, member, NOW, code, "telegram", "telegram:1:-5")  # noqa: E731
    assert _refused(taken) == Problem.SAME
    late = lambda: group_service.claim(connection, member, NOW + 2 * DAY, code, "telegram", chat)  # noqa: E731
    assert _refused(late) == Problem.BAD_CODE
    group_service.claim(connection, member, NOW, code.lower(), "telegram", chat)
    again = lambda: group_service.claim(connection, member, NOW, code, "telegram", chat)  # noqa: E731
    assert _refused(again) == Problem.BAD_CODE
    relay = group_service.claim_code(connection, member, NOW, "g4")
    inside = lambda: group_service.claim(connection, member, NOW, relay, "fake", "fake:one:m")  # noqa: E731
    assert _refused(inside) == Problem.BAD_VALUE
    group_service.claim(connection, member, NOW, relay, "relay", "fake:one:m")
    found = {one.code: one for one in service.health(connection, _actor(connection, "Mai"))}
    assert (found["g5"].name, found["g5"].address, found["g5"].trouble) == ("Tổ 5", chat, "")
    assert (found["g4"].address, found["g4"].claimed_by) == ("", member.person)
    assert not found["g5"].renamed
