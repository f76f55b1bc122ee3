"""The Official Account's state and its refusals, in memory, with a clock of the caller's.

People and messages live here; groups.py and calls.py build on it. Nothing speaks HTTP.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from threading import RLock
from zoneinfo import ZoneInfo

from bot.standins.zalo.content import Content, content, invalid
from bot.standins.zalo.events import SIGNATURE, Events
from bot.standins.zalo.mail import Mailbox
from bot.standins.zalo.media import Media
from bot.standins.zalo.model import (
    DAY,
    Asset,
    Call,
    Console,
    Faults,
    Group,
    Ids,
    Json,
    RefusedError,
    Shown,
    Template,
    User,
)
from bot.standins.zalo.oauth import OAuth

PACKAGES = {"growth": 100, "full": 2000}
WINDOW, FREE = 7 * DAY, 2 * DAY
PRICE = 55
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_REFUSALS = {
    -213: "User has not followed OA",
    -217: "User has blocked invitation from OA",
    -227: "User is banned or has been inactive for more than 45 days",
    -244: "User has restricted this type of message from your OA",
}


class OaCloud:
    """One OA and its app. Safe to use from threads.

    `rich`: list and buttons are supported. `wallet` is money for billed messages; None
    means that no Zalo cloud account is linked. `limits` switches the rate off.
    """

    def __init__(
        self,
        console: Console | None = None,
        clock: Callable[[], float] = time.time,
        lock: "RLock | None" = None,
        *,
        limits: bool = True,
    ) -> None:
        self.console, self.clock, self.lock = console or Console(), clock, lock or RLock()
        self.limits, self.package, self.rich = limits, "growth", True
        self.sub_quota = 500
        self.wallet: int | None = 1_000_000
        self.verified = True
        self.ids = Ids()
        self.oauth = OAuth(self.console, clock, self.lock)
        self.media = Media(self.ids, clock)
        self.mail = Mailbox(self.lock, SIGNATURE)
        self.events = Events(self.oauth, self.mail)
        self.faults = Faults()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.assets: dict[str, Asset] = {}
        self.templates: dict[str, Template] = {}
        self.calls: list[Call] = []
        self._minute: deque[float] = deque()

    # Rates

    @property
    def rate(self) -> tuple[int, int]:
        """What the headers say: calls a minute, and how many are left of them."""
        self._forget()
        limit = PACKAGES[self.package]
        return limit, max(0, limit - len(self._minute))

    def _forget(self) -> None:
        while self._minute and self._minute[0] <= self.clock() - 60:
            self._minute.popleft()

    def pace(self) -> None:
        """Any minute, not only whole ones: stricter than what is known of Zalo."""
        if self.faults.throttle:
            self.faults.throttle -= 1
            raise RefusedError(-32, "Your application reached limit call api")
        if self.limits and not self.rate[1]:
            raise RefusedError(-32, "Your OA reached limit call api")
        self._minute.append(self.clock())

    # Sending

    def user(self, name: object) -> User:
        found = self.users.get(str(name))
        if found is None:
            raise invalid("user_id")
        return found

    def read(self, params: Json) -> Content:
        return content(params.get("message"), self.media, rich=self.rich)

    def _writable(self, params: Json) -> User:
        user = self.user(_recipient(params).get("user_id"))
        if user.refusal:
            raise RefusedError(user.refusal, _REFUSALS[user.refusal])
        return user

    def send(self, params: Json) -> Json:
        """POST /v3.0/oa/message/cs"""
        user, found = self._writable(params), self.read(params)
        silent = self.clock() - user.last_interaction
        if silent > WINDOW:
            raise RefusedError(-230, "User has not interacted with the OA in the past 7 days")
        quota = {"quota_type": "reply"} if silent <= FREE else self._bill()
        return self._sent(user, found, quota)

    def _bill(self) -> Json:
        """The package's own messages first, then money; the answer of those has no quota."""
        if self.sub_quota:
            self.sub_quota -= 1
            return {
                "quota_type": "sub_quota",
                "remain": str(self.sub_quota),
                "total": "500",
                "expired_date": "31/12/2026",
            }
        if self.wallet is None:
            raise RefusedError(-320, "Your app needs to be linked to a Zalo cloud account")
        if self.wallet < PRICE:
            raise RefusedError(-321, "Zalo cloud account has not enough money")
        self.wallet -= PRICE
        return {}

    def _sent(self, user: User, found: Content, quota: Json, kind: str = "") -> Json:
        shown = self.shown(found, self.console.oa_id)
        user.messages[shown.id] = shown
        self._echo(user, shown, kind or found.kind)
        answer = {
            "message_id": shown.id,
            "user_id": user.id,
            "sent_time": str(int(shown.at * 1000)),
        }
        return {"quota": quota, **answer} if quota else answer

    def shown(self, found: Content, sender: str) -> Shown:
        return Shown(
            self.ids.hexadecimal(),
            sender == self.console.oa_id,
            found.text,
            found.kind,
            found.photo,
            found.buttons,
            found.elements,
            sender,
            at=self.clock(),
        )

    def _echo(self, user: User, shown: Shown, kind: str) -> None:
        """What the OA sent comes back as an event, and then that the phone got it."""
        oa, person = {"id": self.console.oa_id}, {"id": user.id}
        message: Json = {"text": shown.text} if shown.text else {}
        self.post(
            f"oa_send_{kind}",
            user,
            {"sender": oa, "recipient": person, "message": {**message, "msg_id": shown.id}},
        )
        if user.receipts:
            received = {"sender": person, "recipient": oa, "message": {"msg_id": shown.id}}
            self.post("user_received_message", user, received)

    def post(self, name: str, user: User, fields: Json) -> None:
        self.events.post(name, user.id, {"user_id_by_app": user.by_app, **fields})

    def send_template(self, params: Json) -> Json:
        """POST /v3.0/oa/message/template: outside the 7 days as well, for money."""
        if not self.verified:
            raise RefusedError(-221, "OA has not been verified")
        template = self.templates.get(str(params.get("template_id")))
        if template is None:
            raise invalid("template_id")
        if not template.approved:
            raise RefusedError(-131, "Template has not been approved")
        if not template.by_user:
            raise RefusedError(-249, "Template can not be sent by user id")
        if template.promotional and self._night():
            raise RefusedError(-234, "Can not send promotional message at night")
        data = params.get("template_data")
        if not isinstance(data, dict) or set(data) != template.fields:
            raise invalid("template_data")
        user = self._writable({"recipient": params})
        text = "\n".join(str(value) for value in data.values())
        return self._sent(user, Content("template", text), self._bill(), "template")

    def _night(self) -> bool:
        hour = datetime.fromtimestamp(self.clock(), _ZONE).hour
        return hour >= 22 or hour < 6


def _recipient(params: Json) -> Json:
    found = params.get("recipient")
    if not isinstance(found, dict):
        raise invalid("recipient")
    return found
