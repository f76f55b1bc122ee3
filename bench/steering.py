"""Starts the measuring stand-in and tells it what to do."""

import sys
from pathlib import Path
from typing import Any

import httpx

from bench.process import Running, free_port


class Platform:
    def __init__(self, folder: Path) -> None:
        port = free_port()
        command = [sys.executable, "-m", "bench.platform", str(port)]
        self.process = Running(command, folder / "platform.log", port)
        self.url = f"http://127.0.0.1:{port}"
        self._client = httpx.Client(base_url=self.url, timeout=600)

    def reset(self, *, delay: float = 0.0, rate: int = 0) -> None:
        """`rate` messages a second with the limits of chats and groups, 0 for no limits."""
        self._post("/reset", delay=delay, rate=rate)

    def stats(self) -> dict[str, Any]:
        return self._post("/stats")

    def flood(self, url: str, first: int, many: int, **more: Any) -> dict[str, Any]:
        return self._post("/flood", url=url, first=first, many=many, **more)

    def _post(self, path: str, **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.post(path, json=given).json()
        return answer

    def stop(self) -> None:
        self._client.close()
        self.process.stop()
