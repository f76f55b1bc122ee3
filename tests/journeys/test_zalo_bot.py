"""Zalo Bot end to end over real HTTP: webhooks in, calls out, side by side with Telegram."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NewUrl
from endings import Ending, ending
from phone import SECRET, TOKEN, Telegram, eventually
from service import Service
from walk import right_answer
from zalo import Zalo

from bot.core.guide import Guide, Phrase
from bot.library import Library
from storage import outbox, people
from storage.database import Database

LAN, TU = 42, "6ede9afa66b88fe60001"
GROUP = "zgr-d0a1a6afd9c0309e0001"
_TYPED = re.compile(r"^Gõ (\d+): (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    made = Telegram().start()
    yield made
    made.stop()


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


@pytest.fixture
def service(zalo: Zalo, telegram: Telegram, new_url: NewUrl, tmp_path: Path) -> Iterator[Service]:
    made = zalo.service(
        tmp_path,
        new_url("sqlite"),
        TELEGRAM_TOKEN=TOKEN,
        TELEGRAM_WEBHOOK_SECRET=SECRET,
        TELEGRAM_API_URL=telegram.url,
    ).start()
    eventually(lambda: bool(zalo.bot.mail.url))
    yield made
    made.stop()


def _ending(service: Service, address: str) -> Ending:
    return ending(service.env["GOCUA_DATABASE_URL"], address)


def _texts(zalo: Zalo, chat: str = TU) -> str:
    return "\n".join(one.text for one in zalo.from_bot(chat))


def _offered(zalo: Zalo) -> list[str]:
    """The labels of the newest message, in the order of their numbers."""
    said = zalo.from_bot(TU)
    return [label for _, label in _TYPED.findall(said[-1].text)] if said else []


class Pair:
    """The same person's answers, pressed on Telegram and typed as numbers on the Bot."""

    def __init__(self, telegram: Telegram, zalo: Zalo) -> None:
        self._telegram, self._zalo = telegram, zalo

    def say(self, text: str) -> None:
        self._telegram.people.say(LAN, text)
        self._zalo.bot_people.say(TU, text)
        self._settle(0, 0)

    def choose(self, choice: str) -> None:
        known = len(self._telegram.from_bot(LAN)), len(self._zalo.from_bot(TU))
        number = self.offered().index(choice) + 1
        self._telegram.press(LAN, choice)
        self._zalo.bot_people.say(TU, str(number))
        self._settle(*known)

    def offered(self) -> list[str]:
        return self._telegram.offered(LAN)

    def _settle(self, pressed: int, typed: int) -> None:
        eventually(lambda: len(self._telegram.from_bot(LAN)) > pressed and self._asked())
        eventually(lambda: len(self._zalo.from_bot(TU)) > typed and bool(_offered(self._zalo)))
        eventually(lambda: len(_offered(self._zalo)) == len(self.offered()))

    def _asked(self) -> bool:
        """Nothing on its way in, and the newest message carries buttons."""
        waiting = self._telegram.cloud.waiting
        return not waiting and bool(self._telegram.from_bot(LAN)[-1].buttons)


def _walk(pair: Pair, guide: Guide) -> None:
    pair.say("xin chào")
    for choice in ("dong-y", "khong", guide.id):
        pair.choose(choice)
    for _ in range(60):
        if not (choice := right_answer(pair.offered(), guide)):
            return
        pair.choose(choice)
    raise AssertionError(pair.offered())


def test_a_guide_ends_as_on_telegram(
    telegram: Telegram, zalo: Zalo, service: Service, library: Library
) -> None:
    guide = library.content().current["vneid"]
    _walk(Pair(telegram, zalo), guide)
    assert guide.closing in _texts(zalo)
    typed = _ending(service, f"zalo_bot:1000000000000000042:{TU}")
    assert typed == _ending(service, f"telegram:123456:{LAN}")
    assert [one[3] for one in typed["progress"]].count("finished") == 1
    shown = [one for one in zalo.from_bot(TU) if one.photo]
    assert shown, "steps have pictures"
    assert all(one.photo.startswith(f"{service.base}/hinh/") for one in shown)
    eventually(lambda: _all_accepted(service))


def _totals(service: Service) -> dict[str, int]:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    found = database.read_now(outbox.totals)
    database.close()
    return found


def _all_accepted(service: Service) -> bool:
    return set(_totals(service)) == {"accepted"}


def test_everything_a_person_sends_is_answered(
    zalo: Zalo, service: Service, library: Library
) -> None:
    phrases, person = library.messages.phrases, zalo.bot_people
    person.say(TU, "chào")
    eventually(lambda: phrases[Phrase.CONSENT] in _texts(zalo))
    zalo.bot.enveloped, zalo.bot.photo_key = True, "photo_url"
    zalo.bot.mail.faults.doubled = 1
    zalo.bot.faults.errors_500 = 1
    person.say(TU, "dong y")
    eventually(lambda: phrases[Phrase.CONSENT_NEWS] in _texts(zalo))
    person.say(TU, "gõ 2")
    eventually(lambda: phrases[Phrase.MENU] in _texts(zalo))
    person.say(TU, "mã OTP là 482913")
    eventually(lambda: phrases[Phrase.SECRET] in _texts(zalo))
    for number, kind in enumerate(("image", "sticker", "voice", "unsupported"), 1):
        send = (
            person.send_photo(TU, "căn cước của tôi") if kind == "image" else person.send(TU, kind)
        )
        assert send
        eventually(lambda seen=number: _texts(zalo).count(phrases[Phrase.MEDIA]) == seen)  # type: ignore[misc]
    zalo.bot.mail.faults.wrong_signatures = zalo.bot.mail.faults.missing_signatures = 1
    zalo.bot.mail.retry_misses = False
    person.say(TU, "gap nguoi")
    person.say(TU, "gap nguoi")
    eventually(lambda: zalo.bot.mail.misses == 2)
    assert _texts(zalo).count(phrases[Phrase.CONSENT_NEWS]) == 1, "heard twice, answered once"
    assert phrases[Phrase.TEAM_CALLED] not in _texts(zalo), "not from the platform"
    eventually(lambda: _all_accepted(service))
    service.stop()
    logged = service.log.read_text()
    assert not [word for word in ("test-token", "482913", "căn cước") if word in logged]


def test_the_end_of_the_quota_is_waited_for_and_said(
    zalo: Zalo, service: Service, library: Library
) -> None:
    zalo.bot.most_messages = 2
    zalo.bot_people.say(TU, "chào")
    eventually(lambda: library.messages.phrases[Phrase.WELCOME] in _texts(zalo))
    paused = '"name": "paused", "value": "zalo_bot:'
    eventually(lambda: paused in service.run("doctor", "--json").stdout)
    said = [one for one in zalo.bot.calls if one.method == "sendMessage"]
    assert len(said) == 2, "refused once and then left in peace"
    assert _totals(service) == {"accepted": 1, "queued": 1}


def test_a_group_is_known_by_its_first_mention(
    zalo: Zalo, service: Service, library: Library
) -> None:
    zalo.bot_people.found_group(GROUP, "Ấp 1")
    zalo.bot_people.say_in_group(TU, GROUP, "chào cả xóm", mention=False)
    zalo.bot_people.say_in_group(TU, GROUP, "mấy giờ họp?")
    address = f"zalo_bot:1000000000000000042:{GROUP}"
    eventually(lambda: _kind(service, address) == "group")
    assert _ending(service, address)["conversation"] is None
    eventually(lambda: bool(zalo.from_bot(GROUP)))
    said = [one.text for one in zalo.from_bot(GROUP)]
    assert said == [library.messages.phrases[Phrase.GROUP]], "and only to the mention"


def _kind(service: Service, address: str) -> str:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    row = database.read_now(lambda one: people.chat(one, address))
    database.close()
    return str(row["kind"]) if row else ""
