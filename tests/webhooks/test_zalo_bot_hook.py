"""Every update Zalo's bot has been seen to send, through the HTTP endpoint to its outcome."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from pydantic import SecretStr
from sqlalchemy import Connection, select

from bot.core.guide import Phrase
from bot.library import Library
from bot.runner import Runner
from bot.settings import Settings
from bot.wiring import Wiring
from storage import people
from storage.rows import table
from storage.tables import Chat, ConversationState, Delivery, InboxUpdate
from webhooks.app import create_app

FIXTURES = Path(__file__).parent.parent / "fixtures" / "zalo_bot"
HOOK, SECRET, BOT = "/hooks/zalo-bot", "hook-secret-1", "zalo_bot:1000000000000000042"
HEADERS = {"X-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
PERSON, GROUP = f"{BOT}:6ede9afa66b88fe60001", f"{BOT}:zgr-d0a1a6afd9c0309e0001"
TALK = [Phrase.WELCOME, Phrase.CONSENT]
ANSWERS = {
    "text_private_enveloped": TALK,
    "text_private_flat": TALK,
    "image_photo": [Phrase.MEDIA, *TALK],
    "image_photo_url": [Phrase.MEDIA, *TALK],
    "sticker": [Phrase.MEDIA, *TALK],
    "voice": [Phrase.MEDIA, *TALK],
    "unsupported": [Phrase.MEDIA, *TALK],
    "group_mention": [Phrase.GROUP],
}


@pytest.fixture(params=ENGINES)
async def wiring(
    request: pytest.FixtureRequest, migrated_url: NewUrl, tmp_path: Path
) -> AsyncIterator[Wiring]:
    settings = Settings(
        _env_file=None,
        database_url=migrated_url(request.param),
        data_dir=tmp_path,
        zalo_bot_token=SecretStr("1000000000000000042:token"),
        zalo_bot_webhook_secret=SecretStr(SECRET),
        zalo_bot_api_url="http://127.0.0.1:9",
    )
    made = Wiring(settings, "web")
    made.migrate()
    yield made
    await made.stop()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def _body(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


async def _turn(wiring: Wiring) -> None:
    runner = Runner(wiring.database, wiring.signals, wiring.channels, wiring.shelf)
    while await runner.once():
        pass


def _said(wiring: Wiring, address: str) -> list[str]:
    rows = table(Delivery).c
    wanted = select(rows.content).where(rows.address == address).order_by(rows.id)
    found = wiring.database.read_now(lambda one: one.execute(wanted).scalars().all())
    return [orjson.loads(content)["text"] for content in found]


def _inbox(wiring: Wiring) -> list[str]:
    rows = table(InboxUpdate).c
    return wiring.database.read_now(
        lambda one: list(one.execute(select(rows.state).order_by(rows.id)).scalars())
    )


def _chat(wiring: Wiring, address: str) -> str:
    row = wiring.database.read_now(lambda one: people.chat(one, address))
    return str(row["kind"]) if row else ""


@pytest.mark.parametrize("name", ANSWERS)
async def test_each_update_has_its_outcome(
    client: httpx.AsyncClient, wiring: Wiring, library: Library, name: str
) -> None:
    for _ in range(2):
        answer = await client.post(HOOK, content=_body(name), headers=HEADERS)
        assert answer.status_code == 200
        await _turn(wiring)
    address = GROUP if name == "group_mention" else PERSON
    said = "\n".join(_said(wiring, address))
    places = [said.find(library.messages.phrases[phrase]) for phrase in ANSWERS[name]]
    assert -1 not in places
    assert places == sorted(places)
    assert _inbox(wiring) == ["done"], "the repeat changed nothing"
    assert _chat(wiring, address) == ("group" if address == GROUP else "person")


async def test_both_envelopes_are_one_message(client: httpx.AsyncClient, wiring: Wiring) -> None:
    for name in ("text_private_enveloped", "text_private_flat"):
        assert (await client.post(HOOK, content=_body(name), headers=HEADERS)).status_code == 200
    assert len(_inbox(wiring)) == 1


async def test_a_wrong_secret_processes_nothing(client: httpx.AsyncClient, wiring: Wiring) -> None:
    for given in ("", "wrong", SECRET + "x", SECRET[:-1], "đúng"):
        for name in ANSWERS:
            headers = {b"X-Bot-Api-Secret-Token": given.encode()}
            answer = await client.post(HOOK, content=_body(name), headers=headers)
            assert answer.status_code == 403
    assert (await client.post(HOOK, content=_body("sticker"))).status_code == 403
    await _turn(wiring)
    assert _inbox(wiring) == []


async def test_what_nobody_knows_is_kept_and_harms_nobody(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    for name in ("unknown_kind", "unknown_shape", "from_bot"):
        assert (await client.post(HOOK, content=_body(name), headers=HEADERS)).status_code == 200
    await _turn(wiring)
    assert _inbox(wiring) == ["done"] * 3
    assert _said(wiring, PERSON) == []


def _one_after_the_other() -> list[bytes]:
    """What was seen, each with an id and a second of its own."""
    bodies = []
    for place, name in enumerate(ANSWERS):
        body = orjson.loads(_body(name))
        message = body.get("result", body)["message"]
        message["message_id"], message["date"] = f"m{place}", message["date"] + 1000 * place
        bodies.append(orjson.dumps(body))
    return bodies


@pytest.mark.parametrize("wiring", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(4))
async def test_shuffled_and_doubled_they_end_alike(
    client: httpx.AsyncClient, wiring: Wiring, seed: int
) -> None:
    """What waits together is taken by Zalo's own time."""
    bodies, chance = _one_after_the_other(), random.Random(seed)
    shuffled = bodies + chance.sample(bodies, 4)
    chance.shuffle(shuffled)
    for body in shuffled:
        assert (await client.post(HOOK, content=body, headers=HEADERS)).status_code == 200
    await _turn(wiring)
    said = _said(wiring, PERSON)
    assert _inbox(wiring) == ["done"] * len(bodies)
    assert len(_said(wiring, GROUP)) == 1
    wiring.database.write_now(_forget)
    for body in bodies:
        assert (await client.post(HOOK, content=body, headers=HEADERS)).status_code == 200
    await _turn(wiring)
    assert _said(wiring, PERSON) == said


def _forget(connection: Connection) -> None:
    for model in (InboxUpdate, Delivery, ConversationState, Chat):
        connection.execute(table(model).delete())
