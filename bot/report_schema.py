"""The keys of guides/report.yaml, and of forms as they were kept with reports. No words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ColumnFile(_Closed):
    value: str
    heading: str


class SheetFile(_Closed):
    show: Literal["guides", "places", "guides_by_place", "snags", "remarks"]
    title: str
    printed: bool = True
    columns: list[ColumnFile] = Field(min_length=1)


class ReportFile(_Closed):
    """guides/report.yaml: these keys, no others."""

    title: str
    everywhere: str
    period: str
    draft: str
    total: str
    unknown: str
    missing: str
    doubts: dict[str, str]
    source: str
    unsure: str
    late: str
    unplaced: str
    foot: str
    nothing: str
    ages: dict[str, list[str]]
    sheets: list[SheetFile] = Field(min_length=1)
    outcomes: dict[str, str]
    most_snags: int
    remarks: dict[str, str] = {}
    written: list[str]
    signed: list[str]
    say: dict[str, str]
