"""What the measurements ran on, and how busy it was with other things."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def _first(pattern: str, file: str) -> str:
    found = re.search(pattern, Path(file).read_text("utf-8"), re.MULTILINE)
    return found[1].strip() if found else "?"


def _version(*command: str) -> str:
    if not shutil.which(command[0]):
        return "absent"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines()[0].strip()


def load() -> str:
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


def describe(postgres: str) -> list[str]:
    model = _first(r"^model name\s*:(.*)$", "/proc/cpuinfo")
    memory = int(_first(r"^MemTotal:\s+(\d+)", "/proc/meminfo")) // 1024
    return [
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- {os.cpu_count()} cores ({model}), "
        f"{memory} MiB, {platform.system()} {platform.release()}",
        f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {postgres}",
        f"- load generator: {_version('wrk', '-v')}; {_version('redis-server', '--version')}",
    ]
