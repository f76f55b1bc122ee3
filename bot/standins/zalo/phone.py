"""What the make-believe phone shows and does: a chat is "oa/<person>" or "bot/<person>"."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.standins.phone import phone
from bot.standins.zalo.bot_people import BotPeople
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.model import Json, RefusedError, Shown
from bot.standins.zalo.people import People

_PAGE = Path(__file__).parent / "phone.html"
_MEDIA = "/_media/"
_BLOCKED = -217


def phone_routes(cloud: ZaloCloud) -> list[Route]:
    acts = _Acts(cloud)
    works = {"say": acts.say, "press": acts.press, "photo": acts.photo, "block": acts.block}
    return [Route(f"{_MEDIA}{{name}}", acts.media), *phone(_PAGE, acts.show, works, RefusedError)]


class _Acts:
    def __init__(self, cloud: ZaloCloud) -> None:
        self._oa, self._bot = People(cloud.oa), BotPeople(cloud.bot)

    def _of(self, chat: str) -> tuple[bool, str]:
        """Whether it is with the OA, and the person."""
        kind, _, name = chat.partition("/")
        return kind == "oa", name

    async def media(self, request: Request) -> Response:
        upload = self._oa.oa.media.uploads.get(request.path_params["name"])
        return Response(upload.content if upload else b"", 200 if upload else 404)

    def show(self, chat: str) -> Json:
        """Looking at a chat with the OA is seeing its messages."""
        oa, name = self._of(chat)
        if oa:
            self._oa.see(name)
            user, mail = self._oa.user(name), self._oa.oa.mail
            messages, blocked = self._oa.messages(name), user.refusal == _BLOCKED
        else:
            talk, mail = self._bot.chat(name), self._bot.bot.mail
            messages, blocked = self._bot.messages(name), talk.out
        return {
            "messages": [_plain(one) for one in messages],
            "blocked": blocked,
            "waiting": len(mail.waiting),
        }

    def say(self, chat: str, body: Json) -> str:
        oa, name = self._of(chat)
        return self._oa.say(name, body["text"]) if oa else self._bot.say(name, body["text"])

    def press(self, chat: str, body: Json) -> str:
        return self._oa.press(self._of(chat)[1], body["message"], body["button"])

    def photo(self, chat: str, _: Json) -> str:
        oa, name = self._of(chat)
        return self._oa.send(name) if oa else self._bot.send_photo(name)

    def block(self, chat: str, body: Json) -> None:
        oa, name = self._of(chat)
        if not oa:
            self._bot.chat(name).out = body["blocked"]
            return
        self._oa.user(name).refusal = _BLOCKED if body["blocked"] else 0
        if body["blocked"]:
            self._oa.unfollow(name)
        else:
            self._oa.follow(name)


def _plain(shown: Shown) -> Json:
    """As the phone's script wants it: the title of a button names it."""
    titles = [one["title"] for one in shown.elements if "default_action" not in one]
    text = "\n".join([*titles, shown.text]).strip()
    return {
        "id": shown.id,
        "from_bot": shown.from_bot,
        "text": text,
        "photo": shown.photo if "://" in shown.photo else shown.photo and _MEDIA + shown.photo,
        "buttons": [
            [{"text": one["title"], "callback_data": one["title"]}] for one in shown.pressable()
        ],
    }
