"""`make audit` against a stand-in of the two services that know faults of libraries."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from audit.faults import Pin, main, pins

ROOT = Path(__file__).parents[2]
LOCK = """alpha==1.0 \\
    --hash=sha256:aa
    # via nothing
beta[more,extra]==2.1.post1 ; python_full_version < '3.12' \\
    --hash=sha256:bb
Gamma.Delta==3!4.0+local \\
    --hash=sha256:cc
"""
OLD = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fixed_in": ["1.1"], "withdrawn": None}
TAKEN_BACK = {"id": "PYSEC-2", "aliases": [], "fixed_in": [], "withdrawn": "2026-01-01"}


class Service(ThreadingHTTPServer):
    """PyPI's pages and OSV's answers by name; what is not there is answered with 404."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pypi: dict[str, Any] = {}
        self.osv: dict[str, list[Any]] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        _, what, name, version, kind = self.path.split("/")
        assert (what, kind) == ("pypi", "json")
        assert version
        self._answer(self.server.pypi.get(name))

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert asked["package"]["ecosystem"] == "PyPI"
        pages = self.server.osv.get(asked["package"]["name"], [None])
        self._answer(pages[int(asked.get("page_token", "0"))])

    def _answer(self, body: Any) -> None:
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the library names it
        return


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as made:
        thread = Thread(target=made.serve_forever, args=[0.01])
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> str:
    (tmp_path / "requirements.lock").write_text(LOCK)
    return str(tmp_path / "requirements.lock")


def _run(lock: str, service: Service) -> int:
    return main([lock, "--pypi", service.url, "--osv", service.url])


CLEAN: dict[str, Any] = {
    "alpha": {"vulnerabilities": [TAKEN_BACK]},
    "beta": {"vulnerabilities": []},
    "gamma.delta": {"vulnerabilities": []},
}


def test_the_pins_of_a_lock_are_read() -> None:
    assert pins(LOCK) == {
        Pin("alpha", "1.0"),
        Pin("beta", "2.1.post1"),
        Pin("gamma.delta", "3!4.0+local"),
    }
    for name in ("requirements.lock", "requirements-dev.lock", "docs/requirements.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert len(pins(text)) == len([line for line in text.splitlines() if "==" in line])


def test_a_clean_set_passes(
    service: Service, lock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.pypi = CLEAN
    assert _run(lock, service) == 0
    said = capsys.readouterr().out
    assert said == "3 libraries: 0 with known faults, 0 without an answer\n"


def test_a_known_fault_fails_and_the_others_are_asked_all_the_same(
    service: Service, lock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.pypi = CLEAN | {"alpha": {"vulnerabilities": [OLD, TAKEN_BACK]}}
    assert _run(lock, service) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "FAULT alpha 1.0: PYSEC-1, CVE-1; mended in 1.1",
        "3 libraries: 1 with known faults, 0 without an answer",
    ]


@pytest.mark.parametrize("broken", [None, b"<html>", {"info": {}}, []])
def test_no_answer_fails_and_is_named_and_hides_no_fault(
    service: Service, lock: str, capsys: pytest.CaptureFixture[str], broken: Any
) -> None:
    service.pypi = CLEAN | {"alpha": broken, "beta": {"vulnerabilities": [OLD]}}
    assert _run(lock, service) == 1
    silent, fault, total = capsys.readouterr().out.splitlines()
    assert silent.startswith("no answer for alpha 1.0 (PyPI: ")
    assert silent.endswith("OSV: 404)")
    assert fault.startswith("FAULT beta 2.1.post1: PYSEC-1")
    assert total == "3 libraries: 1 with known faults, 1 without an answer"


def test_whom_pypi_leaves_unanswered_osv_is_asked(
    service: Service, lock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    affected = [
        {
            "package": {"name": "other"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "9"}]}],
        },
        {
            "package": {"name": "Beta"},
            "ranges": [
                {"type": "GIT", "events": [{"fixed": "abc"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.2"}]},
            ],
        },
    ]
    service.osv = {
        "alpha": [{}],
        "beta": [
            {"vulns": [{"id": "GHSA-1", "affected": affected}], "next_page_token": "1"},
            {"vulns": [{"id": "GHSA-2"}, TAKEN_BACK]},
        ],
        "gamma.delta": [{"vulns": []}],
    }
    assert _run(lock, service) == 1
    assert capsys.readouterr().out.splitlines() == [
        "FAULT beta 2.1.post1: GHSA-1; mended in 2.2",
        "FAULT beta 2.1.post1: GHSA-2; mended in no version yet",
        "3 libraries: 1 with known faults, 0 without an answer",
    ]


def test_services_out_of_reach_are_no_all_clear(
    lock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = "http://127.0.0.1:9"
    assert main([lock, "--pypi", nowhere, "--osv", nowhere]) == 1
    assert "3 libraries: 0 with known faults, 3 without an answer" in capsys.readouterr().out
