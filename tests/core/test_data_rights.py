"""The law's clocks, and one purpose withdrawn without the other."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from content import Dialogue

from bot.core.conversation import withdraw
from bot.core.data_rights import CORRECT, DELETE, SEE, WITHDRAW, clocks
from bot.core.effects import Purpose, RecordConsent
from bot.core.hours import OfficeHours
from bot.core.state import Guides, Waiting

_DAY = 24 * 3600 * 1_000_000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = OfficeHours(ZONE, {day: ((time(7, 30), time(17)),) for day in range(5)})


@pytest.mark.parametrize(("kind", "days"), [(SEE, 10), (CORRECT, 10), (WITHDRAW, 15), (DELETE, 20)])
def test_each_wish_has_its_days(kind: str, days: int) -> None:
    assert clocks(kind, 5) == (5 + 2 * _DAY, 5 + days * _DAY)


def test_an_answer_is_due_after_two_working_days() -> None:
    friday = int(datetime(2027, 1, 15, 10, tzinfo=ZONE).timestamp()) * 1_000_000
    tuesday = int(datetime(2027, 1, 19, 7, 30, tzinfo=ZONE).timestamp()) * 1_000_000
    assert clocks(SEE, friday, HOURS)[0] == tuesday


def test_one_purpose_is_withdrawn_without_the_other(guides: Guides) -> None:
    talk = Dialogue(guides).agree()
    talk.presses("vneid")
    run = talk.state.run
    for purpose in Purpose:
        state, effects = withdraw(talk.state, purpose, guides)
        assert [type(one) for one in effects] == [RecordConsent]
        assert purpose not in state.consents
        goes_on = purpose is Purpose.NEWS
        assert (state.run == run) is goes_on
        assert (state.waiting_for is Waiting.DECLINED) is not goes_on
    assert state.paused or goes_on


def test_a_stop_stays_a_stop(guides: Guides) -> None:
    talk = Dialogue(guides).agree()
    talk.types("dừng")
    state, _ = withdraw(talk.state, Purpose.GUIDES, guides)
    assert state.waiting_for is Waiting.STOPPED
