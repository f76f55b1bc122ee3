"""What every channel keeps, run over the whole registry: a new one inherits it all."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Literal

import orjson
import pytest
from channel_cases import CASES, Case, Living
from conftest import NewUrl
from fakes import Clock
from house_of import House, until
from hypothesis import given, settings
from hypothesis import strategies as st
from zalo import BOT_SECRET, BOT_TOKEN, zalo_needs

from bot.channels.base import Channel, MalformedError, Outgoing, Sent, UnfetchedError
from bot.channels.registry import _CHANNELS, Needs, ZaloBotNeeds, channels
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import TextReceived
from bot.core.guide import Choice, Phrase
from bot.core.turn import LONGEST_MESSAGE
from bot.guide_checks.structure import MOST_BUTTONS
from bot.guide_checks.wording import LONGEST_BUTTON
from bot.library import Library
from storage import inbox, outbox, schema
from storage.database import SECOND, Database
from storage.outbox import MOST_WAITING_PER_CHAT
from storage.signals import OUTBOX

SECRETS = (
    "số căn cước 079203001234",
    "mã OTP là 482913",
    "mật khẩu: Hoa@1234",
    "4111 1111 1111 1111",
)
WRITTEN_AT = 1_795_500_000 * SECOND
HIDDEN = ("079203001234", "482913", "Hoa@1234", "4111")
NOT_BODIES = (b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe{}", b"[" * 9000 + b"]" * 9000)


async def _show(*_: object) -> None:
    return


def _made() -> dict[str, Channel]:
    return channels(
        Needs(
            _show,
            telegram_token="123456:test-token",
            telegram_secret="hook-secret",
            telegram_api="http://127.0.0.1:9",
            zalo_bot=ZaloBotNeeds(BOT_TOKEN, BOT_SECRET, "http://127.0.0.1:9", "", "{label}"),
            zalo_oa=zalo_needs("http://127.0.0.1:9"),
        )
    )


MADE = _made()


@pytest.fixture(params=CASES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def channel(name: str) -> Channel:
    return MADE[name]


@pytest.fixture
def case(name: str) -> Case:
    return CASES[name]


@pytest.fixture
async def living(case: Case) -> AsyncIterator[Living]:
    async with case.living() as made:
        yield made


def test_every_registered_channel_keeps_the_contract() -> None:
    assert MADE.keys() == CASES.keys()
    assert len(MADE) == len(_CHANNELS)


def test_a_channel_without_its_token_is_off() -> None:
    assert list(channels(Needs(_show))) == ["webchat"]


def test_it_says_who_it_is_and_what_it_can_carry(name: str, channel: Channel) -> None:
    assert channel.name == name
    assert channel.account
    limits = channel.limits
    assert limits.text >= 2000
    assert limits.caption >= 280
    assert limits.choices >= 1
    assert limits.label >= 20
    assert limits.reply_interval > 0
    assert limits.other_interval >= limits.reply_interval
    assert channel.chat_interval("42") >= 0


def test_only_the_platform_itself_is_believed(channel: Channel, case: Case) -> None:
    body = case.body("e1", "chào")
    assert not channel.verify({}, body)
    for header in case.headers or {"x-anything": "1"}:
        for wrong in ("", "wrong", "đúng", "x" * 10_000):
            assert not channel.verify({header: wrong}, body)
    if case.headers:
        assert channel.verify(case.headers, body)


def test_a_repeat_has_the_same_event_id(name: str, channel: Channel, case: Case) -> None:
    first, again = (channel.intake(case.body("e1", "chào")) for _ in range(2))
    other = channel.intake(case.body("f2", "chào"))
    assert first.event_id == again.event_id
    assert first.event_id != other.event_id
    assert first.event_id
    assert (first.address.channel, first.address.account) == (name, channel.account)
    assert Address.parse(str(first.address)) == first.address


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_secrets_are_masked_before_anything_is_stored(
    channel: Channel, case: Case, text: str, form: Literal["NFC", "NFD"]
) -> None:
    spelled = unicodedata.normalize(form, text)
    taken = channel.intake(case.body("e1", spelled))
    assert taken.secrets
    assert not [hidden for hidden in HIDDEN if hidden in taken.body]
    received = channel.parse(taken.body, taken.secrets)
    assert isinstance(received.event, TextReceived)
    assert received.event.secrets == taken.secrets


def test_what_was_stored_is_what_was_said(channel: Channel, case: Case) -> None:
    taken = channel.intake(case.body("e1", "Dạ cháu ơi, xong rồi 👍\nCảm ơn"))
    received = channel.parse(taken.body, taken.secrets)
    assert received.address == taken.address
    assert received.event == TextReceived("Dạ cháu ơi, xong rồi 👍\nCảm ơn")


@pytest.mark.parametrize("body", NOT_BODIES, ids=range(len(NOT_BODIES)))
def test_what_is_no_body_is_refused(channel: Channel, body: bytes) -> None:
    with pytest.raises(MalformedError):
        channel.intake(body)


def _read(channel: Channel, body: bytes) -> None:
    """Either refused by the one error there is for it, or understood."""
    with suppress(MalformedError):
        taken = channel.intake(body)
        assert taken.event_id
        received = channel.parse(taken.body, taken.secrets)
        assert received.address.channel == channel.name


@pytest.mark.parametrize("kind", CASES)
@given(body=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes(kind: str, body: bytes) -> None:
    _read(MADE[kind], body)


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", CASES)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_bodies_with_parts_put_wrong(kind: str, data: st.DataObject) -> None:
    plain = orjson.loads(CASES[kind].body("e1", "chào"))
    place = plain
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not (isinstance(place[key], dict) and place[key] and data.draw(st.booleans())):
            break
        place = place[key]
    place[key] = data.draw(_values)
    _read(MADE[kind], orjson.dumps(plain))


async def test_a_message_arrives_with_its_words(living: Living, case: Case) -> None:
    address = Address(living.channel.name, living.channel.account, living.chat)
    choices = (Choice("xong", "✅ Xong"), Choice("chua-duoc", "🆘 Chưa được"))
    message = Message("Bước 1/2: <b>Mở</b> *VNeID* & [đăng nhập](x) ạ", choices, 3)
    sent = await living.channel.send(Outgoing(9, address, message))
    assert isinstance(sent, Sent)
    assert sent.reference
    assert case.shown(message.text) in living.texts()[-1]


async def test_a_picture_that_cannot_be_had_is_said_to_be_so(living: Living) -> None:
    with pytest.raises(UnfetchedError, match=r"away|too-large"):
        await living.channel.fetch("unknown")


async def test_a_message_without_words_only_shows_the_press(living: Living) -> None:
    address = Address(living.channel.name, living.channel.account, living.chat)
    before = living.texts()
    assert isinstance(await living.channel.send(Outgoing(9, address, Message(""))), Sent)
    assert living.texts() == before


@pytest.fixture
def at_night(new_url: NewUrl) -> Iterator[tuple[Database, Clock]]:
    """A clock that shows what the cases' bodies say."""
    clock = Clock(WRITTEN_AT)
    made = Database(new_url("sqlite"), clock)
    made.write_now(schema.upgrade)
    yield made, clock
    made.close()


async def test_a_flood_is_told_once_and_not_answered_by_a_flood(
    living: Living, case: Case, library: Library, at_night: tuple[Database, Clock]
) -> None:
    database, clock = at_night
    house = House(database, living.channel, library)
    told = case.shown(house.shelf.guides.phrases[Phrase.RESTS])
    assert len(told) <= LONGEST_MESSAGE
    before = len(living.texts())

    async def heard(names: range) -> None:
        for name in names:
            _arrive(database, living.channel, case.body(f"{name:04}", "chào"))
        await house.turn()

    async def shown() -> list[str]:
        await _delivered(house, clock)
        return living.texts()[before:]

    await heard(range(100))
    await heard(range(100, 110))
    texts = await shown()
    assert len(texts) <= MOST_WAITING_PER_CHAT + 2
    assert [one for one in texts if told in one] == [texts[-1]]
    clock.advance(60)
    await heard(range(110, 111))
    again = await shown()
    assert len(again) > len(texts)
    assert len([one for one in again if told in one]) == 1


async def _delivered(house: House, clock: Clock) -> None:
    """Everything that waits, by a clock that goes on whenever nothing is under way."""
    sending = asyncio.create_task(house.sender.run())

    async def nothing_left() -> bool:
        counts = await house.database.read(outbox.counts)
        if counts["sending"] or house.sender.busy:
            return False
        clock.advance(1)
        house.signals.wake(OUTBOX)
        return not counts["queued"]

    try:
        await until(nothing_left)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def _arrive(database: Database, channel: Channel, body: bytes) -> None:
    taken = channel.intake(body)
    arrival = inbox.Arrival(
        channel.name,
        channel.account,
        taken.event_id,
        str(taken.address),
        taken.body,
        sent_at=taken.at,
    )
    database.write_now(lambda one: inbox.add(one, [arrival], database.now(one)))


async def test_preparing_and_closing(living: Living) -> None:
    await living.channel.prepare(f"https://example.vn/hooks/{living.channel.name}")
    await living.channel.close()


def test_what_passes_the_checks_of_guides_fits(channel: Channel) -> None:
    """The menu is the longest list; with a guide to take up again it may be numbered text."""
    assert channel.limits.text >= channel.limits.caption >= LONGEST_MESSAGE
    assert channel.limits.label >= LONGEST_BUTTON
    assert channel.limits.choices >= max(MOST_BUTTONS, len(Library().guides))
