"""The set-up page: who may use it, what it keeps, and that it closes for good."""

from pathlib import Path

import httpx
import pyotp
import pytest
from conftest import NewUrl
from pydantic import SecretStr
from sqlalchemy import Connection

from bot import trials
from bot.core.rights import Role, terminal
from bot.installed import here, installed, sealed_with_another
from bot.services import set_up
from bot.services.access import Problem, Refused
from bot.settings import KEPT, Settings
from bot.vault import Vault
from bot.wiring import Wiring
from storage import audit, kept_settings, teams
from storage.database import Database

PASSWORD = "con trâu đen đi trước"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def vault() -> Vault:
    return Vault("a long random word")


async def _begun(client: httpx.AsyncClient, wiring: Wiring) -> None:
    answer = await client.post("/cai-dat", data={"ma": set_up.code(wiring.vault)})
    assert answer.headers["location"] == "/cai-dat/kenh"


async def test_nothing_is_done_without_the_code(client: httpx.AsyncClient, wiring: Wiring) -> None:
    for path in ("kenh", "dia-ban", "quan-tri"):
        for method in ("GET", "POST"):
            answer = await client.request(method, f"/cai-dat/{path}")
            assert answer.headers["location"] == "/cai-dat"
    for _ in range(set_up.MOST_TRIES):
        wrong = await client.post("/cai-dat", data={"ma": "x"})
        assert wrong.status_code == 422
    right = await client.post("/cai-dat", data={"ma": set_up.code(wiring.vault)})
    assert right.status_code == 429
    assert "Chờ một tiếng" in right.text


async def test_an_address_must_be_public(client: httpx.AsyncClient, wiring: Wiring) -> None:
    await _begun(client, wiring)
    for bad in ("http://gocua.vn", "https://gocua.vn/x", "https://", "gocua.vn"):
        answer = await client.post("/cai-dat/dia-chi", data={"dia-chi": bad})
        assert answer.status_code == 422, bad
        assert "https://" in answer.text
    await client.post("/cai-dat/dia-chi", data={"dia-chi": "https://gocua.vn/"})
    page = await client.get("/cai-dat/kenh")
    assert "<strong>https://gocua.vn</strong>" in page.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kenh": "telegram", "ma-ket-noi": "../x"}, "Chép lại nguyên dòng từ @BotFather"),
        ({"kenh": "zalo_bot", "ma-ket-noi": "x"}, "Chép lại nguyên dòng."),
        ({"kenh": "zalo_oa", "ma-ket-noi": "x"}, "Cần đủ cả bốn ô"),
        ({"kenh": "telegram", "ma-ket-noi": "1:x"}, "Chưa gọi được Telegram"),
        ({"kenh": "zalo_bot", "ma-ket-noi": "1:x"}, "Chưa gọi được Zalo"),
        (
            {"kenh": "zalo_oa", "ma-ket-noi": "x", "app-id": "1", "app-khoa": "k", "oa-khoa": "o"},
            "Không rõ Zalo đã nhận chưa",
        ),
    ],
)
async def test_what_does_not_work_is_not_kept(
    client: httpx.AsyncClient, wiring: Wiring, form: dict[str, str], words: str
) -> None:
    nobody = "http://127.0.0.1:9"
    names = ("telegram_api_url", "zalo_bot_api_url", "zalo_oa_oauth_url")
    wiring.settings = wiring.settings.model_copy(update=dict.fromkeys(names, nobody))
    await _begun(client, wiring)
    answer = await client.post("/cai-dat/kenh", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert wiring.database.read_now(kept_settings.load) == {}


async def test_the_first_operator_closes_it(client: httpx.AsyncClient, wiring: Wiring) -> None:
    ended: list[bool] = []
    wiring.anew = lambda: ended.append(True)
    await _begun(client, wiring)
    page = await client.get("/cai-dat/quan-tri")
    sealed = page.text.partition('name="niem-phong" value="')[2].partition('"')[0]
    totp = pyotp.TOTP(wiring.vault.open(sealed))
    form = {
        "niem-phong": sealed,
        "ho-ten": "Anh Quân",
        "ten": "quan-tri",
        "mat-khau": PASSWORD,
        "ma": totp.now(),
    }
    wrong = {
        "mat-khau": ("short", "chưa đủ mạnh"),
        "ma": ("000", "Mã 6 số chưa đúng"),
        "ho-ten": ("", "Điền họ tên"),
        "ten": ("Quản trị", "Điền họ tên"),
    }
    for field, (value, words) in wrong.items():
        answer = await client.post("/cai-dat/quan-tri", data=form | {field: value})
        assert answer.status_code == 422
        assert words in answer.text
    foreign = await client.post("/cai-dat/quan-tri", data=form | {"niem-phong": "x"})
    assert "Lưu và hoàn tất" in foreign.text
    assert not ended
    done = await client.post("/cai-dat/quan-tri", data=form | {"ma": totp.now()})
    assert done.headers["location"] == "/dang-nhap?moi=1"
    assert ended == [True]
    assert (await client.get("/cai-dat")).status_code == 404
    again = await client.post("/cai-dat/quan-tri", data=form)
    assert again.status_code == 404
    entries = wiring.database.read_now(audit.verify)
    assert entries[1] is None


async def test_places_may_wait(client: httpx.AsyncClient, wiring: Wiring) -> None:
    await _begun(client, wiring)
    for chosen in ("", "../../etc/passwd"):
        answer = await client.post("/cai-dat/dia-ban", data={"danh-sach": chosen})
        assert answer.headers["location"] == "/cai-dat/quan-tri"


def test_only_the_first_of_two_finishes(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(connection: Connection) -> None:
        now = database.now(connection)
        code = pyotp.TOTP(SECRET).at(now // 1_000_000)
        set_up.finish(connection, now, vault, "Quân", "quan", "digest", SECRET, code)

    database.write_now(finish)
    with pytest.raises(Refused) as caught:
        database.write_now(finish)
    assert caught.value.reason is Problem.WRONG_STATE
    with database.engine.begin() as connection:
        monkeypatch.setattr(set_up, "is_open", lambda _: True)
        with pytest.raises(Refused) as caught:
            finish(connection)
    assert caught.value.reason is Problem.WRONG_STATE
    held = database.read_now(lambda one: teams.holders(one, Role.OPERATOR))
    assert len(held) == 1


def test_somebody_of_the_terminal_closes_it(database: Database) -> None:
    assert database.read_now(set_up.is_open)
    row = {"person": 1, "role": "operator", "area": "", "granted_by": 0}
    database.write_now(lambda one: teams.grant(one, [row], 1))
    assert not database.read_now(set_up.is_open)


def test_the_environment_wins(database: Database, vault: Vault, tmp_path: Path) -> None:
    values = {"telegram_token": "1:kept", "telegram_name": "kept", "zalo_bot_token": "2:kept"}
    database.write_now(lambda one: set_up.keep(one, terminal(), 1, vault, values))

    def with_key(word: str) -> Settings:
        made = Settings(
            _env_file=None,
            telegram_token=SecretStr("1:outside"),
            zalo_bot_token=SecretStr(""),
            secret_key=SecretStr(word),
            data_dir=tmp_path,
        )
        return database.read_now(lambda one: installed(made, one))

    whole = with_key("a long random word")
    assert whole.telegram_token.get_secret_value() == "1:outside"
    assert whole.telegram_name == "kept"
    assert whole.zalo_bot_token.get_secret_value() == "2:kept", "an empty one does not count"
    assert with_key("another").telegram_name == ""
    shut = database.read_now(lambda one: sealed_with_another(with_key("x"), one))
    assert set(shut) == set(values)
    assert not {"database_url", "secret_key", "telegram_api_url"} & set(KEPT)
    database.write_now(lambda one: set_up.forget(one, terminal(), 2, "telegram_name"))
    assert "telegram_name" not in database.read_now(kept_settings.load)
    with pytest.raises(Refused):
        database.write_now(lambda one: set_up.forget(one, terminal(), 2, "telegram_name"))


def test_a_database_that_is_not_there_adds_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, new_url: NewUrl
) -> None:
    monkeypatch.setenv("GOCUA_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/file.db")
    monkeypatch.setenv("GOCUA_TELEGRAM_NAME", "gocua_bot")
    assert here().telegram_name == "gocua_bot"
    monkeypatch.setenv("GOCUA_DATABASE_URL", new_url("sqlite"))
    assert here().telegram_name == "gocua_bot"


async def test_a_refused_token_of_zalos_bot(tmp_path: Path) -> None:
    from zalo import Zalo

    cloud = Zalo().start()
    try:
        settings = Settings(_env_file=None, zalo_bot_api_url=cloud.url, data_dir=tmp_path)
        trial = await trials.zalo_bot(settings, "1:wrong")
    finally:
        cloud.stop()
    assert trial.problem == trials.REFUSED
    assert not trial.values
