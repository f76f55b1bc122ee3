"""What people do with the OA: write, press, follow, found groups; what an admin does by hand."""

from bot.standins.zalo import groups
from bot.standins.zalo.content import Content
from bot.standins.zalo.model import Asset, Group, Json, RefusedError, Shown, User
from bot.standins.zalo.oa import OaCloud

_LINK = "https://example.zdn.vn/f"
_COORDINATES = {"latitude": "10.793", "longitude": "107.013"}
_ATTACHMENTS: dict[str, Json] = {
    "image": {"thumbnail": "http://t.f6.photo.talk.zdn.vn/t.jpg", "url": f"{_LINK}.jpg"},
    "gif": {"thumbnail": f"{_LINK}.gif", "url": f"{_LINK}.gif"},
    "sticker": {"id": "bfe458bf64fa8da40001", "url": "https://zalo-api.zadn.vn/sticker.png"},
    "audio": {"url": f"{_LINK}.amr"},
    "video": {"url": f"{_LINK}.mp4", "thumbnail": f"{_LINK}.jpg", "description": ""},
    "file": {"size": "48213", "name": "a.pdf", "checksum": "0c", "type": "pdf", "url": _LINK},
    "link": {"thumbnail": f"{_LINK}.jpg", "description": "", "url": "https://example.gov.vn/"},
    "location": {"coordinates": _COORDINATES},
    "business_card": {"description": '{"phone":"84900000001"}', "thumbnail": "", "url": _LINK},
}


class People:
    """Each method makes the events Zalo would make; what is written returns its msg_id."""

    def __init__(self, oa: OaCloud) -> None:
        self.oa = oa

    def user(self, name: str = "", called: str = "Người thử") -> User:
        """The person with this id, who is new to the OA at first."""
        with self.oa.lock:
            name = name or self.oa.ids.digits()
            made = User(name, called, by_app=f"555{name[3:]}")
            return self.oa.users.setdefault(name, made)

    def messages(self, name: str) -> list[Shown]:
        with self.oa.lock:
            return list(self.user(name).messages.values())

    # One to one

    def say(self, name: str, text: str, quote: str = "") -> str:
        with self.oa.lock:
            extra = {"quote_msg_id": quote} if quote else {}
            return self._write(self.user(name), "text", {"text": text, **extra}, text)

    def send(self, name: str, kind: str = "image") -> str:
        """`kind` is the word in user_send_…: image, sticker, location and so on."""
        attachment = {"type": kind, "payload": _ATTACHMENTS[kind]}
        with self.oa.lock:
            return self._write(self.user(name), kind, {"attachments": [attachment]})

    def press(self, name: str, message: str, button: str) -> str:
        """By title or payload. A query button sends its payload as a text; others open something.

        Raises RefusedError when there is no such button.
        """
        with self.oa.lock:
            shown = self.user(name).messages[message]
            every = shown.pressable()
            found = [one for one in every if button in (one["title"], one.get("payload"))]
            if not found:
                raise RefusedError(-201, "no such button")
            if not found[0]["type"].startswith("oa.query"):
                return ""
            return self.say(name, found[0]["payload"])

    def _write(self, user: User, kind: str, content: Json, text: str = "") -> str:
        self._near(user)
        shown = self.oa.shown(Content(kind, text), user.id)
        user.messages[shown.id] = shown
        self._tell(user, f"user_send_{kind}", message={**content, "msg_id": shown.id})
        return shown.id

    def _near(self, user: User) -> None:
        user.last_interaction = self.oa.clock()

    def _tell(self, user: User, name: str, **fields: object) -> None:
        ends = {"sender": {"id": user.id}, "recipient": {"id": self.oa.console.oa_id}}
        self.oa.post(name, user, {**ends, **fields})

    def see(self, name: str) -> None:
        """Opens the chat: everything unread is seen."""
        with self.oa.lock:
            user = self.user(name)
            unread = [one for one in user.messages.values() if one.from_bot and not one.seen]
            for one in unread:
                one.seen = True
            if unread:
                ids = [one.id for one in unread]
                self._tell(user, "user_seen_message", message={"msg_ids": ids})

    def react(self, name: str, message: str, icon: str = "/-strong") -> None:
        with self.oa.lock:
            content = {"msg_id": message, "react_icon": icon}
            self._tell(self.user(name), "user_reacted_message", message=content)

    def submit_info(self, name: str, info: Json) -> None:
        with self.oa.lock:
            user = self.user(name)
            user.shared = {key: info.get(key, "") for key in ("name", "phone")}
            self._near(user)
            ends = {"sender": {"id": name}, "recipient": {"id": self.oa.console.oa_id}}
            self.oa.events.post("user_submit_info", name, {**ends, "info": info})

    # Knowing the OA

    def follow(self, name: str) -> None:
        with self.oa.lock:
            user = self.user(name)
            user.follows = True
            self._near(user)
            self._following(user, "follow")

    def unfollow(self, name: str) -> None:
        with self.oa.lock:
            user = self.user(name)
            user.follows = False
            self._following(user, "unfollow")

    def _following(self, user: User, name: str) -> None:
        fields = {"follower": {"id": user.id}, "source": "oa_profile"}
        self.oa.post(name, user, {"oa_id": self.oa.console.oa_id, **fields})

    def chat_now(self, name: str) -> None:
        """The "Nhắn tin" button; Zalo tells of it once, and only before any chat."""
        with self.oa.lock:
            user = self.user(name)
            first = not user.last_interaction
            self._near(user)
            if first:
                self._about(user, "user_click_chatnow", user_id=user.id)

    def withdraw(self, name: str) -> None:
        """Asks for their data to be deleted."""
        with self.oa.lock:
            self._about(self.user(name), "user_withdraw", user_id=name)

    def _about(self, user: User, name: str, **fields: object) -> None:
        self.oa.post(name, user, {"oa_id": self.oa.console.oa_id, **fields})

    # By an admin of the OA

    def answer_by_hand(self, name: str, text: str, admin: str = "4260000000000000001") -> str:
        """In OA Manager: the event carries who wrote it."""
        with self.oa.lock:
            user, oa = self.user(name), self.oa.console.oa_id
            shown = self.oa.shown(Content("text", text), oa)
            user.messages[shown.id] = shown
            sender = {"id": oa, "admin_id": admin}
            message = {"text": text, "msg_id": shown.id}
            fields = {"sender": sender, "recipient": {"id": name}, "message": message}
            self.oa.post("oa_send_text", user, fields)
            return shown.id

    def tag(self, name: str, tag: str) -> None:
        with self.oa.lock:
            user = self.user(name)
            user.tags.append(tag)
            self._about(user, "add_user_to_tag", tag={"user_ids": [name], "name": tag})

    def unknown_event(self, name: str = "user_does_something_new") -> None:
        with self.oa.lock:
            self.oa.events.post(name, "", {"oa_id": self.oa.console.oa_id})

    # Groups

    def buy_asset(self, product: str = "gmf100", quota: str = "purchase_quota") -> Asset:
        with self.oa.lock:
            made = Asset(self.oa.ids.hexadecimal(), product, quota)
            return self.oa.assets.setdefault(made.id, made)

    def found_group(self, title: str, *names: str) -> Group:
        """By hand in OA Manager, with an asset bought for it."""
        with self.oa.lock:
            asset = self.buy_asset()
            group = Group(self.oa.ids.hexadecimal(), title, asset.id, members=list(names))
            asset.used_by = group.id
            groups.changed(self.oa, "create_group", group)
            return self.oa.groups.setdefault(group.id, group)

    def ordinary_group(self, title: str) -> Group:
        """A neighbourhood's own group, which the OA is not in."""
        made = Group(self.oa.ids.hexadecimal(), title, owned=False)
        return self.oa.groups.setdefault(made.id, made)

    def disable_group(self, group: str) -> None:
        """Its package ran out."""
        self.oa.groups[group].enabled = False

    def ask_to_join(self, name: str, group: str) -> None:
        with self.oa.lock:
            found = self.oa.groups[group]
            found.pending.append(self.user(name).id)
            groups.changed(self.oa, "user_request_join_group", found, name)

    def join(self, name: str, group: str) -> None:
        with self.oa.lock:
            groups.join(self.oa, self.oa.groups[group], self.user(name).id)

    def leave(self, name: str, group: str) -> None:
        with self.oa.lock:
            groups.leave(self.oa, self.oa.groups[group], name)

    def say_in_group(self, name: str, group: str, text: str) -> str:
        """Counts as an interaction with the OA."""
        with self.oa.lock:
            found, user = self.oa.groups[group], self.user(name)
            self._near(user)
            shown = self.oa.shown(Content("text", text), name)
            found.messages[shown.id] = shown
            message = {"text": text, "msg_id": shown.id}
            ends = {"sender": {"id": name}, "recipient": {"id": group}}
            groups.post(self.oa, "user_send_group_text", found, **ends, message=message)
            return shown.id
