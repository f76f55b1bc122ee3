"""The service as its users run it: a process of its own, reached over real HTTP."""

import atexit
import itertools
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
START_SECONDS = 300
PATIENCE = 60  # of a client of this machine: a busy one takes its time
_LOWEST, _PORTS = 20_000, 12_000
_counted = itertools.count(secrets.randbelow(_PORTS))


def free_port() -> int:
    """Below those a machine gives to whoever calls out, so that nobody takes it before its server
    is there; none twice."""
    for number in _counted:
        port = _LOWEST + number % _PORTS
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/readyz", timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


class Service:
    """`env` are settings without their prefix. Logs go to a file, for grepping."""

    def __init__(
        self, folder: Path, *, command: str = "serve", options: Sequence[str] = (), **env: str
    ) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = folder / "service.log"
        settings = {"DATA_DIR": str(folder / "data"), "BASE_URL": self.base, **env}
        kept = {name: value for name, value in os.environ.items() if "GOCUA" not in name}
        self.env = {**kept, **{f"GOCUA_{name}": value for name, value in settings.items()}}
        self._command = [command, *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Service":
        arguments = [sys.executable, "-m", "bot", *self._command, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        atexit.register(self.kill)
        self._wait_ready()
        return self

    def _wait_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._lives():
            if ready(self.base):
                return
            time.sleep(0.05)
        said = self.log.read_text()[-2000:]
        self.kill()
        raise TimeoutError(said)

    def _lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def set_up_code(self) -> str:
        """What the set-up page asks for, as the log tells it."""
        found = re.search(r"Mã cài đặt: (\S+)", self.log.read_text("utf-8"))
        assert found
        return found[1]

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._process:
            if self._lives():
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            status = self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._process = None
        return status

    def run(self, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """A command of the console script with the same settings; `text` is typed into it."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            input=text,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
