"""What guide.yaml and messages.yaml may hold: closed keys, nothing else.

Reading files is library.py's; what makes good content is judged in guide_checks.py.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.core.guide import Phrase, Word

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_Shown = Annotated[str, Field(min_length=1, max_length=40)]
_List = BeforeValidator(lambda value: value or [])


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ChoiceFile(_Closed):
    id: Slug
    label: str
    go: str = ""
    words: list[str] = []


class PictureFile(_Closed):
    file: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.(png|jpe?g)$")]
    alt: str


class ScreenFile(_Closed):
    """What a schematic phone screen shows, top to bottom, as the app words it."""

    title: _Shown
    items: Annotated[list[_Shown], Field(min_length=2, max_length=6)]
    press: str
    alt: str

    @model_validator(mode="after")
    def _press_is_shown(self) -> "ScreenFile":
        if self.press not in self.items:
            raise ValueError("press is not one of items")
        return self


class StepFile(_Closed):
    id: Slug
    choices: list[ChoiceFile] = []
    troubles: list[Slug] = []
    screen: ScreenFile | None = None
    picture: PictureFile | None = None
    voice: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.(mp3|ogg)$")] = ""
    safety: bool = False
    go: str = ""


class QuestionFile(_Closed):
    id: Slug
    right: Slug


class GuideFile(_Closed):
    """guide.yaml: these keys in this order, no others."""

    id: Slug
    title: str
    button: str
    owner: str
    audience: str = Field(alias="for")
    minutes: int
    needs: Annotated[list[str], _List]
    requires: Annotated[list[Slug], _List]
    called: Annotated[list[str], _List] = []
    checked: date
    valid_until: date
    sources: list[str]
    unverified: Annotated[list[str], _List]
    steps: list[StepFile]
    questions: list[QuestionFile]


class SpokenFile(_Closed):
    label: str
    phrases: list[str]


class MannerFile(_Closed):
    you: str
    me: str


class MannersFile(_Closed):
    """How residents are spoken to; texts are written with the words of pair `written`."""

    written: str
    pairs: dict[str, MannerFile]
    kept: list[str]
    requests: list[str]


class MessagesFile(_Closed):
    """`members_only` are guides that residents are not shown."""

    menu: list[str]
    members_only: list[str] = []
    phrases: dict[Phrase, str]
    commands: dict[str, str]
    pick: str
    words: dict[Word, SpokenFile]
    particles: list[str]
    prefixes: list[str]
    numbers: list[list[str]]
    manners: MannersFile
    numbered: str
    checks: dict[str, str]
