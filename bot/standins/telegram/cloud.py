"""The cloud's state and its refusals, in memory, with a clock of the caller's.

Wording and limits follow Telegram's own Bot API server; nothing here speaks HTTP.
"""

import json
import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable

from bot.standins.telegram.model import Call, Chat, Faults, Json, RefusedError, Shown, Update

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_DEFAULT_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
_TEXT, _CAPTION, _DATA, _BUTTONS = 4096, 1024, 64, 100


class TelegramCloud:
    """Bot API methods in `call`; what people do in people.py. Safe to use from threads."""

    def __init__(
        self, token: str, clock: Callable[[], float] = time.time, *, limits: bool = True
    ) -> None:
        self.token, self.clock, self.limits = token, clock, limits
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Gõ Cửa thử"}
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.faults = Faults()
        self.webhook: Json = {}
        self.commands: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.queries: dict[str, float] = {}
        self.answered: list[str] = []
        self.waiting: list[Update] = []
        self.last_error = ""
        self.on_update: Callable[[Update], None] | None = None
        self.lock = threading.RLock()
        self._numbers = iter(range(random.randrange(10**6, 10**8), 10**12))  # noqa: S311
        self._sent: deque[float] = deque()

    def number(self) -> int:
        return next(self._numbers)

    def call(self, method: str, params: Json) -> object:
        """The result of a Bot API method. Raises RefusedError."""
        work = _METHODS.get(method.lower())
        if work is None:
            raise RefusedError(404, "Not Found")
        with self.lock:
            self.calls.append(Call(method, params, self.clock()))
            return work(self, params)

    def post(self, kind: str, content: Json, queue: str) -> int:
        """Makes an update for the webhook, if it asked for this kind."""
        with self.lock:
            update = Update.of(self.number(), kind, content, self.clock(), queue)
            if kind in self.webhook.get("allowed_updates", _DEFAULT_KINDS):
                self.waiting.append(update)
                if self.on_update:
                    self.on_update(update)
            return update.id

    # Sending

    def _writable(self, params: Json) -> Chat:
        chat = self.chats.get(_integer(params.get("chat_id")))
        if chat is None or not chat.met:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat.upgraded_to:
            raise RefusedError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.upgraded_to,
            )
        if chat.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if chat.out:
            raise RefusedError(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        return chat

    def _pace(self, chat: Chat) -> None:
        """Strict sliding windows over the published numbers."""
        if self.faults.throttle:
            raise _too_many(self.faults.throttle.pop(0))
        if not self.limits:
            return
        now = self.clock()
        most, window = (1, 1.0) if chat.kind == "private" else (20, 60.0)
        for times, limit, span in ((chat.written_at, most, window), (self._sent, 30, 1.0)):
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) >= limit:
                raise _too_many(max(1, round(times[0] + span - now + 0.5)))
        chat.written_at.append(now)
        self._sent.append(now)

    def _say(self, params: Json, text: str, photo: str = "", voice: str = "") -> Json:
        chat = self._writable(params)
        buttons = _buttons(params)
        self._pace(chat)
        now = int(self.clock())
        shown = Shown(self.number(), True, text, photo, voice, buttons, date=now)
        chat.messages[shown.id] = shown
        return self.message(chat, shown)

    def send_message(self, params: Json) -> Json:
        text = str(params.get("text", ""))
        if not text.strip():
            raise RefusedError(400, "Bad Request: message text is empty")
        if len(text) > _TEXT:
            raise RefusedError(400, "Bad Request: message is too long")
        return self._say(params, text)

    def send_photo(self, params: Json) -> Json:
        return self._send_file(params, "photo")

    def send_voice(self, params: Json) -> Json:
        return self._send_file(params, "voice")

    def _send_file(self, params: Json, kind: str) -> Json:
        caption = str(params.get("caption", ""))
        if len(caption) > _CAPTION:
            raise RefusedError(400, "Bad Request: message caption is too long")
        file = params.get(kind)
        if isinstance(file, bytes):
            name = f"AgACAgUAA{len(self.files):06d}"
            self.files[name] = file
            file = name
        if file not in self.files:
            raise RefusedError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return self._say(params, caption, **{kind: str(file)})

    def message(self, chat: Chat, shown: Shown) -> Json:
        sender = self.bot if shown.from_bot else person(chat)
        body: Json = {
            "message_id": shown.id,
            "date": shown.date,
            "chat": chat.plain(),
            "from": sender,
        }
        return body | shown.content()

    # Changing what was sent

    def _own(self, params: Json, what: str) -> tuple[Chat, Shown]:
        chat = self._writable(params)
        shown = chat.messages.get(_integer(params.get("message_id")))
        if shown is None or not shown.from_bot:
            raise RefusedError(400, f"Bad Request: message to {what} not found")
        return chat, shown

    def edit(self, params: Json) -> Json:
        chat, shown = self._own(params, "edit")
        named = "caption" if shown.photo or shown.voice else "text"
        if not {"text", "caption"}.isdisjoint(params) and named not in params:
            other = "text" if named == "caption" else "caption"
            raise RefusedError(400, f"Bad Request: there is no {other} in the message to edit")
        text = str(params.get(named, shown.text))
        buttons = _buttons(params)
        if (text, buttons) == (shown.text, shown.buttons):
            raise RefusedError(
                400,
                "Bad Request: message is not modified: specified new message content and reply"
                " markup are exactly the same as a current content and reply markup of the message",
            )
        shown.text, shown.buttons, shown.edited = text, buttons, True
        return self.message(chat, shown)

    def delete_message(self, params: Json) -> bool:
        chat, shown = self._own(params, "delete")
        del chat.messages[shown.id]
        return True

    def answer(self, params: Json) -> bool:
        query = str(params.get("callback_query_id"))
        made = self.queries.pop(query, None)
        if made is None or self.clock() - made > 150:
            raise RefusedError(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        self.answered.append(query)
        return True

    # The bot itself

    def get_me(self, _: Json) -> Json:
        return {**self.bot, "username": "gocua_thu_bot", "can_join_groups": True,
                "can_read_all_group_messages": False, "supports_inline_queries": False}  # fmt: skip

    def set_webhook(self, params: Json) -> bool:
        secret = str(params.get("secret_token", ""))
        if secret and not _SECRET.fullmatch(secret):
            raise RefusedError(400, "Bad Request: secret token contains unallowed characters")
        allowed = _decoded(params.get("allowed_updates")) or _DEFAULT_KINDS
        self.webhook = {
            "url": str(params.get("url", "")),
            "secret": secret,
            "allowed_updates": allowed,
        }
        if params.get("drop_pending_updates") in (True, "true"):
            self.waiting.clear()
        if self.on_update:
            for update in list(self.waiting):
                self.on_update(update)
        return True

    def delete_webhook(self, _: Json) -> bool:
        self.webhook = {}
        return True

    def webhook_info(self, _: Json) -> Json:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting),
            "last_error_message": self.last_error,
        }

    def set_commands(self, params: Json) -> bool:
        self.commands = _decoded(params.get("commands")) or []
        return True

    def get_file(self, params: Json) -> Json:
        name = str(params.get("file_id"))
        if name not in self.files:
            raise RefusedError(400, "Bad Request: invalid file_id")
        size = len(self.files[name])
        return {
            "file_id": name,
            "file_unique_id": name[-8:],
            "file_size": size,
            "file_path": f"photos/{name}",
        }

    def get_chat(self, params: Json) -> Json:
        chat = self._writable(params)
        return {**chat.plain(), "accent_color_id": 0, "max_reaction_count": 11}

    def leave_chat(self, params: Json) -> bool:
        self._writable(params).out = True
        return True


def person(chat: Chat) -> Json:
    """In a group someone is speaking; in a private chat its person is."""
    number = chat.id if chat.kind == "private" else 777
    return {"id": number, "is_bot": False, "first_name": chat.title}


def _too_many(seconds: int) -> RefusedError:
    description = f"Too Many Requests: retry after {seconds}"
    return RefusedError(429, description, retry_after=seconds)


def _integer(value: object) -> int:
    text = str(value)
    return int(text) if text.lstrip("-").isdecimal() else 0


def _decoded(value: object) -> list[Json]:
    found = json.loads(value) if isinstance(value, str) and value else value
    return found if isinstance(found, list) else []


def _buttons(params: Json) -> list[list[Json]]:
    markup = params.get("reply_markup")
    plain = json.loads(markup) if isinstance(markup, str) and markup else markup or {}
    rows: list[list[Json]] = plain.get("inline_keyboard", [])
    every = [button for row in rows for button in row]
    if len(every) > _BUTTONS or any(len(row) > 8 for row in rows):
        raise RefusedError(400, "Bad Request: reply markup is too long")
    if any(not 1 <= len(str(one.get("callback_data", "x")).encode()) <= _DATA for one in every):
        raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


_METHODS: dict[str, Callable[[TelegramCloud, Json], object]] = {
    "getme": TelegramCloud.get_me,
    "setwebhook": TelegramCloud.set_webhook,
    "deletewebhook": TelegramCloud.delete_webhook,
    "getwebhookinfo": TelegramCloud.webhook_info,
    "setmycommands": TelegramCloud.set_commands,
    "sendmessage": TelegramCloud.send_message,
    "sendphoto": TelegramCloud.send_photo,
    "sendvoice": TelegramCloud.send_voice,
    "editmessagetext": TelegramCloud.edit,
    "editmessagecaption": TelegramCloud.edit,
    "editmessagereplymarkup": TelegramCloud.edit,
    "deletemessage": TelegramCloud.delete_message,
    "answercallbackquery": TelegramCloud.answer,
    "getfile": TelegramCloud.get_file,
    "getchat": TelegramCloud.get_chat,
    "leavechat": TelegramCloud.leave_chat,
}
