"""What a resident agreed to and takes back: at once, in every chat of theirs, and provable."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

import pytest
from callers import Callers
from fakes import Clock
from village import find

from bot.library import Library
from bot.services import own_data, visits
from storage import lanes, outbox
from storage.database import DAY, Database
from storage.outbox import NewDelivery
from storage.rows import Model, Row, table
from storage.tables import Consent, ConversationState, Delivery, Progress


@pytest.fixture
def village(database: Database, clock: Clock, library: Library) -> Callers:
    made = Callers(database, clock, library)
    made.phones(nam="Bà Năm", zalo="Bà Năm", nha="Bà Năm, Ông Bảy", dung="Anh Dũng")
    made.do(lambda one: made.house.shelf.keep(one, clock()))
    return made


def _rows(village: Callers, model: Model) -> list[Row]:
    found = village.do(lambda one: one.execute(table(model).select()).mappings().all())
    return [dict(row) for row in found]


def _states(village: Callers) -> Mapping[str, str]:
    return {row["address"]: row["state"] for row in _rows(village, ConversationState)}


async def _learn(village: Callers, *chats: str) -> None:
    for chat in chats:
        await village.says(chat, "chào", "đồng ý", "đồng ý", "1", "bắt đầu")


async def test_what_is_taken_back_in_one_chat_is_in_all_of_ones_own(village: Callers) -> None:
    await _learn(village, "nam", "zalo")
    nam = village.do(lambda one: find(one, "Bà Năm"))
    waiting = [
        NewDelivery(f"sequence:{n}", "fake:one:zalo", "{}", lanes.PERSONAL, person=person)
        for n, person in enumerate((nam, 0))
    ]
    later = village.clock() + DAY
    waiting = [replace(one, not_before_at=later) for one in waiting]
    village.do(lambda one: outbox.enqueue(one, waiting, village.clock()))
    before = len(_rows(village, Progress))
    assert "đã dừng" in await village.says("nam", "dừng")

    states = _states(village)
    assert '"consents":[]' in states["fake:one:zalo"]
    rows = {row["person"]: row["state"] for row in _rows(village, Delivery) if row["lane"] > 0}
    assert rows == {nam: "skipped", 0: "queued"}, "what is nobody's own stays"
    taken = [row for row in _rows(village, Consent) if not row["granted"]]
    assert [(row["address"], row["purpose"]) for row in taken] == [
        ("fake:one:nam", "guides"),
        ("fake:one:nam", "news"),
    ]
    said = len(village.channel.texts("zalo"))
    await village.says("zalo", "xong")
    assert len(village.channel.texts("zalo")) > said
    assert len(_rows(village, Progress)) == before, "asked anew before anything is kept"


async def test_one_purpose_alone_is_taken_back_everywhere(village: Callers) -> None:
    await _learn(village, "nam", "zalo")
    await village.says("nam", "dữ liệu của tôi")
    await village.presses("nam", "Thôi nhận thông báo")
    states = _states(village)
    assert '"consents":["guides"]' in states["fake:one:nam"]
    assert '"consents":["guides"]' in states["fake:one:zalo"]
    assert "Bước 1/" in await village.says("zalo", "xem lại")


async def test_no_answer_follows_a_stop(village: Callers) -> None:
    """Neither one that waits nor one that was asked for in the same moment."""
    await _learn(village, "nam")
    old = NewDelivery(
        "turn:0", "fake:one:nam", "{}", lanes.REPLY, not_before_at=village.clock() + DAY
    )
    village.do(lambda one: outbox.enqueue(one, [old], village.clock()))
    before = len(village.channel.texts("nam"))
    for said in ("xem lại", "vneid là gì", "dừng"):
        village.house.hear("nam", text=said)
    await village.work()
    (last,) = village.channel.texts("nam")[before:]
    assert "đã dừng" in last
    (dropped,) = [row for row in _rows(village, Delivery) if row["owner"] == "turn:0"]
    assert (dropped["state"], dropped["reason"]) == ("skipped", "stop")


async def test_the_proof_of_consent_has_the_words_that_were_agreed_to(village: Callers) -> None:
    await _learn(village, "nam")
    nam, dung = village.do(lambda one: find(one, "Bà Năm")), village.actor("Anh Dũng")
    agree = visits.agree
    words = "Cháu xin ghi lại bác học tới đâu."
    village.do(lambda one: agree(one, dung, village.clock(), nam, visits.Statement.ORAL, words))
    see = own_data.see
    taken = village.do(
        lambda one: own_data.export(see(one, dung, village.clock(), village.vault, nam))
    )
    rows, texts = taken["consent"], taken["consent_texts"]
    assert isinstance(rows, list)
    assert isinstance(texts, dict)
    assert {row["version"] for row in rows} == set(texts)
    for version, text in texts.items():
        assert sha256(text.encode()).hexdigest().startswith(version)
    assert [row["recorder"].partition(":")[0] for row in rows] == ["self", "self", "member"]
    assert texts[rows[-1]["version"]] == words
