"""What people do with the bot: write to it, send things, mention it in groups."""

from bot.standins.zalo.bot import BotCloud
from bot.standins.zalo.model import BotChat, Json, RefusedError, Shown

_SENT: dict[str, Json] = {
    "sticker": {"sticker": "d063f44dc80821560001", "url": "https://example.zdn.vn/s.png"},
    "voice": {"voice_url": "https://example.zdn.vn/v.aac"},
    "unsupported": {},
}
_PICTURE = "https://example.zdn.vn/p.jpg"


class BotPeople:
    """Each method makes the update the platform would make, and returns the message's id."""

    def __init__(self, bot: BotCloud) -> None:
        self.bot = bot

    def chat(self, name: str, called: str = "Người thử") -> BotChat:
        with self.bot.lock:
            return self.bot.chats.setdefault(name, BotChat(name, called))

    def messages(self, name: str) -> list[Shown]:
        with self.bot.lock:
            return list(self.chat(name).messages.values())

    def say(self, name: str, text: str) -> str:
        return self._write(self.chat(name), name, "text", {"text": text}, text)

    def send_photo(self, name: str, caption: str = "") -> str:
        content = {self.bot.photo_key: _PICTURE, "caption": caption}
        return self._write(self.chat(name), name, "image", content, caption)

    def send(self, name: str, kind: str) -> str:
        """A sticker, a voice or something unsupported."""
        return self._write(self.chat(name), name, kind, _SENT[kind])

    def found_group(self, name: str, title: str) -> BotChat:
        """The group's admin opened the bot's link; nothing tells the bot."""
        with self.bot.lock:
            groups = [one for one in self.bot.chats.values() if one.group and not one.out]
            if not self.bot.can_join_groups or len(groups) >= self.bot.most_groups:
                raise RefusedError(403, "the bot can not join groups")
            made = BotChat(name, title, group=True, met=True)
            return self.bot.chats.setdefault(name, made)

    def remove_bot(self, name: str) -> None:
        self.bot.chats[name].out = True

    def say_in_group(self, name: str, group: str, text: str, *, mention: bool = True) -> str:
        """Without a mention the bot is not told."""
        chat = self.bot.chats[group]
        if mention:
            return self._write(chat, name, "text", {"text": f"@Bot Gõ Cửa {text}"}, text)
        with self.bot.lock:
            return self._show(chat, name, "text", text).id

    def _show(self, chat: BotChat, name: str, kind: str, text: str) -> Shown:
        made = Shown(self.bot.ids.hexadecimal(), False, text, kind, sender=name)
        made.at = self.bot.clock()
        chat.messages[made.id] = made
        return made

    def _write(self, chat: BotChat, name: str, kind: str, content: Json, text: str = "") -> str:
        with self.bot.lock:
            shown = self._show(chat, name, kind, text)
            kind_of_chat = "GROUP" if chat.group else "PRIVATE"
            sender = {"id": name, "display_name": "Người thử", "is_bot": False}
            message = {
                "message_id": shown.id,
                "date": int(shown.at * 1000),
                "from": sender,
                "chat": {"id": chat.id, "chat_type": kind_of_chat},
                **content,
            }
            self.bot.update(chat, f"message.{kind}.received", message)
            return shown.id
