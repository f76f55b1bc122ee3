"""Network namespaces as machines of their own, joined by a bridge; where they cannot be had,
processes on loopback, which are cut off by being stopped."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def _ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0


class Loopback:
    """All machines are this one."""

    host = "127.0.0.1"

    def join(self, number: int) -> str:
        return self.host

    def inside(self, number: int) -> list[str]:
        """What to put before a command."""
        return []

    def cut(self, number: int, process: int) -> None:
        os.kill(process, signal.SIGSTOP)

    def mend(self, number: int, process: int) -> None:
        os.kill(process, signal.SIGCONT)

    def close(self) -> None:
        return


class Namespaces(Loopback):
    """Machine n is 10.x.y.(n + 1); the host, with database and platform, is 10.x.y.1."""

    def __init__(self) -> None:
        self._name = f"gc{secrets.token_hex(2)}"
        self._net = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(250)}"
        self.host = f"{self._net}.1"
        self._joined: list[str] = []
        made = _ip("link", "add", self._name, "type", "bridge")
        made = made and _ip("addr", "add", f"{self.host}/24", "dev", self._name)
        if not (made and _ip("link", "set", self._name, "up")):
            self.close()
            raise OSError("no bridge")

    def _space(self, number: int) -> str:
        return f"{self._name}n{number}"

    def join(self, number: int) -> str:
        space, ours, theirs = (
            self._space(number),
            f"{self._name}h{number}",
            f"{self._name}v{number}",
        )
        address = f"{self._net}.{number + 1}"
        steps = (
            ("netns", "add", space),
            ("link", "add", ours, "type", "veth", "peer", "name", theirs),
            ("link", "set", ours, "master", self._name, "up"),
            ("link", "set", theirs, "netns", space),
            ("-n", space, "addr", "add", f"{address}/24", "dev", theirs),
            ("-n", space, "link", "set", theirs, "up"),
            ("-n", space, "link", "set", "lo", "up"),
        )
        self._joined.append(space)
        for step in steps:
            if not _ip(*step):
                raise OSError(f"ip {' '.join(step)}")
        return address

    def inside(self, number: int) -> list[str]:
        return ["ip", "netns", "exec", self._space(number)]

    def cut(self, number: int, process: int) -> None:
        """As if its cable were pulled: no word to anybody."""
        _ip("link", "set", f"{self._name}h{number}", "down")

    def mend(self, number: int, process: int) -> None:
        _ip("link", "set", f"{self._name}h{number}", "up")

    def close(self) -> None:
        for space in self._joined:
            _ip("netns", "del", space)
        _ip("link", "del", self._name)


@contextmanager
def network() -> Iterator[Loopback]:
    try:
        made: Loopback = Namespaces()
    except OSError:
        made = Loopback()
    try:
        yield made
    finally:
        made.close()
