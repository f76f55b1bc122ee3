"""Goals, and reports as they were first made. Columns and constraints only."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number


class GoalSet(SQLModel, table=True):
    """Append-only: the last row of a place and guide counts. `number` persons by day `due`,
    0 and empty for no goal. `base` is an official count of those it is for, with whose it is
    and of which day; 0 when there is none. Days are ISO dates."""

    __tablename__ = "goal"
    __table_args__ = (Index("ix_goal_area", "area", "guide", "id"),)
    id: int | None = Field(default=None, sa_column=number())
    area: str
    guide: str
    number: int
    due: str
    base: int
    base_source: str
    base_day: str
    set_by: int
    set_at: int = Field(sa_column=moment())


class ReportSnapshot(SQLModel, table=True):
    """The numbers of one place and week, and the form they were put into, as JSON. What is in
    here is shown again as it was, whatever is known since; a newer version stands beside it."""

    __tablename__ = "report_snapshot"
    __table_args__ = (UniqueConstraint("area", "week", "version"),)
    id: int | None = Field(default=None, sa_column=number())
    area: str
    week: str
    version: int
    content: str = Field(sa_column=long_text())
    made_by: int
    made_at: int = Field(sa_column=moment())


class PlaceWeek(SQLModel, table=True):
    """What was counted of one place in one week, as JSON, so that a page adds up a few rows. A
    week is counted anew until it is over. `steps` are where people of the place came to in
    guides, in the newest week only."""

    __tablename__ = "place_week"
    week: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    counts: str = Field(sa_column=long_text())
    steps: str = Field(sa_column=long_text())
    counted_at: int = Field(sa_column=moment())


class ScamWarning(SQLModel, table=True):
    """A resident was warned of a scam, or told that they were cheated (kind loss). No words."""

    __tablename__ = "scam_warning"
    __table_args__ = (Index("ix_scam_warning_at", "at"),)
    id: int | None = Field(default=None, sa_column=number())
    address: str
    person: int
    kind: str
    at: int = Field(sa_column=moment())


class Remark(SQLModel, table=True):
    """A line of a week's report in a member's or official's words: scam, difficulty, proposal."""

    __tablename__ = "remark"
    __table_args__ = (Index("ix_remark_week", "week", "area"),)
    id: int | None = Field(default=None, sa_column=number())
    area: str
    week: str
    kind: str
    text: str = Field(sa_column=long_text())
    person: int
    at: int = Field(sa_column=moment())
