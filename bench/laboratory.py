"""What every part measures with: folders, databases, the stand-in, sizes and rounds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.databases import Databases, server
from bench.process import Running, free_port
from bench.steering import Platform
from bench.wrk import SECRET


@dataclass(frozen=True, slots=True)
class Sizes:
    rounds: int
    seconds: float
    messages: int
    recipients: int
    people: int
    streams: int
    free: int
    paid: int


FULL = Sizes(
    5, 3, messages=5000, recipients=100_000, people=1000, streams=1000, free=900, paid=100_000
)
USUAL = Sizes(
    3, 2, messages=3000, recipients=100_000, people=400, streams=1000, free=300, paid=10_000
)
QUICK = Sizes(2, 1, messages=2000, recipients=5_000, people=200, streams=300, free=150, paid=3_000)


@dataclass(frozen=True, slots=True)
class Laboratory:
    folder: Path
    sizes: Sizes
    databases: Databases
    platform: Platform

    def service(self, database: str, *, module: str = "bot", role: str = "all") -> Running:
        """The product in a process of its own; `module` may wrap it."""
        port = free_port()
        env = {
            "GOCUA_DATABASE_URL": database,
            "GOCUA_DATA_DIR": str(self.folder / "data"),
            "GOCUA_BASE_URL": f"http://127.0.0.1:{port}",
            "GOCUA_TELEGRAM_TOKEN": "123456:bench",
            "GOCUA_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "GOCUA_TELEGRAM_API_URL": self.platform.url,
            "GOCUA_QUEUE_LIMIT": "100000000",
        }
        command = [sys.executable, "-m", module, "serve", "--role", role, "--port", str(port)]
        return Running(command, self.folder / "service.log", port, env)

    def peer(self, python: str, program: str, *arguments: str) -> Running:
        port = free_port()
        command = [python, f"bench/peers/{program}.py", str(port), *arguments]
        return Running(command, self.folder / f"{program}.log", port)


@contextmanager
def laboratory(sizes: Sizes) -> Iterator[Laboratory]:
    with TemporaryDirectory(prefix="gocua-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with server(folder) as postgres:
            databases, platform = Databases(folder, postgres), Platform(folder)
            try:
                yield Laboratory(folder, sizes, databases, platform)
            finally:
                platform.stop()
                databases.close()
