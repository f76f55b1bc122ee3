"""Every body Zalo's Official Account has been seen to send, through the HTTP endpoint to its
outcome; in any order, and more than once."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import SQLModel
from zalo import CONSOLE, PERSON

from bot.core.guide import Phrase
from bot.library import Library
from bot.runner import Runner
from bot.settings import Settings
from bot.wiring import Wiring
from storage.rows import table
from storage.tables import (
    AccountFact,
    Chat,
    Contact,
    ConversationState,
    DataRequest,
    Delivery,
    HelpRequest,
    InboxUpdate,
)
from webhooks.app import create_app

EVENTS: dict[str, dict[str, str]] = orjson.loads(
    (Path(__file__).parent.parent / "fixtures" / "zalo_oa" / "events.json").read_bytes()
)["events"]
HOOK, ACCOUNT = "/hooks/zalo-oa", f"zalo_oa:{CONSOLE.app_id}"
CHAT, GROUP = f"{ACCOUNT}:{PERSON}", f"{ACCOUNT}:g.f414c8f76fa586fb0001"
PROBE = "console_url_check"


@dataclass(frozen=True)
class Outcome:
    """What a body alone does to an empty database: what is said first, who came near, what is
    known of the group, how often all of it is to be deleted, whether the machine keeps still."""

    said: Phrase | None = None
    near: bool = False
    group: bool | None = None
    stale: bool = False
    erase: int = 0
    human: bool = False


_TALK, _MEDIA = Outcome(Phrase.WELCOME, near=True), Outcome(Phrase.MEDIA, near=True)
_NOTHING, _NEWS = Outcome(), Outcome(stale=True)
OUTCOMES: dict[str, Outcome] = {
    "user_send_text": _TALK,
    "user_send_text_quote": _TALK,
    "user_send_text_from_button": _TALK,
    "user_send_link": _TALK,
    **dict.fromkeys(
        ("user_send_image", "user_send_location", "user_send_sticker", "user_send_gif"), _MEDIA
    ),
    **dict.fromkeys(("user_send_audio", "user_send_video", "user_send_file"), _MEDIA),
    "follow": _TALK,
    "user_click_chatnow": _TALK,
    "unfollow": _NOTHING,
    "user_seen_message": _NOTHING,
    "user_received_message": _NOTHING,
    "user_received_message_zbs": _NOTHING,
    "user_submit_info": Outcome(near=True),
    "user_reacted_message": _NOTHING,
    "oa_send_text": Outcome(human=True),
    "add_user_to_tag": _NOTHING,
    "user_withdraw": Outcome(erase=1),
    "group_create_group": Outcome(group=True, stale=False),
    "group_delete_group": Outcome(group=False),
    **{
        f"group_{name}": _NEWS
        for name in (
            "user_join_group",
            "user_request_join_group",
            "accept_request_join_group",
            "reject_request_join_group",
            "add_group_admin",
            "remove_group_admin",
            "update_group_info",
            "user_out_group",
        )
    },
    "user_send_group_text": _NOTHING,
    "oa_send_group_text": _NOTHING,
}


@dataclass
class Desk:
    wiring: Wiring
    client: httpx.AsyncClient

    async def post(self, name: str, signature: str | None = None) -> int:
        mac = EVENTS[name]["signature"] if signature is None else signature
        headers = {"X-ZEvent-Signature": mac} if mac else {}
        body = EVENTS[name]["raw"].encode()
        return (await self.client.post(HOOK, content=body, headers=headers)).status_code

    async def turn(self) -> None:
        runner = Runner(
            self.wiring.database, self.wiring.signals, self.wiring.channels, self.wiring.shelf
        )
        while await runner.once():
            pass

    def rows(self, model: type[SQLModel], *left_out: str) -> list[dict[str, Any]]:
        found = table(model)
        query = select(found).order_by(*found.primary_key.columns)
        rows = self.wiring.database.read_now(
            lambda one: [dict(row) for row in one.execute(query).mappings()]
        )
        return [{key: value for key, value in row.items() if key not in left_out} for row in rows]

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that is left behind, but for ids and times of our own."""
        said = [(row["address"], row["content"]) for row in self.rows(Delivery)]
        return {
            "chats": self.rows(Chat, "changed_at"),
            "near": self.rows(Contact, "rests_until"),
            "talk": self.rows(ConversationState, "updated_at"),
            "help": self.rows(HelpRequest, "id", "asked_at"),
            "asked": self.rows(DataRequest, "id", "asked_at", "answer_by", "due_at"),
            "said": [{"said": sorted(said)}],
        }

    def outcome(self, phrases: dict[Phrase, str]) -> Outcome:
        chats = {row["address"]: row for row in self.rows(Chat)}
        near = {row["address"]: row for row in self.rows(Contact)}
        texts = [orjson.loads(row["content"])["text"] for row in self.rows(Delivery)]
        known = [one for one in (Phrase.MEDIA, Phrase.WELCOME) if phrases[one] in texts]
        facts = {row["name"] for row in self.rows(AccountFact)}
        return Outcome(
            known[0] if known else None,
            bool(near.get(CHAT, {}).get("near_at")),
            chats[GROUP]["reachable"] if GROUP in chats else None,
            "groups-stale" in facts,
            len(self.rows(DataRequest)),
            bool(near.get(CHAT, {}).get("human_until")),
        )


@pytest.fixture(params=ENGINES)
async def desk(
    request: pytest.FixtureRequest, migrated_url: NewUrl, tmp_path: Path
) -> AsyncIterator[Desk]:
    settings = Settings(
        _env_file=None,
        database_url=migrated_url(request.param),
        data_dir=tmp_path,
        secret_key=SecretStr("key"),
        zalo_oa_app_id=CONSOLE.app_id,
        zalo_oa_app_secret=SecretStr(CONSOLE.app_secret),
        zalo_oa_webhook_secret=SecretStr(f"another,{CONSOLE.oa_secret}"),
    )
    wiring = Wiring(settings, "web")
    wiring.migrate()
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Desk(wiring, client)
    await wiring.stop()


def test_every_body_that_was_seen_has_its_outcome() -> None:
    assert OUTCOMES.keys() | {PROBE} == EVENTS.keys()
    assert len(EVENTS) == 35


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", OUTCOMES)
async def test_each_body_has_its_outcome_once(desk: Desk, library: Library, name: str) -> None:
    for _ in range(3):
        assert await desk.post(name) == 200
        await desk.turn()
    assert [row["state"] for row in desk.rows(InboxUpdate)] == ["done"]
    assert desk.outcome(dict(library.messages.phrases)) == OUTCOMES[name]


async def test_the_console_knocks(desk: Desk) -> None:
    assert await desk.post(PROBE, "") == 200
    assert desk.rows(InboxUpdate) == []


async def test_wrong_and_missing_signatures_process_nothing(desk: Desk) -> None:
    for name in OUTCOMES:
        for signature in ("", "mac=" + "0" * 64, EVENTS["follow"]["signature"] + "0"):
            assert await desk.post(name, signature) == 200
    await desk.turn()
    assert desk.rows(InboxUpdate) == []
    assert desk.state()["chats"] == []


@pytest.fixture
async def desks(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[list[Desk]]:
    """Two empty installations to compare."""
    made: list[Desk] = []
    for number in range(2):
        settings = Settings(
            _env_file=None,
            database_url=migrated_url("sqlite"),
            data_dir=tmp_path / str(number),
            secret_key=SecretStr("key"),
            zalo_oa_app_id=CONSOLE.app_id,
            zalo_oa_app_secret=SecretStr(CONSOLE.app_secret),
            zalo_oa_webhook_secret=SecretStr(CONSOLE.oa_secret),
        )
        wiring = Wiring(settings, "web")
        wiring.migrate()
        transport = httpx.ASGITransport(app=create_app(wiring))
        made.append(Desk(wiring, httpx.AsyncClient(transport=transport, base_url="http://test")))
    yield made
    for one in made:
        await one.client.aclose()
        await one.wiring.stop()


@pytest.mark.parametrize("seed", range(6))
async def test_shuffled_and_doubled_they_end_alike(desks: list[Desk], seed: int) -> None:
    in_order, shuffled = desks
    chance, names = random.Random(seed), list(OUTCOMES)
    for name in names:
        await in_order.post(name)
    await in_order.turn()
    doubled = names + chance.sample(names, 10)
    chance.shuffle(doubled)
    for name in doubled:
        await shuffled.post(name)
    await shuffled.turn()
    assert shuffled.state() == in_order.state()
    assert len(in_order.state()["talk"]) == 1


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_no_talk_may_come_one_by_one_in_any_order(
    desks: list[Desk], seed: int
) -> None:
    """A turn after each; without texts and buttons, whose order nobody can know. The person is
    known: of strangers who only speak in a group nothing is kept."""
    names = [name for name, outcome in OUTCOMES.items() if outcome.said is None]
    chance = random.Random(seed)
    for one, order in zip(desks, (names, chance.sample(names, len(names))), strict=True):
        for name in ("user_submit_info", *order):
            await one.post(name)
            await one.turn()
    assert desks[1].state() == desks[0].state()
