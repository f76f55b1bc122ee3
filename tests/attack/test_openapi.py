"""Every address with paths, queries, forms and bodies no browser sends, by somebody who may do
everything; the hooks with their secrets: schemathesis over the application's table of routes.

GOCUA_FUZZ says how many; they are the same every time. Production serves no OpenAPI.
"""

import asyncio
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import schemathesis
from conftest import ENGINES, NewUrl
from console_people import somebody
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import SecretStr
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance
from sqlalchemy import Connection, select
from village import plant

from bot.channels.zalo_oa.signature import mac
from bot.core.rights import EVERYWHERE, Role
from bot.services import logins
from bot.settings import Settings
from bot.wiring import Wiring
from storage import teams
from storage.rows import table
from storage.tables import WebMessage
from webhooks.app import HOOKS, create_app
from webhooks.console.frame import COOKIE

EACH = max(3, int(os.environ.get("GOCUA_FUZZ", "400")) // 130)
SECRET = "right-secret_1"
NOWHERE = "http://localhost:9"
WEBHOOKS = Path(__file__).parents[2] / "webhooks"
# What lies in the village, so that not every path ends at 404.
TARGETS = ["1", "5", "H001", "vneid", "near", "households"]
HOOK = [200, 400, 403, 413]
PAGE = [200, 303, 400, 403, 404, 409, 413, 422]


def _named(pattern: str, kind: str) -> set[str]:
    """The fields that templates or pages speak of."""
    texts = (one.read_text("utf-8") for one in WEBHOOKS.rglob(kind))
    return {name for text in texts for name in re.findall(pattern, text)}


ASKED = _named(r'\basked\("([a-z-]+)"', "*.py")
FIELDS = _named(r'\bname="([a-z_-]+)"', "*.html") | _named(r'(?:said|chosen)\("([a-z-]+)"', "*.py")
FORM = {
    "type": "object",
    "propertyNames": {"enum": sorted(FIELDS)},
    "additionalProperties": {"type": "string"},
    "maxProperties": 8,
}


def _parameter(place: str, name: str) -> dict[str, Any]:
    schema = {"anyOf": [{"enum": TARGETS}, {"type": "string"}]}
    return {"in": place, "name": name, "required": place == "path", "schema": schema}


def _answers(statuses: list[int]) -> dict[str, Any]:
    return {str(one): {"description": ""} for one in statuses}


def _statuses(path: str) -> list[int]:
    if path == "/readyz":
        return [200, 400, 503]
    return [*PAGE, 410] if "{token}" in path else PAGE


def _page(path: str, method: str) -> dict[str, Any]:
    """The application reads paths and forms by itself, so its own schema leaves them out."""
    asked = sorted(ASKED) if method == "get" else []
    made: dict[str, Any] = {
        "parameters": [_parameter("path", one) for one in re.findall(r"{(\w+)}", path)]
        + [_parameter("query", one) for one in asked],
        "responses": _answers(_statuses(path)),
    }
    if method == "post":
        made["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": FORM}}}
    return made


def _hook() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    body = {"required": True, "content": content}
    return {"post": {"requestBody": body, "responses": _answers(HOOK)}}


def _schema(app: FastAPI) -> dict[str, Any]:
    found = app.openapi()
    for path, methods in found["paths"].items():
        for method in methods:
            methods[method] = _page(path, method)
        if path.endswith("/dong"):
            methods.pop("get", None)  # a stream has no end to wait for; test_live.py reads one
    for name in ("telegram", "zalo-bot", "zalo-oa"):
        found["paths"][HOOKS + name] = _hook()
    return found


def _proof(path: str, body: bytes) -> Mapping[str, str]:
    """What the platform would send along, whatever the body became."""
    if path != HOOKS + "zalo-oa":
        return {"X-Telegram-Bot-Api-Secret-Token": SECRET, "X-Bot-Api-Secret-Token": SECRET}
    moment = str(orjson.loads(body).get("timestamp", "")) if body else ""
    return {"X-ZEvent-Signature": "mac=" + mac("1", body, moment, SECRET)}


@pytest.fixture(params=ENGINES)
def wiring(
    request: pytest.FixtureRequest,
    migrated_url: NewUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Wiring]:
    """Nothing is answered or sent meanwhile, so the web chat need not wait for it."""
    monkeypatch.setattr("webhooks.pages.chat._ANSWER_SECONDS", 0.01)
    made = Wiring(
        Settings(
            _env_file=None,
            database_url=migrated_url(request.param),
            data_dir=tmp_path,
            secret_key=SecretStr("a key"),
            telegram_token=SecretStr("123456:token"),
            telegram_webhook_secret=SecretStr(SECRET),
            telegram_api_url=NOWHERE,
            zalo_bot_token=SecretStr("7:token"),
            zalo_bot_webhook_secret=SecretStr(SECRET),
            zalo_bot_api_url=NOWHERE,
            zalo_oa_app_id="1",
            zalo_oa_app_secret=SecretStr("app secret"),
            zalo_oa_webhook_secret=SecretStr(SECRET),
            zalo_oa_api_url=NOWHERE,
        ),
        "all",
    )
    made.migrate()
    made.database.write_now(plant)
    yield made
    asyncio.run(made.stop())


class _Caller:
    """Calls the application as schemathesis says, each operation in a session of its own."""

    def __init__(self, wiring: Wiring, runner: asyncio.Runner) -> None:
        self._wiring, self._runner = wiring, runner
        transport = httpx.ASGITransport(app=create_app(wiring), raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://test")
        self.statuses: set[int] = set()

    def enter(self) -> None:
        database = self._wiring.database

        def work(connection: Connection) -> str:
            now = database.now(connection)
            person = somebody(connection, Role.OPERATOR, EVERYWHERE, now)
            rows = [
                {"person": person, "role": role, "area": EVERYWHERE, "granted_by": 0}
                for role in Role
                if role not in (Role.RESIDENT, Role.OPERATOR)
            ]
            teams.grant(connection, rows, now)
            return logins.play(connection, now, person)

        self._token = database.write_now(work)

    def status(self, method: str, path: str, form: Mapping[str, str] | None = None) -> int:
        cookies = {"Cookie": f"{COOKIE}={self._token}"}
        sent = self._client.request(method, path, data=form, headers=cookies)
        return self._runner.run(sent).status_code

    def call(self, case: Case[Any]) -> None:
        request = self._client.build_request(**case.as_transport_kwargs("http://test"))
        if request.url.path.startswith(HOOKS):
            request.headers.update(_proof(request.url.path, request.content))
        request.headers["Cookie"] = f"{COOKIE}={self._token}"
        answer = self._runner.run(self._client.send(request))
        self.statuses.add(answer.status_code)
        case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])


def test_every_address_answers_what_it_may(wiring: Wiring) -> None:
    found = schemathesis.openapi.from_dict(_schema(create_app(wiring)))
    quick = settings(
        max_examples=EACH,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner() as runner:
        caller = _Caller(wiring, runner)
        for operation in found.get_all_operations():
            caller.enter()
            assert isinstance(operation, Ok)
            quick(given(case=operation.ok().as_strategy())(caller.call))()
    assert {200, 303, 404, 422} <= caller.statuses


def test_a_nul_is_refused_in_an_address_and_left_out_of_a_form(wiring: Wiring) -> None:
    with asyncio.Runner() as runner:
        caller = _Caller(wiring, runner)
        caller.enter()
        assert caller.status("GET", "/ho-dan?tim=a%00b") == 400
        assert caller.status("GET", "/ho-dan/H001%00") == 400
        assert caller.status("POST", "/ho-dan/them", {"ten": "Bà\0 Lan", "dia-ban": "near\0"}) < 500
        assert caller.status("POST", "/dang-nhap", {"ten": "a\0b", "mat-khau": "c\0d"}) < 500
        said = {"id": "a1", "text": "chào\0 cháu"}
        assert caller.status("POST", "/tro-chuyen", said) == 303
    kept = wiring.database.read_now(
        lambda one: list(one.execute(select(table(WebMessage).c.content)).scalars())
    )
    assert [orjson.loads(one)["text"] for one in kept] == ["chào cháu"]
