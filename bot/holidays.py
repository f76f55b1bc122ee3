"""Days on which nobody is written to unasked: guides/holidays.yaml. No clock."""

from datetime import date
from typing import Any

import yaml

from bot.library import GUIDES


def days_off() -> frozenset[date]:
    """Local dates."""
    return frozenset(_file()["days"])


def unconfirmed() -> list[int]:
    """Years whose days nobody has announced yet, earliest first."""
    return sorted(_file().get("unconfirmed") or ())


def _file() -> dict[str, Any]:
    plain: dict[str, Any] = yaml.safe_load((GUIDES / "holidays.yaml").read_text("utf-8"))
    return plain
