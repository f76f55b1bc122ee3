"""`gocua zalo`: what an operator asks about the Official Account, against its stand-in."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from click.testing import CliRunner
from service import PATIENCE
from village import FAR, NEAR, plant
from zalo import CONSOLE, PERSON, Zalo

from bot.cli import main
from storage import groups, schema, tokens
from storage.database import Database

ACCOUNT = ("zalo_oa", CONSOLE.app_id)


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


class Console:
    def __init__(self, folder: Path, zalo: Zalo) -> None:
        self.env = {
            "GOCUA_DATABASE_URL": f"sqlite:///{folder}/gocua.db",
            "GOCUA_BASE_URL": "https://gocua.test",
            "GOCUA_SECRET_KEY": "key",
            "GOCUA_ZALO_OA_APP_ID": CONSOLE.app_id,
            "GOCUA_ZALO_OA_APP_SECRET": CONSOLE.app_secret,
            "GOCUA_ZALO_OA_WEBHOOK_SECRET": CONSOLE.oa_secret,
            "GOCUA_ZALO_OA_API_URL": zalo.url,
            "GOCUA_ZALO_OA_OAUTH_URL": zalo.url,
        }
        self.database = Database(self.env["GOCUA_DATABASE_URL"])
        self.database.write_now(schema.upgrade)
        self.database.write_now(plant)

    def __call__(self, *arguments: str, text: str = "", fails: bool = False) -> str:
        result = CliRunner().invoke(main, ["zalo", *arguments], env=self.env, input=text)
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    def pair(self) -> tokens.Stored | None:
        return self.database.read_now(lambda one: tokens.load(one, ACCOUNT))


@pytest.fixture
def gocua(tmp_path: Path, zalo: Zalo) -> Iterator[Console]:
    made = Console(tmp_path, zalo)
    yield made
    made.database.close()


def test_a_code_is_explained(gocua: Console) -> None:
    for code in ("-230", "zalo-230", "230"):
        assert "7 ngày" in gocua("why", code)
    assert "gocua zalo login" in gocua("why", "token-lost")
    assert "Chưa biết" in gocua("why", "17")


def _consent(gocua: Console) -> str:
    """As an admin does: opens the link the command prints, allows, and copies the address."""
    said = gocua("login", text="\n", fails=True)
    link = next(word for word in said.split() if word.startswith("http://"))
    answer = httpx.post(link, timeout=PATIENCE)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_consent_brings_tokens_also_after_they_were_lost(zalo: Zalo, gocua: Console) -> None:
    back = _consent(gocua)
    assert back.startswith("https://gocua.test/zalo/dong-y?")
    assert "Gõ Cửa" in gocua("login", text=back)
    first = gocua.pair()
    assert first
    zalo.oa.oauth.withdraw()
    assert "token-lost" in gocua("groups", "--sync", fails=True)
    code = parse_qs(urlsplit(_consent(gocua)).query)["code"][0]
    assert "Tăng trưởng" in gocua("login", text=code)
    second = gocua.pair()
    assert second
    assert (second.failure, second.access == first.access) == ("", False)
    assert "OA có 0 nhóm" in gocua("groups", "--sync")


def test_a_bad_code_changes_nothing(zalo: Zalo, gocua: Console) -> None:
    gocua("login", text=_consent(gocua))
    before = gocua.pair()
    assert "Không có gì bị thay đổi" in gocua("login", text="no-code", fails=True)
    other = "https://gocua.test/zalo/dong-y?code=x&oa_id=17"
    assert "khác OA" in gocua("login", text=other, fails=True)
    assert "khác OA" not in gocua("login", "--other-oa", text=other, fails=True)
    assert gocua.pair() == before


def test_a_token_can_be_pasted(zalo: Zalo, gocua: Console) -> None:
    refresh = zalo.oa.oauth.pair()["refresh_token"]
    said = gocua("login", "--token", text=refresh)
    assert refresh not in said
    assert "Gõ Cửa" in said
    assert "zalo-14014" in gocua("login", "--token", text=refresh, fails=True)


def test_a_login_that_is_good_for_nothing_says_so(zalo: Zalo, gocua: Console) -> None:
    back = _consent(gocua)
    zalo.oa.faults.refusals = [-209]
    assert "Kích hoạt" in gocua("login", text=back, fails=True)


def test_groups_are_listed_and_bound(zalo: Zalo, gocua: Console) -> None:
    gocua("login", "--token", text=zalo.oa.oauth.pair()["refresh_token"])
    zalo.people.say(PERSON, "chào")
    made = [zalo.people.found_group(name, PERSON) for name in ("Ấp 1", "Ấp 2", "Ấp 2")]
    zalo.people.ordinary_group("Xóm cũ")
    zalo.people.disable_group(made[1].id)
    said = gocua("groups", "--sync")
    assert "OA có 3 nhóm, 3 nhóm chưa gắn" in said
    assert "bị tắt" in said
    assert "Xóm cũ" not in said
    assert NEAR in gocua("bind", "Ấp 1", NEAR)
    assert "đã có rồi" in gocua("bind", made[0].id, NEAR, fails=True)
    assert FAR in gocua("bind", made[0].id, FAR)
    assert "nhiều hơn một" in gocua("bind", "Ấp 2", NEAR, fails=True)
    assert "không có nhóm" in gocua("bind", "Ấp 9", NEAR, fails=True)
    assert "không có địa bàn" in gocua("bind", made[1].id, "nowhere", fails=True)
    gocua("bind", made[1].id, NEAR)
    assert "1 nhóm chưa gắn" in gocua("groups")
    found = gocua.database.read_now(lambda one: groups.below(one, [""]))
    assert [(one.area, one.trouble) for one in found if one.name == "Ấp 1"] == [(FAR, "")]
    assert [one.trouble for one in found if one.name == "Ấp 2"] == ["disabled"]
    zalo.people.oa.groups.pop(made[0].id)
    gocua("groups", "--sync")
    found = gocua.database.read_now(lambda one: groups.below(one, [FAR]))
    assert [one.trouble for one in found] == ["removed"]


def test_without_an_account_it_says_what_to_set(gocua: Console) -> None:
    gocua.env["GOCUA_SECRET_KEY"] = ""
    assert "GOCUA_SECRET_KEY" in gocua("groups", fails=True)
    gocua.env["GOCUA_ZALO_OA_APP_ID"] = ""
    assert "GOCUA_ZALO_OA_APP_ID" in gocua("groups", fails=True)
