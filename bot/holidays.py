"""Days on which nobody is written to unasked: guides/holidays.yaml. No clock."""

from datetime import date

import yaml

from bot.library import GUIDES


def days_off() -> frozenset[date]:
    """Local dates."""
    plain = yaml.safe_load((GUIDES / "holidays.yaml").read_text("utf-8"))
    return frozenset(plain["days"])
