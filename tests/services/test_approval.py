"""However people edit, submit, return and approve in turn: what goes on is what somebody other
than its editors saw, whole."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, NOW, OTHER, plant

from bot.core.announcement import UNAPPROVED, Content, Kind, State, Step, Way, digest
from bot.core.rights import Actor, Grant, Role
from bot.services import announcements as service
from bot.services.access import Refused
from storage import announcements, approvals, audience, audit, groups
from storage.announcements import Kept
from storage.database import DAY, Database

BOTH = (Grant(Role.AUTHOR, COMMUNE), Grant(Role.APPROVER, COMMUNE))
PEOPLE = [Actor(person, "test", BOTH) for person in (101, 102, 103)]
ELSEWHERE = Actor(104, "test", (Grant(Role.AUTHOR, OTHER), Grant(Role.APPROVER, OTHER)))
VALUES: dict[str, tuple[object, ...]] = {
    "text": ("Cắt điện thứ sáu.", "Cắt điện thứ bảy."),
    "picture": ("", "thong-bao/a.jpg"),
    "kind": (Kind.ALERT, Kind.UPDATE),
    "areas": ((COMMUNE,), (NEAR,), (NEAR, FAR)),
    "ways": ((Way.RELAY,), (Way.RELAY, Way.TELEGRAM)),
    "channels": ((), ("telegram",)),
    "urgent": (False, True),
    "send_at": (0, NOW + DAY),
    "expires_at": (0, NOW + 2 * DAY),
}


class _Hands:
    """Whatever can be done with an announcement, at random and with what was seen before."""

    def __init__(self, connection: Connection, number: int, source: random.Random) -> None:
        self.connection, self.number, self.random = connection, number, source
        self.seen = {self.kept().digest}
        self.steps: list[Callable[[], object]] = [
            self.edit, self.edit, self.submit, self.submit, self.approve, self.approve,
            self.approve, self.send_back, self.go_on, self.go_on, self.meddle,
        ]  # fmt: skip

    def kept(self) -> Kept:
        found = announcements.get(self.connection, self.number)
        assert found
        return found

    def who(self) -> Actor:
        return self.random.choice([*PEOPLE, ELSEWHERE])

    def edit(self) -> None:
        name = self.random.choice(list(VALUES))
        new = {name: self.random.choice(VALUES[name])}
        version = self.random.choice([self.kept().version, 1])
        service.edit(self.connection, self.who(), NOW, self.number, version, **new)

    def submit(self) -> None:
        service.submit(self.connection, self.who(), NOW, self.number)

    def approve(self) -> None:
        typed = audience.sizes(self.connection, self.number)[0]
        glass = self.random.choice(["", "", "Vỡ đê"])
        seen = self.random.choice(sorted(self.seen))
        service.approve(self.connection, self.who(), NOW, self.number, seen, typed, glass)

    def send_back(self) -> None:
        service.send_back(self.connection, self.who(), NOW, self.number, "Xem lại")

    def go_on(self) -> None:
        step = self.random.choice([Step.SCHEDULE, Step.SEND, Step.PAUSE, Step.RESUME])
        announcements.move(self.connection, self.number, step, NOW)

    def meddle(self) -> None:
        """Somebody of another place; never with any effect."""
        before = self.kept()
        with pytest.raises(Refused):
            service.pause(self.connection, ELSEWHERE, NOW, self.number)
        assert self.kept() == before


def _holds(hands: _Hands) -> None:
    kept = hands.kept()
    hands.seen.add(kept.digest)
    assert kept.digest == digest(kept.content)
    versions = announcements.versions(hands.connection, kept.id)
    editors = {int(one["editor"]) for one in versions}
    assert ELSEWHERE.person not in {*editors, kept.approved_by}
    if kept.state in UNAPPROVED:
        assert (kept.approved_digest, kept.approved_by) == ("", 0)
        return
    assert kept.approved_digest == kept.digest
    assert kept.glass or kept.approved_by not in editors
    decided = [
        one
        for one in approvals.decisions(hands.connection, kept.id)
        if one["decision"] == Step.APPROVE
    ]
    assert decided[-1]["digest"] == kept.digest
    assert decided[-1]["version"] == kept.version
    assert audience.sizes(hands.connection, kept.id) == (kept.groups, kept.recipients)


def test_whatever_is_done_in_whatever_order(database: Database) -> None:
    database.write_now(plant)
    reached: set[State] = set()
    with database.engine.begin() as connection:
        row = {"area": NEAR, "channel": "relay", "name": "Nhóm"}
        groups.put(connection, [{**row, "code": f"g{n}"} for n in range(3)])
        for seed in range(12):
            content = Content("Họp", areas=(COMMUNE,), ways=(Way.RELAY,))
            number = service.compose(connection, PEOPLE[seed % 3], NOW, content)
            hands = _Hands(connection, number, random.Random(seed))
            for _ in range(40):
                with suppress(Refused):
                    hands.random.choice(hands.steps)()
                _holds(hands)
                reached.add(hands.kept().state)
        assert audit.verify(connection)[1] is None
    assert reached >= {State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.SENDING}
