"""`gocua backup` and `restore`: whole copies, sealed copies, damaged and older ones."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from conftest import ENGINES, NewUrl
from sqlalchemy import Connection, func, select
from village import NOW, find, plant

from bot.cli import main
from bot.core.rights import terminal
from bot.doctor import examine
from bot.services import own_data
from bot.settings import Settings
from bot.vault import Vault, vault_of
from storage import households, links, people, schema, upkeep
from storage.database import DAY, Database
from storage.rows import table
from storage.tables import Chat, Consent, Person, TeamMember

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def made(url: str, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments, env={"GOCUA_DATABASE_URL": url})
        assert result.exit_code == code, result.output
        return result

    return made


def _fill(url: str) -> None:
    database = Database(url)

    def work(connection: Connection) -> None:
        schema.upgrade(connection)
        plant(connection)
        agreed = {"purpose": "news", "granted": True, "version": "v", "recorder": "self"}
        row = {"address": "fake:one:a", "person": 0, "at": NOW, **agreed}
        people.record_consents(connection, [row])

    database.write_now(work)
    database.close()


def _look(url: str) -> tuple[list[str], int, int]:
    """Households, persons, consents."""
    database = Database(url)

    def work(connection: Connection) -> tuple[list[str], int, int]:
        homes = households.search(connection, [""], "", 10)
        counted = [
            connection.execute(select(func.count()).select_from(table(one))).scalar_one()
            for one in (Person, Consent)
        ]
        return [one.code for one in homes], counted[0], counted[1]

    try:
        assert database.read_now(schema.is_current)
        return database.read_now(work)
    finally:
        database.close()


@pytest.mark.parametrize("source", ENGINES)
@pytest.mark.parametrize("target", ENGINES)
def test_a_copy_fills_an_empty_database_of_either_kind(
    run: Run, new_url: NewUrl, source: str, target: str
) -> None:
    old, new = new_url(source), new_url(target)
    _fill(old)
    run(old, "backup", "a.zip")
    assert Path("a.zip").stat().st_mode & 0o077 == 0
    run(new, "restore", "a.zip")
    assert _look(new) == _look(old)
    database = Database(new)
    database.write_now(
        lambda one: people.record_consents(
            one,
            [
                {"address": "b", "person": 0, "at": NOW, "purpose": "news", "granted": True}
                | {"version": "v", "recorder": "self"}
            ],
        )
    )
    database.close()
    assert _look(new)[2] == 2, "numbers go on where the copy ended"
    said = run(new, "restore", "a.zip", code=1)
    assert "đã có dữ liệu" in said.output


def test_a_sealed_copy_opens_with_its_key_only(run: Run, new_url: NewUrl, tmp_path: Path) -> None:
    old, new = new_url("sqlite"), new_url("sqlite")
    _fill(old)
    keys = [run(old, "backup-key").output.split() for _ in range(2)]
    private, public = (
        next(word for word in keys[0] if word.startswith(p)) for p in ("AGE-", "age1")
    )
    other = next(word for word in keys[1] if word.startswith("AGE-"))
    (tmp_path / "right").write_text(private)
    (tmp_path / "wrong").write_text(other)
    run(old, "backup", "a.age", "--recipient", public)
    assert sorted(one.name for one in tmp_path.glob("*a.age*")) == ["a.age", "a.age.erased"]
    assert b"Long" not in Path("a.age").read_bytes()
    for options in ([], ["--key", "wrong"]):
        assert "niêm phong" in run(new, "restore", "a.age", *options, code=1).output
    run(new, "restore", "a.age", "--key", "right")
    assert _look(new) == _look(old)
    sealed = Path("a.age").read_bytes()
    Path("a.age").write_bytes(sealed[:-100])
    last = new_url("sqlite")
    assert "đã hỏng" in run(last, "restore", "a.age", "--key", "right", code=1).output
    assert "age1" in run(old, "backup", "b.age", "--recipient", "age1nonsense", code=1).output
    assert not Path("b.age").exists()


def _leave(connection: Connection, vault: Vault) -> int:
    """Bà Năm, who has a chat, somebody in a chat nobody is known at, and a member who has left are
    erased. The number of the member."""
    member = find(connection, "Anh Dũng")
    connection.execute(table(TeamMember).delete().where(table(TeamMember).c.person == member))
    for person, address in ((find(connection, "Bà Năm"), ""), (0, "fake:one:a"), (member, "")):
        own_data.erase(connection, terminal(), NOW * 9, vault, person, address)
    return member


def _left(url: str) -> tuple[set[str], set[str]]:
    """Chats, and addresses of consents."""
    database = Database(url)

    def work(connection: Connection) -> tuple[set[str], set[str]]:
        one, other = (
            set(connection.execute(select(table(model).c.address)).scalars())
            for model in (Chat, Consent)
        )
        return one, other

    try:
        return database.read_now(work)
    finally:
        database.close()


@pytest.mark.parametrize(("source", "target"), [ENGINES, ENGINES[::-1]])
def test_what_was_deleted_since_is_deleted_from_an_older_copy(
    run: Run, new_url: NewUrl, source: str, target: str
) -> None:
    """By the list beside a newer copy, which tells no name and no address."""
    old, new = new_url(source), new_url(target)
    _fill(old)
    database, vault = Database(old), vault_of("", Path("data"))

    def chats(connection: Connection) -> None:
        people.see(connection, dict.fromkeys(("fake:one:a", "fake:one:nam"), "fake"), NOW)
        links.link(connection, "fake:one:nam", find(connection, "Bà Năm"), NOW)

    database.write_now(chats)
    run(old, "backup", "old.zip")
    assert Path("old.zip.erased").read_bytes() == b""
    number = database.write_now(lambda one: _leave(one, vault))
    database.close()
    run(old, "backup", "new.zip")
    told = Path("new.zip.erased").read_text()
    assert told.count("\n") == 3
    assert "fake" not in told
    assert _left(old) == (set(), {""})
    said = run(new, "restore", "old.zip").output
    assert "xoá lại dữ liệu của 2 " in said
    assert f"người số {number} đang có việc" in said
    assert _left(new) == (set(), {""})
    assert _look(new)[1] == _look(old)[1] + 1, "whoever serves by the copy"
    again = new_url(target)
    Path("new.zip.erased").write_text("{")
    assert "đã hỏng" in run(again, "restore", "old.zip", code=1).output
    Path("new.zip.erased").rename("elsewhere")
    assert "xoá lại" not in run(again, "restore", "new.zip").output


def _rewritten(path: Path, **changed: bytes) -> None:
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in (files | changed).items():
            new.writestr(name, content)


def test_a_damaged_copy_changes_nothing(run: Run, new_url: NewUrl) -> None:
    old, new = new_url("sqlite"), new_url("sqlite")
    _fill(old)
    run(old, "backup", "a.zip")
    whole = Path("a.zip").read_bytes()
    unknown = {"format": "gocua-2", "revision": "0999", "at": 0, "rows": {}}
    for spoil in (
        lambda: Path("a.zip").write_bytes(whole[: len(whole) // 2]),
        lambda: Path("a.zip").write_bytes(b""),
        lambda: _rewritten(Path("a.zip"), **{"household.jsonl": b'{"code":"H001"}\n'}),
        lambda: _rewritten(Path("a.zip"), **{"household.jsonl": b"{"}),
        lambda: _rewritten(Path("a.zip"), **{"about.json": b'{"format":"other"}'}),
    ):
        Path("a.zip").write_bytes(whole)
        spoil()
        assert "đã hỏng" in run(new, "restore", "a.zip", code=1).output
    Path("a.zip").write_bytes(whole)
    _rewritten(Path("a.zip"), **{"about.json": orjson.dumps(unknown)})
    assert "mới hơn" in run(new, "restore", "a.zip", code=1).output
    Path("a.zip").write_bytes(whole)
    run(new, "restore", "a.zip")
    assert _look(new) == _look(old)


def test_a_copy_that_cannot_be_written_leaves_the_old_one(run: Run, new_url: NewUrl) -> None:
    url = new_url("sqlite")
    _fill(url)
    assert "Chưa sao lưu" in run(url, "backup", "nowhere/a.zip", code=1).output


@pytest.mark.parametrize("engine", ENGINES)
def test_an_older_copy_is_brought_up_to_date(run: Run, new_url: NewUrl, engine: str) -> None:
    place = {"code": "75", "parent": "", "kind": "k", "name": "n", "aliases": "", "search": " n"}
    dates = {"valid_from": "2026-04-30", "valid_to": "", "successor": ""}
    about = {"format": "gocua-2", "revision": "0002", "at": 0, "rows": {"area": 1}}
    with zipfile.ZipFile("old.zip", "w") as made:
        made.writestr("area.jsonl", orjson.dumps(place | dates))
        made.writestr("about.json", orjson.dumps(about))
    url = new_url(engine)
    run(url, "restore", "old.zip")
    assert _look(url) == ([], 0, 0)


def test_the_doctor_asks_for_a_copy_once_there_is_something_to_lose(
    run: Run, database: Database, tmp_path: Path
) -> None:
    def told() -> tuple[str, bool]:
        found = examine(Settings(_env_file=None, data_dir=tmp_path), database)
        return next((one.value, one.ok) for one in found if one.name == "backup")

    assert told() == ("0", True)
    now = database.read_now(database.now)
    database.write_now(lambda one: upkeep.ran(one, upkeep.BACKUP, now - 8 * DAY, 1))
    assert not told()[1]
    database.write_now(lambda one: upkeep.ran(one, upkeep.BACKUP, now, 1))
    assert told()[1]
