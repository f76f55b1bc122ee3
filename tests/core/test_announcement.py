"""An announcement's states, its digest, who may approve, and when it may leave."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.announcement import (
    ALPHABET,
    EDITABLE,
    STEPS,
    UNAPPROVED,
    Content,
    Fault,
    Kind,
    Standing,
    State,
    Step,
    Way,
    digest,
    from_plain,
    longest,
    may,
    may_approve,
    short_code,
    to_plain,
)
from bot.core.hours import QuietHours

CONTENT = Content("Ngày mai cắt điện.", "tin/abc.png", Kind.UPDATE, 3, ("*",), (Way.GMF, Way.RELAY),
                  ("telegram",), True, 5, 9)  # fmt: skip
OTHERS = {
    "text": "Ngày mốt cắt điện.",
    "picture": "",
    "kind": Kind.CANCEL,
    "follows": 4,
    "areas": ("26368",),
    "ways": (Way.GMF,),
    "channels": (),
    "urgent": False,
    "send_at": 6,
    "expires_at": 10,
}
STANDING = Standing(State.SUBMITTED, 2, "d", frozenset({7}), groups=12, recipients=40)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("name", [one.name for one in fields(Content)])
def test_every_field_is_part_of_the_digest(name: str) -> None:
    assert digest(replace(CONTENT, **{name: OTHERS[name]})) != digest(CONTENT)  # type: ignore[arg-type]


@given(
    st.builds(
        Content,
        text=st.text(),
        areas=st.tuples(st.sampled_from(["*", "26368"])),
        ways=st.lists(st.sampled_from(Way)).map(tuple),
        channels=st.lists(st.sampled_from(["telegram", "webchat"])).map(tuple),
    )
)
def test_content_survives_being_written_down(content: Content) -> None:
    assert from_plain(to_plain(content)) == content
    assert from_plain(to_plain(CONTENT)) == CONTENT


def test_no_step_leads_around_an_approval() -> None:
    """Nothing but approval leads from the unapproved states to the others."""
    for step, (before, after) in STEPS.items():
        if after not in UNAPPROVED and step is not Step.APPROVE:
            assert not before & UNAPPROVED
    assert STEPS[Step.EDIT][1] in UNAPPROVED
    assert {State.SENDING, State.PAUSED, State.DONE}.isdisjoint(EDITABLE)
    assert may(Step.PAUSE, STANDING) is Fault.STATE
    assert may(Step.APPROVE, STANDING) is None


@pytest.mark.parametrize(
    ("change", "approver", "seen", "typed", "glass", "fault"),
    [
        ({}, 8, "d", 12, "", None),
        ({"state": State.DRAFT}, 8, "d", 12, "", Fault.STATE),
        ({}, 8, "other", 12, "", Fault.CHANGED),
        ({}, 7, "d", 12, "", Fault.EDITOR),
        ({}, 7, "d", 12, "  ", Fault.EDITOR),
        ({}, 7, "d", 12, "vỡ đê", None),
        ({"recipients": 0}, 8, "d", 12, "", Fault.EMPTY),
        ({}, 8, "d", 11, "", Fault.COUNT),
        ({}, 7, "d", 11, "vỡ đê", Fault.COUNT),
    ],
)
def test_who_may_approve_what(
    change: dict[str, object], approver: int, seen: str, typed: int, glass: str, fault: Fault | None
) -> None:
    standing = replace(STANDING, **change)  # type: ignore[arg-type]
    assert may_approve(standing, approver, seen, typed, glass=glass) is fault


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-24T20:59", "2026-11-24T20:59"),
        ("2026-11-24T21:00", "2026-11-25T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-12-31T23:00", "2027-01-01T07:00"),
    ],
)
def test_nothing_leaves_at_night_unless_it_is_urgent(now: str, opened: str) -> None:
    assert QuietHours().opens(_at(now), ZONE) == _at(opened)
    assert QuietHours().opens(_at(now), ZONE, urgent=True) == _at(now)
    assert datetime.fromtimestamp(_at(now) // 1_000_000, UTC).tzinfo is UTC


def test_codes_are_short_and_clear() -> None:
    assert short_code(0) == "222222"
    assert set(short_code(2**60)) <= set(ALPHABET)


def test_the_slowest_channel_says_when_all_is_sent() -> None:
    assert (
        longest({"telegram": 300, "zalo_bot": 10, "new": 5}, {"telegram": 2, "zalo_bot": 90}) == 900
    )
    assert longest({}, {}) == 0


@pytest.mark.parametrize(
    ("hour", "hours", "urgent", "ends"),
    [
        (9, 0, False, (15, 9)),
        (9, 2, False, (15, 11)),
        (20, 1, False, (15, 21)),
        (20, 2, False, (16, 8)),
        (20, 16, False, (17, 8)),
        (23, 1, False, (16, 8)),
        (23, 2, True, (16, 1)),
    ],
)
def test_work_rests_at_night(hour: int, hours: int, urgent: bool, ends: tuple[int, int]) -> None:
    start = int(datetime(2027, 1, 15, hour, tzinfo=ZONE).timestamp()) * 1_000_000
    end = QuietHours().finish(start, hours * 3600 * 1_000_000, ZONE, urgent=urgent)
    here = datetime.fromtimestamp(end // 1_000_000, ZONE)
    assert (here.day, here.hour, here.minute) == (*ends, 0)
