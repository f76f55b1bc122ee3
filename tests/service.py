"""The service as its users run it: a process of its own, reached over real HTTP."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
START_SECONDS = 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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

    def start(self, *, ready: bool = True) -> "Service":
        arguments = [sys.executable, "-m", "bot", *self._command, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        if ready:
            self.wait_ready()
        return self

    def wait_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.base}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(self.log.read_text()[-2000:])

    def set_up_code(self) -> str:
        """What the set-up page asks for, as the log tells it."""
        found = re.search(r"Mã cài đặt: (\S+)", self.log.read_text("utf-8"))
        assert found
        return found[1]

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        status = self._process.wait(timeout=20)
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
            timeout=60,
            check=False,
        )
