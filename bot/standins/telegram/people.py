"""What people do in the stand-in: write, press, block, found groups."""

from bot.standins.telegram.cloud import TelegramCloud, person
from bot.standins.telegram.model import Chat, Json, RefusedError, Shown

_PHOTO: Json = {"file_id": "AgAC-sent", "file_unique_id": "sent", "width": 90, "height": 90}


class People:
    """Each method makes the updates Telegram would make, and returns the message's id."""

    def __init__(self, cloud: TelegramCloud) -> None:
        self.cloud = cloud

    def chat(self, number: int, title: str = "Người thử") -> Chat:
        with self.cloud.lock:
            return self.cloud.chats.setdefault(number, Chat(number, "private", title))

    def messages(self, number: int) -> list[Shown]:
        with self.cloud.lock:
            return list(self.chat(number).messages.values())

    def say(self, number: int, text: str) -> int:
        return self._write(self.chat(number), text, {"text": text})

    def forward(self, number: int, text: str) -> int:
        """Somebody else's words, whose account hides who they are."""
        origin = {"type": "hidden_user", "sender_user_name": "Người lạ", "date": 0}
        return self._write(self.chat(number), text, {"text": text, "forward_origin": origin})

    def send_photo(self, number: int, caption: str = "", content: bytes = b"") -> int:
        """Two sizes, as Telegram has them; without content it can never be fetched."""
        sizes = [_PHOTO]
        if content:
            name = f"AgAC-sent-{self.cloud.number()}"
            self.cloud.files[name] = content
            sizes = [_PHOTO, {**_PHOTO, "file_id": name, "width": 900, "height": 900}]
        return self._write(self.chat(number), caption, {"photo": sizes, "caption": caption})

    def share_contact(self, number: int, phone: str) -> int:
        contact = {"phone_number": phone, "first_name": "A", "user_id": number}
        return self._write(self.chat(number), "", {"contact": contact})

    def _write(self, chat: Chat, text: str, content: Json) -> int:
        with self.cloud.lock:
            chat.met = True
            shown = Shown(self.cloud.number(), False, text, date=int(self.cloud.clock()))
            chat.messages[shown.id] = shown
            body = self.cloud.message(chat, shown)
            body.pop("text", None)
            self.cloud.post("message", {**body, **content}, f"chat:{chat.id}")
            return shown.id

    def edit(self, number: int, message: int, text: str) -> None:
        with self.cloud.lock:
            chat = self.chat(number)
            shown = chat.messages[message]
            shown.text, shown.edited = text, True
            body = self.cloud.message(chat, shown) | {"edit_date": int(self.cloud.clock())}
            self.cloud.post("edited_message", body, f"chat:{chat.id}")

    def press(self, number: int, message: int, button: str) -> str:
        """By a button's data or label. Raises RefusedError when it is not there any more."""
        with self.cloud.lock:
            chat = self.chat(number)
            shown = chat.messages[message]
            every = [one for row in shown.buttons for one in row]
            found = [one for one in every if button in (one.get("callback_data"), one["text"])]
            if not found:
                raise RefusedError(400, "no such button")
            query = str(self.cloud.number())
            self.cloud.queries[query] = self.cloud.clock()
            sender = person(chat)
            content = {"id": query, "from": sender, "chat_instance": "1",
                       "message": self.cloud.message(chat, shown),
                       "data": found[0]["callback_data"]}  # fmt: skip
            self.cloud.post("callback_query", content, f"user:{sender['id']}")
            return query

    def block(self, number: int, *, blocked: bool = True) -> None:
        with self.cloud.lock:
            chat = self.chat(number)
            chat.blocked = blocked
            self._membership(chat, "kicked" if blocked else "member")

    def found_group(self, number: int, title: str) -> Chat:
        """A group with the bot in it."""
        with self.cloud.lock:
            kind = "supergroup" if number < -(10**9) else "group"
            chat = self.cloud.chats[number] = Chat(number, kind, title, met=True)
            self._membership(chat, "member")
            return chat

    def remove_bot(self, number: int) -> None:
        with self.cloud.lock:
            chat = self.cloud.chats[number]
            chat.out = True
            self._membership(chat, "kicked")

    def upgrade(self, number: int, to: int) -> None:
        """The group becomes a supergroup with a new id; its old chat says so."""
        with self.cloud.lock:
            chat = self.cloud.chats[number]
            chat.upgraded_to = to
            self.found_group(to, chat.title)
            self._write(chat, "", {"migrate_to_chat_id": to})

    def _membership(self, chat: Chat, status: str) -> None:
        member: Json = {"user": self.cloud.bot, "status": status}
        if status == "kicked":
            member["until_date"] = 0
        old = {"user": self.cloud.bot, "status": "left"}
        content = {"chat": chat.plain(), "from": person(chat), "date": int(self.cloud.clock()),
                   "old_chat_member": old, "new_chat_member": member}  # fmt: skip
        self.cloud.post("my_chat_member", content, f"member:{chat.id}")
