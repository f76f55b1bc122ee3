"""What a message body must be before the OA accepts it: kinds, lengths, counts."""

from dataclasses import dataclass, field

from bot.standins.zalo.media import Media
from bot.standins.zalo.model import Json, RefusedError

TEXT, MOST, TITLE, SUBTITLE, PAYLOAD, SMS = 2000, 5, 100, 500, 1000, 160


@dataclass(frozen=True)
class Content:
    """A message that passed. `kind` is the word in its oa_send_… event."""

    kind: str
    text: str = ""
    photo: str = ""
    buttons: list[Json] = field(default_factory=list)
    elements: list[Json] = field(default_factory=list)


def content(message: object, media: Media, *, rich: bool) -> Content:
    """Raises RefusedError. `rich`: list and buttons are supported."""
    body = _object(message)
    text = body.get("text", "")
    if not isinstance(text, str):
        raise invalid("text")
    if len(text) > TEXT:
        raise RefusedError(-210, "Message text is over limit")
    if "attachment" not in body:
        if not text.strip():
            raise invalid("text")
        return Content("text", text)
    attachment = _object(body["attachment"])
    payload = _object(attachment.get("payload"))
    if attachment.get("type") == "file":
        media.use(str(payload.get("token")), "file")
        return Content("file")
    if attachment.get("type") != "template":
        raise invalid("attachment type")
    return _template(text, payload, media, rich=rich)


def _template(text: str, payload: Json, media: Media, *, rich: bool) -> Content:
    kind = payload.get("template_type", "button")
    if kind == "media":
        return _media(text, _list(payload, "elements"), media)
    if kind not in ("list", "button", "request_user_info"):
        raise invalid("template_type")
    if not rich and kind != "request_user_info":
        raise RefusedError(-233, "Message type is not supported")
    elements, buttons = _list(payload, "elements"), _list(payload, "buttons")
    for element in elements:
        _titled(element)
    for button in buttons:
        _button(button)
    if not _complete(kind, text, elements, buttons):
        raise invalid("elements or buttons")
    return Content("text" if kind == "button" else "list", text, "", buttons, elements)


def _complete(kind: str, text: str, elements: list[Json], buttons: list[Json]) -> bool:
    if kind == "button":
        return bool(text.strip() and buttons)
    return bool(elements) and (kind == "list" or len(elements) == 1)


def _media(text: str, elements: list[Json], media: Media) -> Content:
    if len(elements) != 1:
        raise invalid("elements")
    one = elements[0]
    kind, url, name = one.get("media_type"), one.get("url"), one.get("attachment_id")
    if kind not in ("image", "gif", "sticker") or bool(url) == bool(name):
        raise invalid("media element")
    if kind == "gif" and not (one.get("width") and one.get("height")):
        raise invalid("width and height")
    if url and not str(url).startswith(("https://", "http://")):
        raise invalid("url")
    if name and kind != "sticker":
        media.use(str(name), "image", "gif")
    return Content(str(kind), text, str(url or name))


def _list(payload: Json, name: str) -> list[Json]:
    found = payload.get(name, [])
    if not isinstance(found, list):
        raise invalid(name)
    if len(found) > MOST:
        raise RefusedError(-210, f"Number of {name} is over limit")
    return [_object(one) for one in found]


def _titled(part: Json) -> None:
    if not part.get("title"):
        raise invalid("title")
    if len(part["title"]) > TITLE or len(part.get("subtitle", "")) > SUBTITLE:
        raise RefusedError(-210, "Title or subtitle is over limit")


def _button(button: Json) -> None:
    _titled(button)
    payload = button.get("payload")
    match button.get("type"):
        case "oa.query.show" | "oa.query.hide":
            fits = isinstance(payload, str) and 0 < len(payload) <= PAYLOAD
        case "oa.open.url":
            fits = str(_object(payload).get("url")).startswith(("https://", "http://"))
        case "oa.open.phone":
            fits = str(_object(payload).get("phone_code")).isdecimal()
        case "oa.open.sms":
            fits = len(str(_object(payload).get("content", ""))) <= SMS
        case _:
            fits = False
    if not fits:
        raise invalid("payload")


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise invalid("body")
    return value


def invalid(what: str) -> RefusedError:
    return RefusedError(-201, f"Params is invalid: {what}")
