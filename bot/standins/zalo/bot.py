"""The Bot Platform: methods and refusals, in memory, with a clock of the caller's."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import RLock
from zoneinfo import ZoneInfo

from bot.standins.zalo.events import compact
from bot.standins.zalo.mail import Mailbox
from bot.standins.zalo.model import BotChat, Call, Faults, Ids, Json, RefusedError, Shown

SECRET = "X-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
TEXT = CAPTION = 2000
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class BotCloud:
    """One bot of the Basic package. Safe to use from threads.

    `enveloped`: updates come as {"ok", "result"}, as documented; otherwise flat, as seen.
    `photo_key`: what a picture is called in an update. `honest_status`: refusals carry
    their number as the HTTP status too, otherwise 200.
    """

    def __init__(
        self,
        token: str,
        clock: Callable[[], float] = time.time,
        lock: "RLock | None" = None,
    ) -> None:
        self.token, self.clock, self.lock = token, clock, lock or RLock()
        self.enveloped, self.photo_key, self.honest_status = False, "photo", False
        self.most_users, self.most_messages, self.most_groups = 50, 3000, 3
        self.can_join_groups = True
        self.ids = Ids()
        self.mail = Mailbox(self.lock, SECRET, unsubscribes=False)
        self.faults = Faults()
        self.chats: dict[str, BotChat] = {}
        self.users: set[str] = set()
        self.calls: list[Call] = []
        self.updates: list[Json] = []
        self._secret = ""
        self._set_at = 0
        self._used: dict[str, int] = {}

    def call(self, token: str, method: str, params: Json) -> object:
        """The result of a method; None for getUpdates without any. Raises RefusedError."""
        work = _METHODS.get(method.lower())
        with self.lock:
            self.calls.append(Call(method, params, self.clock()))
            if token != self.token:
                raise RefusedError(401, "Unauthorized")
            if work is None:
                raise RefusedError(404, "Not Found")
            if self.faults.refusals:
                raise RefusedError(self.faults.refusals.pop(0), "Refused as told")
            return work(self, params)

    def update(self, chat: BotChat, event: str, message: Json) -> None:
        """What someone did, to the webhook or into the queue; lost when the quota is used up."""
        with self.lock:
            if not self._admitted(chat, message["from"]["id"]):
                return
            body: Json = {"event_name": event, "message": message}
            if self.mail.url:
                whole = {"ok": True, "result": body} if self.enveloped else body
                self.mail.put(chat.id, compact(whole), {SECRET: self._secret})
            else:
                self.updates.append(body)

    # Quota: people and messages, both ways, by calendar month

    def _month(self) -> str:
        return datetime.fromtimestamp(self.clock(), _ZONE).strftime("%Y-%m")

    @property
    def left(self) -> int:
        """Messages of this month that are left."""
        return self.most_messages - self._used.get(self._month(), 0)

    def _admitted(self, chat: BotChat, user: str) -> bool:
        if not self.left or (user not in self.users and len(self.users) >= self.most_users):
            return False
        self.users.add(user)
        chat.met = True
        self._count()
        return True

    def _count(self) -> None:
        month = self._month()
        self._used[month] = self._used.get(month, 0) + 1

    # Methods

    def get_me(self, _: Json) -> Json:
        return {
            "id": self.token.split(":")[0],
            "account_name": "bot.GoCua",
            "account_type": "BASIC",
            "can_join_groups": self.can_join_groups,
        }

    def set_webhook(self, params: Json) -> Json:
        url, secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        if not url.startswith(("https://", "http://127.0.0.1")):
            raise RefusedError(400, "Bad Request: url must be https")
        if not 8 <= len(secret) <= 256:
            raise RefusedError(400, "Bad Request: secret_token must have 8 to 256 characters")
        self.mail.url, self._secret = url, secret
        return self._hooked()

    def delete_webhook(self, _: Json) -> Json:
        self.mail.url = ""
        return self._hooked()

    def _hooked(self) -> Json:
        self._set_at = int(self.clock() * 1000)
        return self.webhook_info({})

    def webhook_info(self, _: Json) -> Json:
        return {"url": self.mail.url, "updated_at": self._set_at}

    def get_updates(self, _: Json) -> Json | None:
        """One update; with a webhook there is never any."""
        return None if self.mail.url or not self.updates else self.updates.pop(0)

    def send_message(self, params: Json) -> Json:
        text = params.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= TEXT:
            raise RefusedError(400, "Bad Request: text must have 1 to 2000 characters")
        return self._say(params, Shown("", True, text))

    def send_photo(self, params: Json) -> Json:
        photo, caption = str(params.get("photo", "")), str(params.get("caption", ""))
        if not photo.startswith(("https://", "http://127.0.0.1")):
            raise RefusedError(400, "Bad Request: photo must be an https url")
        if len(caption) > CAPTION:
            raise RefusedError(400, "Bad Request: caption must have at most 2000 characters")
        return self._say(params, Shown("", True, caption, "image", photo))

    def send_sticker(self, params: Json) -> Json:
        if not params.get("sticker"):
            raise RefusedError(400, "Bad Request: sticker is empty")
        return self._say(params, Shown("", True, "", "sticker", str(params["sticker"])))

    def send_voice(self, params: Json) -> Json:
        if not str(params.get("voice_url", "")).endswith(".aac"):
            raise RefusedError(400, "Bad Request: voice_url must be an aac file")
        if self._writable(params).group:
            raise RefusedError(400, "Bad Request: voice is for private chats")
        return self._say(params, Shown("", True, "", "voice"))

    def send_action(self, params: Json) -> None:
        """Its answer has no result."""
        self._writable(params)
        if params.get("action") not in ("typing", "upload_photo"):
            raise RefusedError(400, "Bad Request: unknown action")

    def _writable(self, params: Json) -> BotChat:
        """Only who wrote first can be written to."""
        chat = self.chats.get(str(params.get("chat_id")))
        if chat is None or not chat.met:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat.out:
            raise RefusedError(403, "Forbidden: bot is not in the chat")
        return chat

    def _say(self, params: Json, shown: Shown) -> Json:
        chat = self._writable(params)
        if self.faults.throttle or not self.left:
            self.faults.throttle = max(0, self.faults.throttle - 1)
            raise RefusedError(429, "Quota exceeded")
        self._count()
        shown.id, shown.at = self.ids.hexadecimal(), self.clock()
        chat.messages[shown.id] = shown
        return {"message_id": shown.id, "date": int(shown.at * 1000)}


_METHODS: dict[str, Callable[[BotCloud, Json], object]] = {
    "getme": BotCloud.get_me,
    "setwebhook": BotCloud.set_webhook,
    "deletewebhook": BotCloud.delete_webhook,
    "getwebhookinfo": BotCloud.webhook_info,
    "getupdates": BotCloud.get_updates,
    "sendmessage": BotCloud.send_message,
    "sendphoto": BotCloud.send_photo,
    "sendsticker": BotCloud.send_sticker,
    "sendvoice": BotCloud.send_voice,
    "sendchataction": BotCloud.send_action,
}
