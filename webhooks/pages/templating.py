"""The one Jinja environment: templates compile once, everything is escaped."""

from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core.card import FOLDER
from bot.paper import cards

_HERE = Path(__file__).parent


def _digest(name: str) -> str:
    return sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:8]


def _size_of(picture: str) -> dict[str, int]:
    """What is known of a picture's size before it is there, so that nothing jumps."""
    return {"width": cards.WIDTH, "height": cards.HEIGHT} if picture.startswith(FOLDER) else {}


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = [path.name for path in (_HERE / "static").iterdir()]
    digests = {name: _digest(name) for name in names}
    made.globals["static"] = lambda name: f"/static/{name}?v={digests[name]}"
    made.globals["size_of"] = _size_of
    return made
