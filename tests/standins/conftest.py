"""A running stand-in of Zalo, a webhook, and the OA's API as a client sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from service import PATIENCE
from zalo import Hook, Zalo

Json = dict[str, Any]
PERSON = "2460000000000000001"


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook().start()
    yield made
    made.stop()


@dataclass
class Oa:
    """Calls the OA's API with a valid token."""

    zalo: Zalo
    client: httpx.Client
    token: str

    def _headers(self) -> dict[str, str]:
        return {"access_token": self.token}

    def post(self, path: str, body: object) -> Json:
        answer = self.client.post(f"/v3.0/oa/{path}", json=body, headers=self._headers())
        assert answer.status_code == 200
        found: Json = answer.json()
        return found

    def get(self, path: str, **query: str) -> Json:
        answer = self.client.get(f"/{path}", params=query, headers=self._headers())
        assert answer.status_code == 200
        found: Json = answer.json()
        return found

    def say(self, message: object, person: str = PERSON) -> Json:
        return self.post("message/cs", {"recipient": {"user_id": person}, "message": message})

    def upload(self, kind: str, name: str, content: bytes) -> Json:
        answer = self.client.post(
            f"/v2.0/oa/upload/{kind}", files={"file": (name, content)}, headers=self._headers()
        )
        assert answer.status_code == 200
        found: Json = answer.json()
        return found


@pytest.fixture
def oa(zalo: Zalo) -> Iterator[Oa]:
    with httpx.Client(base_url=zalo.url, timeout=PATIENCE) as client:
        yield Oa(zalo, client, zalo.oa.oauth.pair()["access_token"])


@pytest.fixture(scope="session")
def seen() -> Json:
    """Bodies and answers as found in Zalo's documents, SDKs and others' code."""
    path = Path(__file__).parent.parent / "fixtures" / "zalo_cloud" / "seen.json"
    found: Json = orjson.loads(path.read_bytes())
    return found
