"""Printed pages as pixels, as coarse as a bad camera sees them."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

from bot.paper import typesetting

PIXELS_PER_INCH = 110


def raster(template: str, values: Mapping[str, object]) -> list[Image.Image]:
    folder = Path(typesetting.__file__).parent / "templates"
    drawn = typst.compile(
        folder / f"{template}.typ",
        root=folder,
        font_paths=typesetting._fonts(),
        format="png",
        ppi=PIXELS_PER_INCH,
        sys_inputs=typesetting._inputs(values),
    )
    return [Image.open(BytesIO(one)) for one in (drawn if isinstance(drawn, list) else [drawn])]
