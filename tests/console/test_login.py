"""Coming in and going out: officials with password and code, members with a one-time link."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pyotp
import pytest
from console_people import somebody
from sqlalchemy import Connection
from village import NEAR, find, plant

from bot.core.rights import Grant, Refusal, Role, terminal
from bot.services import logins as service
from bot.services.access import Problem, Refused
from bot.wiring import Wiring
from storage import audit, logins, teams
from storage.database import HOUR, MINUTE, Database
from webhooks.console.frame import COOKIE, own_path

PASSWORD = "con trâu đen đi trước"


def _refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value.reason)


def _invited(wiring: Wiring, name: str = "mai") -> str:
    database, vault = wiring.database, wiring.vault

    def work(connection: Connection) -> str:
        now = database.now(connection)
        person = somebody(connection, Role.AUTHOR, NEAR, now)
        return service.invite(connection, terminal(), now, vault, person, name)

    return database.write_now(work)


def _code(totp: pyotp.TOTP, later: int = 0) -> str:
    return totp.at(int(datetime.now(UTC).timestamp()) + 30 * later)


async def _set_up(client: httpx.AsyncClient, token: str) -> tuple[pyotp.TOTP, str]:
    """Also the code that was used for it."""
    page = (await client.get(f"/thiet-lap/{token}")).text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret
    totp = pyotp.TOTP(secret[1])
    code = _code(totp)
    form = {"mat-khau": PASSWORD, "ma": code}
    assert (await client.post(f"/thiet-lap/{token}", data=form)).status_code == 303
    return totp, code


async def _log_in(client: httpx.AsyncClient, code: str, **other: str) -> httpx.Response:
    form = {"ten": "mai", "mat-khau": PASSWORD, "ma": code} | other
    return await client.post("/dang-nhap", data=form)


async def test_an_official_sets_up_and_comes_in(wiring: Wiring, client: httpx.AsyncClient) -> None:
    token = _invited(wiring)
    weak = await client.post(f"/thiet-lap/{token}", data={"mat-khau": "mai mai mai", "ma": ""})
    assert weak.status_code == 422
    assert "chưa đủ mạnh" in weak.text
    wrong = await client.post(f"/thiet-lap/{token}", data={"mat-khau": PASSWORD, "ma": "12"})
    assert "Mã 6 số chưa đúng" in wrong.text
    totp, code = await _set_up(client, token)
    assert (await client.get(f"/thiet-lap/{token}")).status_code == 410
    again = await client.post(f"/thiet-lap/{token}", data={"mat-khau": PASSWORD, "ma": "1"})
    assert again.status_code == 410
    used = await _log_in(client, code)
    assert used.status_code == 422, "the code of the set-up is used"
    answer = await _log_in(client, _code(totp, 1), tiep="/?a=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?a=1"
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = await client.get("/")
    assert "Chị Mai" in page.text
    assert page.headers["cache-control"] == "no-store"
    kept = await wiring.database.read(
        lambda one: logins.session(one, client.cookies[COOKIE], wiring.database.now(one))
    )
    assert kept is None, "the token itself is not what is kept"
    assert (await client.post("/dang-xuat")).status_code == 303
    assert "Tổ viên, cán bộ đăng nhập" in (await client.get("/")).text


async def test_wrong_tries_lock(wiring: Wiring, client: httpx.AsyncClient) -> None:
    totp, _ = await _set_up(client, _invited(wiring))
    unknown = await _log_in(client, "123456", ten="nobody")
    assert "Sai tên, mật khẩu hoặc mã 6 số" in unknown.text
    for _ in range(logins.MOST_FAILURES):
        answer = await _log_in(client, _code(totp, 1), **{"mat-khau": "x"})
        assert "Sai tên" in answer.text
    locked = await _log_in(client, _code(totp, 1))
    assert "Chờ 15 phút" in locked.text
    found = wiring.database.read_now(lambda one: logins.locked(one, wiring.database.now(one)))
    assert found == ["mai"]


async def test_a_cookie_with_another_sites_address_goes_home(client: httpx.AsyncClient) -> None:
    elsewhere = ("//evil.vn", "/\\evil.vn", "https://evil.vn", "")
    assert {own_path(one) for one in elsewhere} == {"/"}
    assert own_path("/a?b") == "/a?b"
    answer = await client.get("/dang-nhap?tiep=//evil.vn")
    assert 'name="tiep" value="/"' in answer.text


async def test_another_site_cannot_post(wiring: Wiring, client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/dang-nhap", data={"ten": "mai"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_a_members_link_is_used_by_the_button_only(
    wiring: Wiring, client: httpx.AsyncClient
) -> None:
    database = wiring.database

    def link(name: str = "Anh Dũng") -> str:
        return database.write_now(
            lambda one: service.link(one, terminal(), database.now(one), find(one, name))
        )

    token = link()
    for _ in range(3):
        assert "Chào Anh Dũng" in (await client.get(f"/vao/{token}")).text
    answer = await client.post(f"/vao/{token}")
    assert answer.headers["location"] == "/"
    assert "Anh Dũng" in (await client.get("/")).text
    client.cookies.clear()
    assert (await client.post(f"/vao/{token}")).status_code == 410
    assert (await client.get("/vao/nonsense")).status_code == 410
    assert _refused(lambda: link("Bà Năm")) == Problem.NO_ROLE


async def test_ended_sessions_are_out_at_once(
    wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    person = official(Role.AUTHOR, NEAR)
    assert "Chị Mai" in (await client.get("/")).text
    database = wiring.database
    ended = database.write_now(
        lambda one: service.end_sessions(one, terminal(), database.now(one), person)
    )
    assert ended == 1
    assert "Tổ viên, cán bộ đăng nhập" in (await client.get("/")).text


async def test_a_role_that_ended_ends_its_pages(
    wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    person = official(Role.AUTHOR, NEAR)
    assert (await client.get("/")).status_code == 200
    wiring.database.write_now(lambda one: teams.end_grant(one, person, "author", NEAR, 1))
    refused = await client.get("/")
    assert refused.status_code == 403
    assert "chưa được cấp quyền này" in refused.text


def test_only_those_over_somebody_give_a_link(database: Database) -> None:
    def work(name: str, of: str) -> str:
        return database.write_now(
            lambda one: service.link(
                one,
                teams.actors(one, [find(one, name)], "test")[find(one, name)],
                database.now(one),
                find(one, of),
            )
        )

    database.write_now(plant)
    assert work("Chị Hoa", "Anh Dũng")
    assert work("Cô Đào", "Cô Đào")
    assert _refused(lambda: work("Chị Hoa", "Cô Đào")) == Refusal.AREA
    assert _refused(lambda: work("Anh Dũng", "Chị Hoa")) == Refusal.ROLE


def test_sessions_and_links_end_by_themselves(database: Database, clock: Callable[[], int]) -> None:
    database.write_now(plant)
    now = clock()
    person = database.read_now(lambda one: find(one, "Anh Dũng"))
    token = database.write_now(lambda one: service.link(one, terminal(), now, person))
    late = now + service.LINK_LASTS
    assert database.read_now(lambda one: service.linked(one, late, token)) == ""
    session = database.write_now(lambda one: service.enter(one, now, token))
    assert _refused(lambda: database.write_now(lambda one: service.enter(one, now, token)))
    found = database.read_now(lambda one: service.entered(one, now + 6 * MINUTE, session))
    assert found
    assert found.stale
    assert Grant(Role.MEMBER, NEAR) in found.actor.grants
    database.write_now(lambda one: service.alive(one, now + 6 * MINUTE, session))
    after = now + service.MEMBER_LASTS
    assert database.read_now(lambda one: service.entered(one, after, session)) is None
    database.write_now(lambda one: logins.tidy(one, after))
    assert database.read_now(lambda one: logins.sessions(one, [person], now)) == []
    assert database.read_now(audit.verify)[1] is None


def test_a_new_invitation_voids_everything(wiring: Wiring) -> None:
    database, vault = wiring.database, wiring.vault
    first = _invited(wiring)
    kept = database.read_now(lambda one: logins.named(one, "mai"))
    assert kept

    def invite(person: int, name: str = "") -> str:
        return database.write_now(
            lambda one: service.invite(one, terminal(), database.now(one), vault, person, name)
        )

    second = invite(kept.person)
    for token, there in ((first, False), (second, True)):
        found = database.read_now(
            lambda one, token=token: service.invited(one, database.now(one), vault, token)
        )
        assert bool(found) is there
    assert _refused(lambda: invite(99_999, "hung")) == Problem.NO_PERSON
    assert _refused(lambda: invite(kept.person, "Chị Mai")) == Problem.BAD_VALUE
    dung = database.read_now(lambda one: find(one, "Anh Dũng"))
    assert _refused(lambda: invite(dung, "mai")) == Problem.NAME_TAKEN
    nam = database.read_now(lambda one: find(one, "Bà Năm"))
    assert _refused(lambda: invite(nam, "nam")) == Problem.NO_ROLE


async def test_one_place_cannot_guess_on_and_on(wiring: Wiring, client: httpx.AsyncClient) -> None:
    """However many names it tries: counted by place, as a digest."""
    database = wiring.database

    def tries(connection: Connection) -> None:
        for turn in range(service.MOST_TRIES):
            service.begin_try(connection, database.now(connection), f"n{turn}", "here")

    database.write_now(tries)
    with database.engine.begin() as connection:
        now = database.now(connection)
        assert _refused(lambda: service.begin_try(connection, now, "mai", "here")) == Problem.LOCKED
        later = now + 2 * HOUR
        assert service.begin_try(connection, later, "mai", "here") is None


async def test_a_session_that_ended_says_that_nothing_was_saved(
    client: httpx.AsyncClient,
) -> None:
    lost = await client.post("/thong-bao/moi", data={"noi-dung": "Tin"})
    assert lost.headers["location"] == "/dang-nhap?mat=1"
    assert "CHƯA được lưu" in (await client.get("/dang-nhap?mat=1")).text


async def test_a_fault_is_said_with_its_number(
    wiring: Wiring,
    client: httpx.AsyncClient,
    official: Callable[..., int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    official(Role.MEMBER, NEAR)
    wiring.database.write_now(lambda one: one.exec_driver_sql("DROP TABLE guide_run"))
    answer = await client.get("/ho-dan/H001")
    assert answer.status_code == 500
    number = re.search(r"Mã lỗi ([0-9A-F]{4})", answer.text)
    assert number
    assert number[1] in caplog.text
    assert (await client.get("/thong-bao/999")).status_code == 404
