"""A guide on paper: the A5 sheet for a household, the A4 poster for a hamlet's wall."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import segno

from bot.core import links
from bot.core.guide import Guide, GuideStep
from bot.guide_schema import GuideFile
from bot.paper.typesetting import document, printable

_QUIET = 4  # modules of white around a code


@dataclass(frozen=True, slots=True)
class Team:
    """Whom to ask; what is empty is left as a line to write on."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where codes lead. `bot` is the Telegram bot's name, empty without one."""

    base: str
    bot: str = ""
    code: str = ""


def sheet(guide: Guide, about: GuideFile, target: Target, team: Team) -> bytes:
    """A5, both sides of one leaf where the words allow it."""
    return document("sheet", on_sheet(guide, about, target, team))


def poster(guide: Guide, about: GuideFile, target: Target, team: Team) -> bytes:
    """A4, one page."""
    return document("poster", on_poster(guide, about, target, team))


def on_sheet(guide: Guide, about: GuideFile, target: Target, team: Team) -> Mapping[str, object]:
    steps = [_step(guide, step) for step in guide.steps]
    return {**on_poster(guide, about, target, team), "steps": steps}


def on_poster(guide: Guide, about: GuideFile, target: Target, team: Team) -> Mapping[str, object]:
    return {
        "title": printable(guide.title),
        "intro": printable(guide.intro),
        "audience": printable(guide.audience),
        "minutes": guide.minutes,
        "needs": list(map(printable, guide.needs)),
        "safety": [printable(step.text) for step in guide.steps if step.safety],
        "codes": _codes(guide.id, target),
        "address": links.page(target.base, guide.id).partition("://")[2],
        "team": {"name": printable(team.name), "phone": printable(team.phone)},
        "owner": printable(about.owner),
        "checked": f"{about.checked:%d-%m-%Y}",
    }


def _codes(guide: str, target: Target) -> list[dict[str, object]]:
    addresses = {"web": links.chat(target.base, guide, target.code)}
    if target.bot:
        addresses["telegram"] = links.telegram(target.bot, guide, target.code)
    return [{"kind": kind, **_qr(address)} for kind, address in addresses.items()]


def _qr(address: str) -> dict[str, object]:
    """Read even when a quarter of it is worn off. `frame` is how much larger than the
    code itself its picture is: the white around it belongs to it."""
    code = segno.make_qr(address, error="q")
    drawn = BytesIO()
    code.save(drawn, kind="svg", border=_QUIET, light="#fff", xmldecl=False, nl=False)
    modules = code.symbol_size(border=0)[0]
    frame = (modules + 2 * _QUIET) / modules
    return {"address": address, "svg": drawn.getvalue().decode(), "frame": frame}


def _step(guide: Guide, step: GuideStep) -> dict[str, object]:
    """Ways are the choices that lead elsewhere, by the number of the step they lead to."""
    numbers = {one.id: place for place, one in enumerate(guide.steps, 1)}
    ways = [
        {"label": printable(one.label), "to": numbers[one.go]} for one in step.choices if one.go
    ]
    return {
        "number": numbers[step.id],
        "onwards": numbers.get(step.go, 0),
        "safety": step.safety,
        "text": printable(step.text),
        "ways": ways,
    }
