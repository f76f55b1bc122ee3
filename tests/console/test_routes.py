"""The matrix of the console: every route, every role, one's own place and another's.

It is made from the application's own table of routes: one without a rule fails.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest
from console_people import TARGETS
from fastapi import FastAPI
from fastapi.routing import APIRoute
from village import COMMUNE, OTHER

from bot.core.rights import EVERYWHERE, RULES, Operation, Role
from webhooks.console.frame import Console

PUBLIC = {
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"),
    ("GET", "/tro-chuyen"), ("POST", "/tro-chuyen"), ("GET", "/tro-chuyen/dong"),
    ("GET", "/huong-dan"), ("GET", "/huong-dan/{name}"), ("GET", "/huong-dan/{name}/{kind}.pdf"),
    ("GET", "/tb"), ("GET", "/tb.atom"), ("POST", "/tb/kiem-tra"), ("GET", "/tb/{code}"),
    ("POST", "/tb/{code}/da-xem"), ("GET", "/hinh/{path:path}"), ("GET", "/zalo/dong-y"),
    ("GET", "/dang-nhap"), ("POST", "/dang-nhap"), ("POST", "/dang-xuat"),
    ("GET", "/vao/{token}"), ("POST", "/vao/{token}"),
    ("GET", "/thiet-lap/{token}"), ("POST", "/thiet-lap/{token}"),
    ("GET", "/cai-dat"), ("POST", "/cai-dat"), ("POST", "/cai-dat/dia-chi"),
    ("GET", "/cai-dat/kenh"), ("POST", "/cai-dat/kenh"), ("GET", "/cai-dat/dia-ban"),
    ("POST", "/cai-dat/dia-ban"), ("GET", "/cai-dat/quan-tri"), ("POST", "/cai-dat/quan-tri"),
}  # fmt: skip
# What is of no single place: only a role over everywhere opens it.
WHOLE = re.compile(
    r"/quan-tri/(tinh-trang|gio-yen-lang/doi|viec-ket.*|nguoi/.member./(moi|ra|thoi))|/thu-vien/.guide./(sua.*|ban-moi/.+)"
)

# Only for who holds the call, which nobody does here, or for who leads them.
HELD = re.compile(r"/can-giup/.call./(tra-loi|chuyen|giup-xong)")


def _routes(routes: Iterable[object]) -> Iterator[tuple[str, str]]:
    """Whatever the application answers, besides the hooks (they have their own secrets)."""
    for route in routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                yield method, route.path
        elif inner := getattr(route, "original_router", None):
            yield from _routes(inner.routes)
        else:
            path = str(getattr(route, "path", route))
            yield "" if path.startswith(("/hooks/", "/static")) else "ANY", path


def _table(app: FastAPI) -> set[tuple[str, str]]:
    return {(method, path) for method, path in _routes(app.routes) if method}


def _console(app: FastAPI) -> Console:
    found = app.state.console
    assert isinstance(found, Console)
    return found


def test_every_route_has_a_rule(app: FastAPI) -> None:
    assert _table(app) == set(_console(app).rules) | PUBLIC


async def test_strangers_are_led_to_the_log_in_page(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for method, path in _console(app).rules:
        answer = await client.request(method, path.format(**TARGETS))
        if path == "/":
            assert answer.status_code == 200
        else:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/dang-nhap")


def _allowed(operation: Operation, role: Role, scope: str, path: str) -> bool:
    """A page without a target in a place shows what lies in one's own, wherever they are."""
    if role not in RULES[operation] or role is Role.RESIDENT:
        return False
    if HELD.fullmatch(path) and role not in RULES[Operation.STEER_HELP]:
        return False
    if WHOLE.fullmatch(path):
        return scope == EVERYWHERE
    placed = "{" in path and not {"{guide}", "{kind}"} & {*path.split("/")}
    return scope != OTHER or not placed


@pytest.mark.parametrize("scope", [COMMUNE, OTHER, EVERYWHERE], ids=["own", "other", "whole"])
@pytest.mark.parametrize("role", list(Role))
async def test_the_matrix(
    app: FastAPI,
    client: httpx.AsyncClient,
    official: Callable[..., int],
    role: Role,
    scope: str,
) -> None:
    wrong = []
    for (method, path), operation in _console(app).rules.items():
        allowed = _allowed(operation, role, scope, path)
        if allowed and path.endswith("/dong"):
            continue  # a stream has no end to wait for; test_live.py reads one
        official(role, scope)
        answer = await client.request(method, path.format(**TARGETS))
        if (answer.status_code == 403) is allowed or answer.status_code >= 500:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
