"""A secret typed by a resident is in no database, no log and no backup: found by grepping."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import ENGINES, NewUrl
from phone import Telegram, eventually
from service import PATIENCE, Service
from sqlalchemy import select

from storage import inbox, outbox
from storage.database import Database
from storage.rows import table as table_of
from storage.tables import Delivery, metadata

SAID = {
    "079203001234": "số căn cước của bác là 079203001234",
    "482915": "mã OTP là 482915 đó cháu",
    "739164": "739164",
    "Hoamai#1987": "mật khẩu vneid: Hoamai#1987",
    "4111111111111111": "thẻ của bác 4111 1111 1111 1111",
    "272894561": "chứng minh cũ 272 894 561",
}
FORMS = [*SAID, "4111 1111", "272 894 561"]
PERSONAL = ("Nguyễn Thị Lành", "0912345678")
LAN = 42


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_secrets_are_kept_nowhere(
    telegram: Telegram, engine: str, new_url: NewUrl, tmp_path: Path
) -> None:
    url = new_url(engine)
    service = telegram.service(tmp_path, url, LOG_LEVEL="debug").start()
    telegram.hooked()
    telegram.people.chat(LAN, PERSONAL[0])
    for person, said in enumerate(SAID.values(), LAN + 1):
        telegram.people.say(person, said)
    message = telegram.people.say(LAN, "chào")
    telegram.people.edit(LAN, message, "mã xác nhận 482915")
    telegram.people.send_photo(LAN, SAID["079203001234"])
    telegram.people.share_contact(LAN, PERSONAL[1])
    with httpx.Client(base_url=service.base, timeout=PATIENCE) as browser:
        browser.post("/tro-chuyen", data={"id": "a1", "bai": ""})
        for number, said in enumerate(SAID.values()):
            browser.post("/tro-chuyen", data={"id": f"b{number}", "text": said})
        shown = browser.get("/tro-chuyen").text
    database = Database(url)
    eventually(lambda: not telegram.cloud.waiting and _settled(database))
    backup = tmp_path / "backup.zip"
    assert service.run("backup", str(backup)).returncode == 0
    said = httpx.get(f"{service.base}/metrics", timeout=PATIENCE).text
    service.stop()
    assert "•••" in shown
    _joined(service.log.read_text(), database)
    assert not any(one in said for one in (*FORMS, *PERSONAL))
    assert 'gocua_updates_total{channel="telegram",outcome="done"}' in said
    assert 'gocua_sends_total{channel="telegram",outcome="accepted"}' in said
    assert 'gocua_sending_here{channel="telegram"} 1.0' in said
    for place, content in _places(database, service, backup, shown):
        leaked = [one for one in (*FORMS, *PERSONAL) if one in content]
        assert leaked == [], place
    database.close()


def _joined(log: str, database: Database) -> None:
    """Each request leads to its update, each update to its rows of the ledger, by ids alone."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    heard = {one["key"]: one["request"] for one in lines if one["event"] == "heard"}
    turns = {one["key"]: one["update"] for one in lines if one["event"] == "turn"}
    sent = {one["delivery"] for one in lines if one["event"] == "sent"}
    assert heard.keys() <= turns.keys()
    assert len(set(heard.values())) == len(heard)
    owners = database.read_now(
        lambda one: {row.id: row.owner for row in one.execute(select(table_of(Delivery)))}
    )
    assert sent == owners.keys()
    assert set(owners.values()) <= {f"turn:{one}" for one in turns.values()}


def _settled(database: Database) -> bool:
    waiting = database.read_now(inbox.counts)
    return not waiting["waiting"] and database.read_now(outbox.totals).keys() <= {
        "accepted",
        "delivered",
    }


def _places(
    database: Database, service: Service, backup: Path, shown: str
) -> Iterator[tuple[str, str]]:
    """Every place where words could have stayed, as text."""
    yield "page", shown
    yield "log", service.log.read_text()
    yield "backup", _unzipped(backup)
    for table in metadata.sorted_tables:
        rows = database.read_now(lambda one, from_=table: one.execute(select(from_)).all())
        yield table.name, str(rows)
    for path in Path(service.env["GOCUA_DATA_DIR"]).parent.rglob("*.db*"):
        yield path.name, path.read_bytes().decode("utf-8", "replace")


def _unzipped(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())
