"""Whether pictures and recordings can be shown and heard on an old phone."""

from collections.abc import Iterator
from io import BytesIO

from bot.content_files import Finding
from bot.guide_checks.passages import Source

_LARGEST = 1024 * 1024
_NARROWEST = 360


def check_media(source: Source) -> Iterator[Finding]:
    for place, step in enumerate(source.file.steps):
        if step.picture and not _picture(_read(source, step.picture.file)):
            yield source.at(
                "picture_file",
                "steps",
                place,
                "picture",
                least=_NARROWEST,
                limit=_LARGEST // 1024,
            )
        if step.voice and not _voice(_read(source, step.voice)):
            yield source.at("voice_file", "steps", place, "voice", limit=_LARGEST // 1024)


def _read(source: Source, name: str) -> bytes | None:
    """None for a file that is not there, which is found elsewhere."""
    path = source.folder / name
    return path.read_bytes() if path.is_file() else None


def _picture(content: bytes | None) -> bool:
    if content is None:
        return True
    from PIL import Image  # most services never check a guide

    try:
        picture = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return len(content) <= _LARGEST and picture.width >= _NARROWEST


def _voice(content: bytes | None) -> bool:
    """By what is in it, for a name says nothing. Telegram plays Ogg only with Opus."""
    if content is None:
        return True
    ogg = content.startswith(b"OggS") and b"OpusHead" in content[:128]
    frame = content[:1] == b"\xff" and content[1:2] > b"\xdf"
    return len(content) <= _LARGEST and (ogg or frame or content.startswith(b"ID3"))
