"""A picture for an announcement: checked, made small, without what a camera writes beside it."""

import warnings
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import notice_pictures

if TYPE_CHECKING:  # loaded with the first picture
    from PIL import Image

FOLDER = "thong-bao"
MOST_BYTES, _MOST_PIXELS, _LONGEST = 10 * 2**20, 40_000_000, 1600


def add(connection: Connection, actor: Actor, now: int, raw: bytes) -> str:
    """The path that goes into the content. The same picture is kept once."""
    return keep(connection, actor, now, clean(raw))


def keep(connection: Connection, actor: Actor, now: int, small: bytes) -> str:
    """One that was cleaned before, so that no transaction waits for it."""
    access.scopes(actor, Operation.COMPOSE_ANNOUNCEMENT)
    path = f"{FOLDER}/{sha256(small).hexdigest()}.jpg"
    notice_pictures.keep(connection, path, small, now)
    return path


def clean(raw: bytes, longest: int = _LONGEST) -> bytes:
    """JPEG for a phone, no side over `longest`. Raises Refused."""
    if len(raw) > MOST_BYTES:
        raise Refused(Problem.BAD_PICTURE)
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(raw), formats=("PNG", "JPEG", "WEBP")) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise Refused(Problem.BAD_PICTURE)
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((longest, longest))
                return _written(upright)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise Refused(Problem.BAD_PICTURE) from error


def _written(picture: "Image.Image") -> bytes:
    """On white where it could be seen through."""
    from PIL import Image

    seen = picture.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
