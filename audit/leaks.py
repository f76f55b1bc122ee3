"""Secrets committed by mistake, in every tracked text file. `python -m audit.leaks [ROOT]`.

What looks like one and is none is looked at by a person and noted in reviewed.txt by its digest.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detect_secrets.core import scan
from detect_secrets.settings import transient_settings

HERE = Path(__file__).parent
REVIEWED = HERE / "reviewed.txt"
DIGEST = 16

_DETECTORS = (
    "AWSKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
)
_ENTROPY = {"Base64HighEntropyString": 4.5, "HexHighEntropyString": 3.0}
_OURS = ("BotToken", "PlatformSecret")
_FILTERS = (
    "is_indirect_reference",
    "is_likely_id_string",
    "is_lock_file",
    "is_not_alphanumeric_string",
    "is_potential_uuid",
    "is_prefixed_with_dollar_sign",
    "is_sequential_string",
    "is_templated_secret",
)


@dataclass(frozen=True)
class Leak:
    """Where something is that looks like a secret; never what it says."""

    path: str
    line: int
    kind: str
    digest: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} (digest {self.digest})"


def tracked(root: Path) -> list[str]:
    """Paths below `root` of what git keeps, or of what it would where there is no git."""
    git = ["git", "-C", str(root), "ls-files", "-z"]
    listed = subprocess.run(git, check=False, capture_output=True)  # noqa: S603
    if listed.returncode == 0:
        paths = [Path(one) for one in listed.stdout.decode().split("\0") if one]
    else:
        ignored = {one.strip("/") for one in (root / ".gitignore").read_text("utf-8").split()}
        below = (one.relative_to(root) for one in root.rglob("*"))
        paths = [one for one in below if not ignored.intersection(one.parts)]
    return sorted(one.as_posix() for one in paths if (root / one).is_file())


def found(root: Path, paths: Iterable[str]) -> Iterator[Leak]:
    """Whatever looks like a secret in these files; binary files are passed over."""
    with transient_settings(_settings()):
        for path in paths:
            for one in scan.scan_file(str(root / path)):
                yield Leak(path, one.line_number, one.type, one.secret_hash[:DIGEST])


def reviewed(file: Path = REVIEWED) -> frozenset[str]:
    lines = file.read_text("utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line and not line.startswith("#"))


def _settings() -> dict[str, Any]:
    detectors: list[Mapping[str, object]] = [{"name": name} for name in _DETECTORS]
    detectors += [{"name": name, "limit": limit} for name, limit in _ENTROPY.items()]
    shapes = (HERE / "shapes.py").as_uri()
    detectors += [{"name": name, "path": shapes} for name in _OURS]
    filters = [{"path": f"{shapes}::is_plain"}]
    filters += [{"path": f"detect_secrets.filters.heuristic.{name}"} for name in _FILTERS]
    return {"plugins_used": detectors, "filters_used": filters}


def main(root: Path) -> int:
    paths = tracked(root)
    everything = list(found(root, paths))
    known = reviewed()
    new = [one for one in everything if one.digest not in known]
    for one in new:
        print(one)
    stale = known - {one.digest for one in everything}
    for digest in sorted(stale):
        print(f"{REVIEWED.name}: {digest} is found nowhere any more, take its line out")
    if new:
        print(f"Real? Take it out and have it changed. None? Note its digest in {REVIEWED}.")
    else:
        print(f"{len(paths)} files, nothing that looks like a secret and was not looked at")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
