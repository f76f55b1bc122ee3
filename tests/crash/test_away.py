"""The database locked, stopped or without room while people write: what was acknowledged is kept
and handled in order, what was not is asked for again, and nobody can read it meanwhile.
"""

import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson
import pytest
from forked import ForkedService
from machines import Postgres
from phone import SECRET, Telegram, eventually
from service import PATIENCE
from sqlalchemy import select

from storage import outbox
from storage.database import Database
from storage.rows import table
from storage.tables import InboxUpdate

PEOPLE = range(1000, 1006)
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
_inbox = table(InboxUpdate).c


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    for person in PEOPLE:
        made.people.chat(person).met = True
    yield made
    made.stop()


Serve = Callable[..., ForkedService]


@pytest.fixture
def serve(telegram: Telegram, tmp_path: Path) -> Iterator[Serve]:
    """Starts a service on the database of this address."""
    begun: list[ForkedService] = []

    def start(url: str, **env: str) -> ForkedService:
        made = ForkedService(
            tmp_path,
            **env,
            DATABASE_URL=url,
            **telegram.env,
        )
        begun.append(made)
        return made.start()

    yield start
    for one in begun:
        one.kill()


def _update(number: int, person: int, text: str) -> bytes:
    sender = {"id": person, "is_bot": False, "first_name": "A"}
    chat = {"id": person, "type": "private"}
    message = {"message_id": number, "date": 1, "from": sender, "chat": chat, "text": text}
    return orjson.dumps({"update_id": number, "message": message})


class Platform:
    """Calls the hook, and remembers what was acknowledged."""

    def __init__(self, service: ForkedService) -> None:
        self._service, self._number = service, 0
        self.taken: dict[int, list[str]] = {person: [] for person in PEOPLE}
        self._refused: set[str] = set()

    def call(self, text: str = "chào bác Tư") -> set[int]:
        """One message of everybody; the answers' statuses."""
        found = set()
        with httpx.Client(base_url=self._service.base, headers=HEADERS, timeout=PATIENCE) as client:
            for person in PEOPLE:
                self._number += 1
                body = _update(self._number, person, text)
                status = client.post("/hooks/telegram", content=body).status_code
                if status == 200:
                    self.taken[person].append(str(self._number))
                else:
                    self._refused.add(str(self._number))
                found.add(status)
        return found

    def is_content(self, url: str) -> bool:
        """Everything acknowledged was handled once and in order. What was not may have been: the
        database can be slower than the answer."""
        handled = _handled(url)
        kept = {
            one: [event for event in events if event not in self._refused]
            for one, events in handled.items()
        }
        return kept == self.taken


def _handled(url: str) -> dict[int, list[str]]:
    """Events by person in the order in which they were stored; none when one still waits."""
    database = Database(url)
    rows = database.read_now(
        lambda one: one.execute(
            select(_inbox.address, _inbox.event_id, _inbox.state)
            .where(_inbox.channel == "telegram")
            .order_by(_inbox.id)
        ).all()
    )
    unsent = {"queued", "sending"} & database.read_now(outbox.totals).keys()
    database.close()
    if unsent or {state for _, _, state in rows} != {"done"}:
        return {}
    found: dict[int, list[str]] = {person: [] for person in PEOPLE}
    for address, event, _ in rows:
        found[int(address.rpartition(":")[2])].append(event)
    return found


def _files(service: ForkedService) -> list[Path]:
    return sorted((Path(service.env["GOCUA_DATA_DIR"]) / "spool").iterdir())


@contextmanager
def _locked(path: str) -> Iterator[None]:
    other = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_sqlite_locked_by_another_process(serve: Serve, tmp_path: Path) -> None:
    """And killed in the middle of it."""
    url = f"sqlite:///{tmp_path}/data/gocua.db"
    service = serve(url)
    platform = Platform(service)
    assert platform.call() == {200}
    with _locked(url.removeprefix("sqlite:///")):
        assert platform.call() == {200}
        assert platform.call() == {200}
        kept = _files(service)
        service.kill()
    assert len(kept) >= len(PEOPLE)
    assert {one.stat().st_mode & 0o777 for one in kept} == {0o600}
    assert kept[0].parent.stat().st_mode & 0o777 == 0o700
    written = b"".join(one.read_bytes() for one in kept)
    assert not [one for one in (b"telegram", b"u00e1c") if one in written]
    service.start()
    assert platform.call() == {200}
    eventually(lambda: platform.is_content(url), 300)
    eventually(lambda: not _files(service))


def test_postgresql_stopped_and_started(serve: Serve) -> None:
    with TemporaryDirectory(prefix="gocua-away-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder), "127.0.0.1")
        server.start()
        try:
            _goes_and_comes(server, serve(server.url))
        finally:
            with suppress(subprocess.CalledProcessError):  # it was stopped and stays so
                server.stop("fast")


def _goes_and_comes(server: Postgres, service: ForkedService) -> None:
    platform = Platform(service)
    try:
        assert platform.call() == {200}
        server.stop()
        assert platform.call() == {200}
        assert platform.call() == {200}
        assert _files(service)
        assert httpx.get(f"{service.base}/readyz", timeout=PATIENCE).status_code == 503
        eventually(lambda: 'gocua_waiting{queue="spool"} 12.0' in _metrics(service))
        page = httpx.post(
            f"{service.base}/tro-chuyen", data={"id": "a", "bai": ""}, timeout=PATIENCE
        )
        assert page.status_code == 303
        assert httpx.get(f"{service.base}/tro-chuyen", timeout=PATIENCE).status_code == 503
        server.start()
        eventually(lambda: _ready(service))
        assert platform.call() == {200}
        eventually(lambda: len(_files(service)) == 0, 300)
        eventually(lambda: platform.is_content(server.url), 300)
    finally:
        service.kill()


def _ready(service: ForkedService) -> bool:
    return httpx.get(f"{service.base}/readyz", timeout=PATIENCE).status_code == 200


def _metrics(service: ForkedService) -> str:
    return httpx.get(f"{service.base}/metrics", timeout=PATIENCE).text


class Disk:
    """A folder whose room can be used up: a small file system where one may be mounted, else a
    limit to how large this process's files may grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        options = ["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)]
        mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
        self.mounted = mounted.returncode == 0
        self._ballast = folder / "ballast"

    def fill(self, service: ForkedService) -> None:
        if not self.mounted:
            return resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (0, -1)) and None
        with self._ballast.open("wb", buffering=0) as ballast, suppress(OSError):
            while ballast.write(bytes(4096)):
                pass
        return None

    def free(self, service: ForkedService) -> None:
        if not self.mounted:
            resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (-1, -1))
        self._ballast.unlink(missing_ok=True)

    def leave(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = Disk(folder)
    yield made
    made.leave()


def test_a_full_disk(serve: Serve, disk: Disk) -> None:
    url = f"sqlite:///{disk.folder}/gocua.db"
    service = serve(url, DATA_DIR=str(disk.folder))
    platform = Platform(service)
    assert platform.call() == {200}
    disk.fill(service)
    refused: set[int] = set()
    for _ in range(200):  # what room there is in SQLite's log is used up first
        refused = platform.call("x" * 4000)
        if refused == {503}:
            break
    assert refused == {503}
    disk.free(service)
    eventually(lambda: platform.call() == {200})
    eventually(lambda: platform.is_content(url), 300)
    eventually(lambda: not _files(service))
