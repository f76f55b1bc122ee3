"""The one Jinja environment: templates compile once, everything is escaped."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

from bot.core.card import FOLDER
from bot.paper import cards

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_TEMPLATES = (_HERE / "templates", _HERE.parent / "console" / "templates")
# Components of govuk-frontend-jinja that pages use.
_PARTS = {
    "checkboxes": "govukCheckboxes",
    "error-summary": "govukErrorSummary",
    "input": "govukInput",
    "password-input": "govukPasswordInput",
    "radios": "govukRadios",
    "select": "govukSelect",
    "textarea": "govukTextarea",
}


def _digest(name: str) -> str:
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:8]


def _size_of(picture: str) -> dict[str, int]:
    """What is known of a picture's size before it is there, so that nothing jumps."""
    return {"width": cards.WIDTH, "height": cards.HEIGHT} if picture.startswith(FOLDER) else {}


@lru_cache(maxsize=1)
def _components() -> Mapping[str, Any]:
    """Theirs take what is left out for nothing; ours must say everything."""
    package = "govuk_frontend_jinja"
    theirs = PackageLoader(package, "templates")
    lenient = Environment(
        loader=PrefixLoader({package: theirs}),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {
        name: getattr(
            lenient.get_template(f"{package}/components/{folder}/macro.html").module, name
        )
        for folder, name in _PARTS.items()
    }


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = [path.relative_to(_STATIC).as_posix() for path in _STATIC.rglob("*.*")]
    digests = {name: _digest(name) for name in names}
    made.globals["static"] = lambda name: f"/static/{name}?v={digests[name]}"
    made.globals["size_of"] = _size_of
    made.globals.update(_components())
    return made
