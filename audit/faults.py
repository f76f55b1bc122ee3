"""Known faults of pinned libraries. `python -m audit.faults LOCK… [--pypi URL] [--osv URL]`.

PyPI is asked for each one, and OSV for those it does not answer for. One that nobody answers for
is named and fails as a fault does: silence is no all-clear.
"""

import asyncio
import re
import sys
from argparse import ArgumentParser
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([\w.!+-]+)", re.MULTILINE)
_AT_ONCE = 8
_SECONDS = 10


@dataclass(frozen=True, order=True)
class Pin:
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Answer:
    """What is known of one library; `silent` says why nobody answered."""

    faults: Sequence[str] = ()
    silent: str = ""


class SilentError(Exception):
    """This service gives no answer, and why."""


def pins(lock: str) -> set[Pin]:
    return {Pin(name.lower(), version) for name, version in _PIN.findall(lock)}


class Advisors:
    """The two services that know faults, asked a few libraries at a time."""

    def __init__(self, client: httpx.AsyncClient, pypi: str, osv: str) -> None:
        self._client, self._pypi, self._osv = client, pypi, osv
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, pin: Pin) -> Answer:
        silent = []
        async with self._turn:
            for name, service in (("PyPI", self._of_pypi), ("OSV", self._of_osv)):
                try:
                    return Answer(await service(pin))
                except SilentError as why:
                    silent.append(f"{name}: {why}")
        return Answer(silent=", ".join(silent))

    async def _of_pypi(self, pin: Pin) -> list[str]:
        told = await self._told("GET", f"{self._pypi}/pypi/{pin.name}/{pin.version}/json")
        known = told.get("vulnerabilities")
        if not isinstance(known, list):
            raise SilentError("says nothing of faults")
        return [_said(one, one.get("fixed_in") or ()) for one in known if not one.get("withdrawn")]

    async def _of_osv(self, pin: Pin) -> list[str]:
        query = {"version": pin.version, "package": {"name": pin.name, "ecosystem": "PyPI"}}
        found: list[str] = []
        while True:
            told = await self._told("POST", f"{self._osv}/v1/query", query)
            known = [one for one in told.get("vulns", ()) if not one.get("withdrawn")]
            found += [_said(one, _fixes(one, pin)) for one in known]
            if not (page := told.get("next_page_token")):
                return found
            query["page_token"] = page

    async def _told(self, method: str, url: str, body: Any = None) -> Mapping[str, Any]:
        try:
            answer = await self._client.request(method, url, json=body)
            if answer.status_code != httpx.codes.OK:
                raise SilentError(str(answer.status_code))
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SilentError(type(error).__name__) from error
        if not isinstance(told, dict):
            raise SilentError("no object")
        return told


def _said(fault: Mapping[str, Any], fixes: Collection[str]) -> str:
    names = ", ".join([fault["id"], *fault.get("aliases", ())])
    return f"{names}; mended in {', '.join(fixes) or 'no version yet'}"


def _fixes(fault: Mapping[str, Any], pin: Pin) -> list[str]:
    ranges = [
        one
        for affected in fault.get("affected", ())
        if affected.get("package", {}).get("name", "").lower() == pin.name
        for one in affected.get("ranges", ())
        if one.get("type") == "ECOSYSTEM"
    ]
    return [event["fixed"] for one in ranges for event in one["events"] if "fixed" in event]


async def audit(sought: Collection[Pin], pypi: str, osv: str) -> dict[Pin, Answer]:
    async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=True) as client:
        advisors = Advisors(client, pypi, osv)
        ordered = sorted(sought)
        answers = await asyncio.gather(*map(advisors.ask, ordered))
    return dict(zip(ordered, answers, strict=True))


def main(arguments: Sequence[str]) -> int:
    parser = ArgumentParser(prog="python -m audit.faults")
    parser.add_argument("lock", nargs="+", type=Path)
    parser.add_argument("--pypi", default="https://pypi.org")
    parser.add_argument("--osv", default="https://api.osv.dev")
    given = parser.parse_args(arguments)
    sought = set().union(*[pins(lock.read_text("utf-8")) for lock in given.lock])
    answers = asyncio.run(audit(sought, given.pypi, given.osv))
    for pin, answer in answers.items():
        for fault in answer.faults:
            print(f"FAULT {pin}: {fault}")
        if answer.silent:
            print(f"no answer for {pin} ({answer.silent})")
    faulty = sum(bool(one.faults) for one in answers.values())
    silent = sum(bool(one.silent) for one in answers.values())
    print(f"{len(answers)} libraries: {faulty} with known faults, {silent} without an answer")
    return 1 if faulty or silent or not answers else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
