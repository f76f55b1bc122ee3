"""When the commune's office is open: guides/office-hours.yaml."""

from collections.abc import Sequence
from datetime import date, time, tzinfo
from typing import Any

import yaml

from bot.core.hours import OfficeHours, Span
from bot.holidays import days_off
from bot.library import GUIDES


def office_hours(zone: tzinfo) -> OfficeHours:
    """Raises KeyError, TypeError or ValueError for a file that is not well."""
    plain: Any = yaml.safe_load((GUIDES / "office-hours.yaml").read_text("utf-8"))
    week = {int(day): _spans(listed) for day, listed in plain["week"].items()}
    return OfficeHours(zone, week, days_off(), _days(plain["working"]))


def _spans(listed: Sequence[str]) -> tuple[Span, ...]:
    return tuple(
        (time.fromisoformat(begins), time.fromisoformat(ends))
        for begins, _, ends in (one.partition("-") for one in listed)
    )


def _days(listed: Sequence[date]) -> frozenset[date]:
    return frozenset(date.fromisoformat(str(one)) for one in listed)
