"""A template and plain values in, a picture or PDF out. The only user of typst.

Values reach a template as JSON, so nothing in them is ever run; fonts are the project's own.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:  # loaded with the first thing drawn
    import typst

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_PIXELS_PER_INCH = 144
_COLOURS = 48
_UNPRINTABLE = frozenset({"So", "Cf", "Mn"})  # emoji and their joiners: in no text font


@lru_cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"]
    )


@lru_cache
def version(name: str) -> str:
    """Changes whenever what a template makes may look different."""
    made_by = (_TEMPLATES / f"{name}.typ", Path(__file__))
    seen = b"".join(path.read_bytes() for path in made_by) + metadata.version("typst").encode()
    return sha256(seen).hexdigest()[:8]


def printable(text: str) -> str:
    """A text as paper can show it, line by line."""
    kept = "".join(sign for sign in text if unicodedata.category(sign) not in _UNPRINTABLE)
    return "\n".join(" ".join(line.split()) for line in kept.split("\n"))


def _inputs(values: Mapping[str, object]) -> dict[str, str]:
    return {"data": orjson.dumps(values).decode()}


def picture(name: str, values: Mapping[str, object]) -> bytes:
    """The one page of a template as a PNG of few colours, a quarter of the size."""
    import typst
    from PIL import Image

    drawn = typst.compile(
        _TEMPLATES / f"{name}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="png",
        ppi=_PIXELS_PER_INCH,
        sys_inputs=_inputs(values),
    )
    plain, small = Image.open(BytesIO(drawn)).convert("RGB"), BytesIO()
    few = plain.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(small, "PNG")
    return small.getvalue()


def document(name: str, values: Mapping[str, object]) -> bytes:
    """A PDF that screen readers can follow (PDF/UA-1)."""
    import typst

    return typst.compile(
        _TEMPLATES / f"{name}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs=_inputs(values),
    )
