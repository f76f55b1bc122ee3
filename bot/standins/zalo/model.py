"""Values of the stand-in: console, people, groups, messages, faults. No behaviour of the API."""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
DAY = 24 * 3600.0
MEGABYTE = 1024 * 1024


class RefusedError(Exception):
    """Of the OA: HTTP 200 with "error". Of the bot: "ok": false with "error_code"."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Console:
    """What an admin set in the app's console; an empty callback or challenge is not checked."""

    app_id: str = "1000000000000000001"
    app_secret: str = "app-secret-example"  # noqa: S105  # opens nothing but the stand-in
    oa_id: str = "3880000000000000001"
    oa_secret: str = "oa-secret-example"  # noqa: S105
    oa_name: str = "Gõ Cửa"
    callback: str = ""
    challenge: str = ""


class Ids:
    """Hexadecimal names for messages, long digit strings for people and accounts."""

    def __init__(self) -> None:
        self._next = itertools.count(random.randrange(10**6, 10**8))  # noqa: S311

    def hexadecimal(self) -> str:
        return f"{next(self._next):020x}"

    def digits(self) -> str:
        return str(2460 * 10**15 + next(self._next))


@dataclass
class Shown:
    """A message as the people in a chat see it. Buttons are {"title", "type", "payload"}."""

    id: str
    from_bot: bool
    text: str = ""
    kind: str = "text"
    photo: str = ""
    buttons: list[Json] = field(default_factory=list)
    elements: list[Json] = field(default_factory=list)
    sender: str = ""
    seen: bool = False
    at: float = 0

    def pressable(self) -> list[Json]:
        """Buttons, and elements that do something; each with its title."""
        lines = [one for one in self.elements if "default_action" in one]
        return self.buttons + [{"title": one["title"], **one["default_action"]} for one in lines]


@dataclass
class User:
    """`refusal` is the code sends are refused with: -213, -217, -227 or -244; 0 is none.

    `receipts`: uses Zalo on a phone, so that "received" comes back.
    """

    id: str
    name: str
    by_app: str
    follows: bool = False
    last_interaction: float = 0
    refusal: int = 0
    receipts: bool = True
    tags: list[str] = field(default_factory=list)
    shared: Json = field(default_factory=dict)
    messages: dict[str, Shown] = field(default_factory=dict)


@dataclass
class Asset:
    """The right to one group, bought or part of the package."""

    id: str
    product: str = "gmf100"
    quota: str = "purchase_quota"
    used_by: str = ""
    disabled: bool = False


@dataclass
class Group:
    """`owned` is false for ordinary groups, which the OA can never write to."""

    id: str
    name: str
    asset: str = ""
    description: str = ""
    owned: bool = True
    enabled: bool = True
    members: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    messages: dict[str, Shown] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A ZBS template; only an approved one is sent, and not by id when `by_user` is false."""

    id: str
    fields: frozenset[str] = frozenset()
    approved: bool = True
    by_user: bool = True
    promotional: bool = False


@dataclass
class Faults:
    """What goes wrong next on the API; counts run down as calls are made.

    `refusals` are OA error codes for the next calls, `throttle` how many get -32; with
    `no_rate` answers keep the rate to themselves.
    """

    errors_500: int = 0
    lost_answers: int = 0
    throttle: int = 0
    refusals: list[int] = field(default_factory=list)
    slow_seconds: float = 0
    no_rate: bool = False


@dataclass
class TokenFaults:
    """Of the token address. `errors_plain`: an error body without a number, as HTTP 200.

    `lost_answers`: the pair is rotated and its answer lost.
    """

    errors_plain: int = 0
    errors_500: int = 0
    lost_answers: int = 0
    slow_seconds: float = 0


@dataclass
class MailFaults:
    """Of the webhooks: the next so many are doubled, wrongly signed or not signed."""

    doubled: int = 0
    wrong_signatures: int = 0
    missing_signatures: int = 0


@dataclass(frozen=True)
class Call:
    """One call as it was made, whatever became of it."""

    method: str
    params: Json
    at: float


@dataclass
class BotChat:
    """`met`: someone wrote to the bot here first. `out`: it was taken out of the group."""

    id: str
    title: str
    group: bool = False
    met: bool = False
    out: bool = False
    messages: dict[str, Shown] = field(default_factory=dict)
