"""What a resident asks a member to take back for them: one purpose alone, and at once."""

from collections.abc import Callable

import httpx
import orjson
import pytest
from sqlalchemy import Connection
from village import FAR, NEAR, find

from bot.core.rights import Role
from bot.core.state import Conversation, Waiting, to_plain
from bot.wiring import Wiring
from storage import candidates, conversations, inbox, lanes, links, outbox, people
from storage.database import DAY
from storage.outbox import NewDelivery
from storage.rows import Model, Row, table
from storage.tables import AuditEntry, Consent, ConversationState, Delivery

Official = Callable[..., int]
CHAT = "webchat:web:nam"


@pytest.fixture
def nam(wiring: Wiring) -> int:
    """Bà Năm chats with us, agreed to both, and something waits for her."""

    def work(connection: Connection) -> int:
        person, now = find(connection, "Bà Năm"), wiring.database.now(connection)
        people.see(connection, {CHAT: "webchat"}, now)
        links.link(connection, CHAT, person, now)
        state = Conversation(waiting_for=Waiting.MENU, consents=("guides", "news"))
        plain = orjson.dumps(to_plain(state)).decode()
        conversations.save(connection, {(CHAT, person): plain}, now)
        row = {"address": CHAT, "person": person, "granted": True, "version": "v1"}
        both = [
            {**row, "purpose": one, "recorder": "self", "at": now} for one in ("guides", "news")
        ]
        people.record_consents(connection, both)
        waits = NewDelivery("s", CHAT, "{}", lanes.PERSONAL, person=person, not_before_at=now + DAY)
        outbox.enqueue(connection, [waits], now)
        return person

    return wiring.database.write_now(work)


def _rows(wiring: Wiring, model: Model) -> list[Row]:
    found = wiring.database.read_now(
        lambda one: one.execute(table(model).select()).mappings().all()
    )
    return [dict(row) for row in found]


async def test_one_purpose_is_taken_back_and_the_other_stays(
    wiring: Wiring, client: httpx.AsyncClient, official: Official, nam: int
) -> None:
    member = official(Role.MEMBER, NEAR)
    assert "Thôi nhận thông báo" in (await client.get("/ho-dan/H001")).text
    done = await client.post(f"/ho-dan/H001/nguoi/{nam}/thoi/news")
    assert done.headers["location"] == "/ho-dan/H001?xong=thoi-news"
    assert "thôi nhận thông báo" in (await client.get(done.headers["location"])).text
    last = _rows(wiring, Consent)[-1]
    assert (last["person"], last["purpose"], last["granted"]) == (nam, "news", False)
    assert last["recorder"] == f"member:{member}:withdrawn"
    assert last["version"] == "v1"
    while await wiring.runner().once():
        pass
    (kept,) = [row for row in _rows(wiring, ConversationState) if row["address"] == CHAT]
    assert '"consents":["guides"]' in kept["state"]
    assert [row["state"] for row in _rows(wiring, Delivery)] == ["queued"]
    trail = [row for row in _rows(wiring, AuditEntry) if row["operation"] == "record-consent"]
    assert [row["target"] for row in trail] == [f"person:{nam}"]


async def test_what_waits_of_guides_is_not_sent_and_nothing_more_is_kept(
    wiring: Wiring, client: httpx.AsyncClient, official: Official, nam: int
) -> None:
    official(Role.LEAD, NEAR)
    await client.post(f"/ho-dan/H001/nguoi/{nam}/thoi/guides")
    assert [(row["state"], row["reason"]) for row in _rows(wiring, Delivery)] == [
        ("skipped", "stop")
    ]
    while await wiring.runner().once():
        pass
    assert wiring.database.read_now(inbox.counts) == {"waiting": 0, "parked": 0}
    (kept,) = [row for row in _rows(wiring, ConversationState) if row["address"] == CHAT]
    assert '"consents":["news"]' in kept["state"]
    assert '"waiting_for":"declined"' in kept["state"]
    guides = wiring.shelf.guides.current
    known = wiring.database.read_now(lambda one: candidates.of_households(one, ["H001"], guides))
    assert [one.consent for one in known if one.person == nam] == [False]


async def test_only_the_team_of_the_place_and_only_what_there_is(
    wiring: Wiring, client: httpx.AsyncClient, official: Official, nam: int
) -> None:
    before = len(_rows(wiring, Consent))
    official(Role.MEMBER, FAR)
    assert (await client.post(f"/ho-dan/H001/nguoi/{nam}/thoi/news")).status_code == 403
    official(Role.MEMBER, NEAR, "Lan")
    for path in (f"{nam}/thoi/all", "999999/thoi/news"):
        assert (await client.post(f"/ho-dan/H001/nguoi/{path}")).status_code >= 400
    assert len(_rows(wiring, Consent)) == before
