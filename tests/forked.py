"""A service that starts in a moment: forked from a process that has imported everything.

For tests that kill it many times; otherwise it is the same service on the same port.
"""

import logging
import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from service import PATIENCE, START_SECONDS, free_port, ready
from sqlalchemy import Connection

COUNTING = "counting for ever"
_ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) SELECT count(*) FROM n"
)
_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["bot.commands.service", "webhooks.app", "bot.channels.registry"])


def count_for_ever() -> None:
    """Places are counted as if there were people without end."""
    from bot.services import counting

    def endless(connection: Connection, *_: object) -> None:
        logging.getLogger(__name__).warning(COUNTING)
        connection.exec_driver_sql(_ENDLESS)

    counting.contents = endless  # type: ignore[assignment]


def _serve(env: dict[str, str], port: int, log: str, work: Callable[[], None] | None) -> None:
    from bot.commands.service import serve

    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(env)
    if work:
        work()
    serve.main(["--port", str(port)], standalone_mode=False)


class ForkedService:
    """`env` are settings without their prefix. `work` is done in the process before it serves."""

    work: Callable[[], None] | None = None

    def __init__(self, folder: Path, **env: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = folder / "service.log"
        settings = {"DATA_DIR": str(folder / "data"), "BASE_URL": self.base, **env}
        self.env = {f"GOCUA_{name}": value for name, value in settings.items()}
        self._process: BaseProcess | None = None

    def start(self) -> "ForkedService":
        self._process = _fork.Process(
            target=_serve, args=(self.env, self.port, str(self.log), self.work)
        )
        self._process.start()
        end = time.monotonic() + START_SECONDS
        while not ready(self.base):
            if time.monotonic() > end or not self._process.is_alive():
                raise TimeoutError(self.log.read_text()[-2000:])
            time.sleep(0.01)
        return self

    @property
    def pid(self) -> int:
        assert self._process
        assert self._process.pid
        return self._process.pid

    def stop(self) -> None:
        """SIGTERM: returns when it has ended by itself."""
        if self._process:
            self._process.terminate()
            self._process.join(PATIENCE)
            assert self._process.exitcode is not None
            self._process = None

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._process:
            self._process.kill()
            self._process.join()
            self._process = None
