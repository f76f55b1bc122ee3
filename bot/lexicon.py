"""Reads what understanding free text needs into values of the core.

What was learnt is one compact file, written by training/ and read with the standard library.
"""

import json
import unicodedata
import zlib
from array import array
from functools import cache
from pathlib import Path

from bot.content_files import read_yaml
from bot.core.intents import Model, Understanding

UNDERSTANDING = Path(__file__).parent.parent / "guides" / "understanding"
WEIGHTS, WORDING, SPELLING = "weights.bin", "wording.bin", "spelling.yaml"


def read_spelling(path: Path) -> dict[str, str]:
    """Each short or southern word and what it stands for."""
    return {
        unicodedata.normalize("NFC", typed): meant
        for meant, ways in read_yaml(path).plain.items()
        for typed in ways
    }


@cache
def read_understanding() -> Understanding:
    """Once for a process: about a megabyte."""
    model, _ = unpacked((UNDERSTANDING / WEIGHTS).read_bytes())
    return Understanding(model, read_spelling(UNDERSTANDING / SPELLING))


def packed(model: Model, material: str) -> bytes:
    """`material` is a digest of what was learnt from, so that a stale file is noticed."""
    header = {
        "labels": model.labels,
        "steps": model.steps,
        "offsets": model.offsets,
        "sharpness": model.sharpness,
        "material": material,
    }
    body = b"".join(array("b", row).tobytes() for row in (model.strengths, *model.weights))
    return zlib.compress(json.dumps(header).encode() + b"\n" + body, 9)


def unpacked(content: bytes) -> tuple[Model, str]:
    """The model and the digest of its material."""
    head, _, body = zlib.decompress(content).partition(b"\n")
    header = json.loads(head)
    size = len(body) // (len(header["labels"]) + 1)
    strengths, *weights = (array("b", body[at : at + size]) for at in range(0, len(body), size))
    model = Model(
        tuple(header["labels"]),
        strengths,
        tuple(weights),
        tuple(header["steps"]),
        tuple(header["offsets"]),
        header["sharpness"],
    )
    return model, header["material"]
