"""Webhook calls by wrk (C, one thread): far from being the bottleneck itself."""

import json
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path

CONNECTIONS = 40  # Telegram's own default
SECRET = "bench-secret"  # noqa: S105  # of a service that lives for seconds
_SCRIPT = Path(__file__).parent / "update.lua"
_firsts = count(1_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Hits:
    """Latencies in milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def flood(url: str, seconds: float) -> Hits:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", str(_SCRIPT), url]
    done = subprocess.run(
        [*command, "--", str(next(_firsts))], capture_output=True, text=True, check=True
    )
    line = next(one for one in done.stdout.splitlines() if one.startswith("RESULT "))
    return Hits(**json.loads(line.removeprefix("RESULT ")))
