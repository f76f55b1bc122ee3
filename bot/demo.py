"""Demo data: invented people in real places. Never loaded by `serve`."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bot.library import GUIDES


def places() -> Mapping[str, Sequence[dict[str, Any]]]:
    """Rows for storage.people.seed, from guides/demo.yaml."""
    plain: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (GUIDES / "demo.yaml").read_text("utf-8")
    )
    return plain
