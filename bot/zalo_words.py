"""What is said about the Zalo OA to those who run it: guides/zalo.yaml. Residents never read it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

import yaml

from bot.library import GUIDES

_SECOND = 1_000_000
_LEDGER = "zalo"  # what the ledger writes before a code of Zalo's


class Meaning(NamedTuple):
    what: str
    do: str


class ZaloWords:
    """`zone` is that of the times."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._words: Any = yaml.safe_load((GUIDES / "zalo.yaml").read_text("utf-8"))

    def meaning(self, code: str) -> Meaning | None:
        """Of a code as Zalo writes it (-230, or only 230), as the ledger does ("zalo-230"), or
        of a slug of ours ("token-lost"); None when nobody knows it."""
        bare = code.strip().removeprefix(_LEDGER)
        codes, slugs = self._words["codes"], self._words["slugs"]
        found = codes.get(bare) or codes.get(f"-{bare}") or slugs.get(bare)
        return Meaning(**found) if found else None

    def why(self, code: str) -> str:
        meant = self.meaning(code) or Meaning(**self._words["unknown"])
        return str(self._words["why"]).format(code=code, **meant._asdict())

    def title(self, line: str) -> str:
        return str(self._words["health"][line]["title"])

    def value(self, line: str, form: str, values: Mapping[str, object]) -> str:
        """Moments, which end in "_at", are said as a day and an hour here."""
        said = {key: self._said(key, value) for key, value in values.items()}
        if "code" in said:
            meant = self.meaning(said["code"]) or Meaning(**self._words["unknown"])
            said["what"] = meant.what
        return str(self._words["health"][line][form]).format(**said)

    def _said(self, key: str, value: object) -> str:
        if not (key.endswith("_at") and isinstance(value, int)):
            return str(value)
        if not value:
            return str(self._words["never"])
        return datetime.fromtimestamp(value / _SECOND, self._zone).strftime("%H:%M %d/%m/%Y")

    def advice(self, name: str) -> str:
        """What to do: by a name of its own, else what its code asks for."""
        if found := self._words["advice"].get(name):
            return str(found)
        return (self.meaning(name) or Meaning(**self._words["unknown"])).do
