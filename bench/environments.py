"""Peers in environments of their own, at the versions pinned in bench/peers/*.txt."""

import hashlib
import subprocess
import sys
from pathlib import Path

from bench.process import ROOT

CACHE = ROOT / ".bench"
PEERS = Path(__file__).parent / "peers"


def python(name: str) -> str:
    """The interpreter of a peer's environment, which is made when first asked for."""
    pinned = PEERS / f"{name}.txt"
    folder = CACHE / "venvs" / name
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()
    stamp = folder / "made"
    if not stamp.exists() or stamp.read_text("ascii") != digest:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [str(folder / "bin/python"), "-m", "pip", "install", "-qq", "-r", str(pinned)]
        subprocess.run(install, check=True)
        stamp.write_text(digest, "ascii")
    return str(folder / "bin/python")


def versions(name: str) -> str:
    lines = (PEERS / f"{name}.txt").read_text("ascii").split()
    return ", ".join(line.replace("==", " ") for line in lines)
