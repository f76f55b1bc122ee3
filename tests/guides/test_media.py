"""What pictures and recordings must be to be shown and heard."""

import random
import shutil
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.guide_checks import check
from bot.library import GUIDES

BASE = Path(__file__).parent / "base"
TODAY = date(2026, 12, 1)
_FRAME = b"\xff\xfb\x90\x44" + bytes(400)
_OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)


def _picture(kind: str, width: int) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, 700), "white").save(made, kind)
    return made.getvalue()


def _found(folder: Path, line: str, name: str, content: bytes) -> list[str]:
    shutil.copytree(BASE, folder)
    shutil.copy(GUIDES / "messages.yaml", folder)
    path = folder / "mau" / "guide.yaml"
    text = path.read_text().replace(
        "troubles: [khong-co-so]\n", f"troubles: [khong-co-so]\n{line}\n"
    )
    path.write_text(text)
    (folder / "mau" / name).write_bytes(content)
    return [one.code for one in check(folder, TODAY)]


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("so.png", _picture("PNG", 400), []),
        ("so.jpg", _picture("JPEG", 720), []),
        ("so.png", _picture("PNG", 300), ["picture_file"]),
        ("so.png", _picture("GIF", 400), ["picture_file"]),
        ("so.png", _picture("PNG", 400)[:60], ["picture_file"]),
        ("so.png", _picture("PNG", 400) + random.Random(1).randbytes(2**20), ["picture_file"]),
    ],
    ids=["png", "jpeg", "narrow", "gif", "torn", "large"],
)
def test_pictures(tmp_path: Path, name: str, content: bytes, codes: list[str]) -> None:
    line = f"    picture: {{file: {name}, alt: Một quyển sổ mở ra.}}"
    assert _found(tmp_path / "one", line, name, content) == codes


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("so.mp3", b"ID3" + _FRAME, []),
        ("so.mp3", _FRAME, []),
        ("so.ogg", _OPUS, []),
        ("so.ogg", _OPUS.replace(b"OpusHead", b"\x01vorbis "), ["voice_file"]),
        ("so.mp3", b"RIFF" + _FRAME, ["voice_file"]),
        ("so.mp3", b"", ["voice_file"]),
        ("so.mp3", b"ID3" + bytes(2**20), ["voice_file"]),
    ],
    ids=["id3", "frame", "opus", "vorbis", "wav", "empty", "large"],
)
def test_recordings(tmp_path: Path, name: str, content: bytes, codes: list[str]) -> None:
    assert _found(tmp_path / "one", f"    voice: {name}", name, content) == codes
