"""The stand-in's tokens: single use, rotation, and every way an answer goes wrong."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from service import PATIENCE
from zalo import Zalo

from bot.standins.zalo.oauth import challenge_of

from .conftest import Json

VERIFIER = "a" * 43
BACK = "https://gocua.example.vn/zalo"


@pytest.fixture
def client(zalo: Zalo) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=zalo.url, timeout=PATIENCE) as made:
        yield made


def _grant(zalo: Zalo, client: httpx.Client, secret: str = "", **fields: str) -> httpx.Response:
    console = zalo.oa.console
    return client.post(
        "/v4/oa/access_token",
        data={"app_id": console.app_id, **fields},
        headers={"secret_key": secret or console.app_secret},
    )


def _refresh(zalo: Zalo, client: httpx.Client, token: str) -> Json:
    answer = _grant(zalo, client, grant_type="refresh_token", refresh_token=token)
    found: Json = answer.json()
    return found


def _code(zalo: Zalo, client: httpx.Client, **query: str) -> str:
    asked = {"app_id": zalo.oa.console.app_id, "redirect_uri": BACK, **query}
    assert "<form" in client.get("/v4/oa/permission", params=asked).text
    answer = client.post("/v4/oa/permission", params=asked)
    assert answer.status_code == 303
    back = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(BACK)
    found = parse_qs(back.query)
    assert found["oa_id"] == [zalo.oa.console.oa_id]
    assert found.get("state", []) == [query[name] for name in query if name == "state"]
    return found["code"][0]


def _works(zalo: Zalo, client: httpx.Client, token: str) -> int:
    code: int = client.get("/v2.0/oa/getoa", headers={"access_token": token}).json()["error"]
    return code


def test_consent_brings_a_code_that_brings_a_pair(zalo: Zalo, client: httpx.Client) -> None:
    code = _code(zalo, client, code_challenge=challenge_of(VERIFIER), state="s1")
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    pair = _grant(zalo, client, **fields).json()
    assert pair.keys() == {"access_token", "refresh_token", "expires_in"}
    assert pair["expires_in"] == "90000"
    assert _works(zalo, client, pair["access_token"]) == 0
    assert _grant(zalo, client, **fields).json()["error"] < 0, "a code works once"


def test_a_code_lives_ten_minutes(zalo: Zalo, client: httpx.Client) -> None:
    code = _code(zalo, client)
    zalo.ahead = 601
    answer = _grant(zalo, client, grant_type="authorization_code", code=code)
    assert "access_token" not in answer.json()


def test_what_is_refused_gives_no_tokens(zalo: Zalo, client: httpx.Client) -> None:
    code = _code(zalo, client, code_challenge=challenge_of(VERIFIER))
    refused = [
        _grant(zalo, client, grant_type="authorization_code", code=code, code_verifier="b" * 43),
        _grant(zalo, client, grant_type="authorization_code", code="never-made"),
        _grant(zalo, client, grant_type="password"),
        _grant(zalo, client, "wrong-secret", grant_type="refresh_token"),
        _grant(zalo, client, grant_type="refresh_token", refresh_token="never-made"),
    ]
    zalo.oa.oauth.active = False
    refused.append(_grant(zalo, client, grant_type="refresh_token"))
    for answer in refused:
        assert answer.status_code == 200
        assert answer.json().keys() >= {"error", "error_name", "error_reason"}
        assert "access_token" not in answer.json()


def test_consent_knows_its_app_and_its_callback(zalo: Zalo, client: httpx.Client) -> None:
    assert client.get("/v4/oa/permission", params={"app_id": "1"}).status_code == 400
    asked = {"app_id": zalo.oa.console.app_id, "redirect_uri": BACK}
    zalo.oa.oauth.console = replace(zalo.oa.console, callback="https://other.example.vn")
    assert client.post("/v4/oa/permission", params=asked).json()["error"] == -14003
    zalo.oa.oauth.active = False
    assert client.post("/v4/oa/permission", params=asked).json()["error"] == -14002


def test_a_refresh_token_works_once_and_ends_the_old_access(
    zalo: Zalo, client: httpx.Client
) -> None:
    first = zalo.oa.oauth.pair()
    second = _refresh(zalo, client, first["refresh_token"])
    assert _works(zalo, client, first["access_token"]) == -220
    assert _works(zalo, client, second["access_token"]) == 0
    assert _works(zalo, client, "never-issued") == -216
    assert _refresh(zalo, client, first["refresh_token"])["error"] == -14014
    assert _works(zalo, client, second["access_token"]) == 0, "a refusal rotates nothing"
    zalo.ahead = 90_001
    assert _works(zalo, client, second["access_token"]) == -220
    assert "access_token" in _refresh(zalo, client, second["refresh_token"])


def test_refresh_tokens_live_three_months(zalo: Zalo, client: httpx.Client) -> None:
    pair = zalo.oa.oauth.pair()
    zalo.ahead = 91 * 24 * 3600
    assert _refresh(zalo, client, pair["refresh_token"])["error"] == -14014


def test_every_way_an_answer_goes_wrong(zalo: Zalo, client: httpx.Client) -> None:
    faults, pair = zalo.oa.oauth.faults, zalo.oa.oauth.pair()
    faults.errors_plain = faults.errors_500 = 1
    fields = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert _grant(zalo, client, **fields).status_code == 500
    plain = _grant(zalo, client, **fields)
    assert (plain.status_code, "error" in plain.json()) == (200, False)
    faults.lost_answers = 1
    with pytest.raises(httpx.TransportError):
        _grant(zalo, client, **fields)
    assert _works(zalo, client, pair["access_token"]) == -220, "it was rotated all the same"
    assert _refresh(zalo, client, pair["refresh_token"])["error"] == -14014


def test_the_admin_takes_it_back(zalo: Zalo, client: httpx.Client) -> None:
    pair = zalo.oa.oauth.pair()
    zalo.oa.oauth.withdraw()
    assert _works(zalo, client, pair["access_token"]) == -220
    assert _refresh(zalo, client, pair["refresh_token"])["error"] == -14014
