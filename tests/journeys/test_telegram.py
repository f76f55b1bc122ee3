"""Telegram end to end over real HTTP: webhooks in, Bot API calls out."""

from collections.abc import Iterator

import pytest
from conftest import ENGINES, NewUrl
from phone import Telegram, eventually
from service import Service
from walk import right_answer

from bot.core.guide import Phrase
from bot.library import Library
from storage import outbox, people
from storage.database import Database

LAN = 42


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram().start()
    yield made
    made.stop()


@pytest.fixture(params=ENGINES)
def service(
    telegram: Telegram,
    request: pytest.FixtureRequest,
    new_url: NewUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    made = telegram.service(tmp_path_factory.mktemp("service"), new_url(request.param)).start()
    telegram.hooked()
    yield made
    made.stop()


def _totals(service: Service) -> dict[str, int]:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    found = database.read_now(outbox.totals)
    database.close()
    return found


def _texts(telegram: Telegram, chat: int) -> str:
    return "\n".join(one.text for one in telegram.from_bot(chat))


@pytest.mark.parametrize("name", ["vneid"])
def test_a_person_finishes_a_guide(
    telegram: Telegram, service: Service, library: Library, name: str
) -> None:
    guide = library.content().current[name]
    telegram.people.say(LAN, f"/start {name}")
    eventually(lambda: bool(telegram.offered(LAN)))
    for _ in range(60):
        offered = telegram.offered(LAN)
        choice = right_answer(offered, guide)
        if not choice:
            break
        known = len(telegram.from_bot(LAN))
        telegram.press(LAN, choice)
        eventually(lambda known=known: len(telegram.from_bot(LAN)) > known)  # type: ignore[misc]
        eventually(lambda: _settled(telegram))
    assert guide.closing in _texts(telegram, LAN)
    assert not [
        call
        for call in telegram.cloud.calls
        if call.method == "sendMessage" and "parse_mode" in call.params
    ]
    pressed = telegram.cloud.queries
    eventually(lambda: not pressed)
    eventually(lambda: len(_with_buttons(telegram)) == 1)  # used buttons are taken away
    eventually(lambda: set(_totals(service)) == {"accepted"})


def _presses(telegram: Telegram, person: int, *choices: str) -> None:
    """One after the other, each when the answer to the one before has come."""
    for choice in choices:
        eventually(lambda choice=choice: choice in telegram.offered(person))  # type: ignore[misc]
        known = telegram.from_bot(person)[-1].id
        telegram.press(person, choice)
        eventually(lambda known=known: telegram.from_bot(person)[-1].id > known)  # type: ignore[misc]


def test_a_card_comes_with_its_step_and_is_uploaded_once(
    telegram: Telegram, service: Service, library: Library
) -> None:
    step = library.content().current["vneid"].steps[1]
    for person in (LAN, LAN + 1):
        telegram.people.say(person, "/start vneid")
        _presses(telegram, person, "dong-y", "khong", "bat-dau", "chua-android")
        shown = telegram.from_bot(person)[-1]
        assert step.text in shown.text
        assert shown.buttons
        assert telegram.cloud.files[shown.photo].startswith(b"\x89PNG")
    assert len(telegram.cloud.files) == 1


def _with_buttons(telegram: Telegram) -> list[object]:
    return [one for one in telegram.from_bot(LAN) if one.buttons]


def _settled(telegram: Telegram) -> bool:
    """Nothing on its way in, and the newest message carries buttons."""
    return not telegram.cloud.waiting and bool(telegram.from_bot(LAN)[-1].buttons)


def test_blocking_moving_and_refusals(
    telegram: Telegram, service: Service, library: Library
) -> None:
    phrases = library.messages.phrases
    telegram.people.say(LAN, "chào")
    eventually(lambda: phrases[Phrase.CONSENT] in _texts(telegram, LAN))
    telegram.cloud.faults.throttle = [1]
    telegram.people.say(LAN, "dong y")
    eventually(lambda: phrases[Phrase.CONSENT_NEWS] in _texts(telegram, LAN))
    telegram.cloud.faults.errors_500 = 2
    telegram.people.say(LAN, "ko")
    eventually(lambda: phrases[Phrase.MENU] in _texts(telegram, LAN))
    message = telegram.people.say(LAN, "99")
    eventually(lambda: phrases[Phrase.NOT_UNDERSTOOD] in _texts(telegram, LAN))
    telegram.people.edit(LAN, message, "gap nguoi")
    eventually(lambda: phrases[Phrase.TEAM_CALLED] in _texts(telegram, LAN))
    telegram.people.send_photo(LAN, "căn cước của tôi")
    eventually(lambda: phrases[Phrase.MEDIA] in _texts(telegram, LAN))
    eventually(lambda: set(_totals(service)) == {"accepted"})
    telegram.people.block(LAN)
    eventually(lambda: not _reachable(service, LAN))
    telegram.people.block(LAN, blocked=False)
    eventually(lambda: _reachable(service, LAN))


def _reachable(service: Service, chat: int) -> bool:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    row = database.read_now(lambda one: people.chat(one, f"telegram:123456:{chat}"))
    database.close()
    return bool(row and row["reachable"])


def test_groups_are_known_and_followed_when_they_move(telegram: Telegram, service: Service) -> None:
    telegram.people.found_group(-5, "Khu phố Cầu Xéo")
    eventually(lambda: _reachable(service, -5))
    telegram.people.upgrade(-5, -1005000000000)
    eventually(lambda: _reachable(service, -1005000000000) and not _reachable(service, -5))
    telegram.people.say(-1005000000000, "chào cả xóm")
    telegram.people.remove_bot(-1005000000000)
    eventually(lambda: not _reachable(service, -1005000000000))
    assert telegram.from_bot(-1005000000000) == []


def test_a_lost_answer_is_counted_as_doubt_and_sent_again(
    telegram: Telegram, service: Service, library: Library
) -> None:
    telegram.cloud.faults.lost_answers = 1
    telegram.people.say(LAN, "chào")
    welcome = library.messages.phrases[Phrase.WELCOME]
    eventually(lambda: [one.text for one in telegram.from_bot(LAN)].count(welcome) == 2)
    eventually(lambda: _totals(service) == {"accepted": 2})


def test_the_token_is_in_no_log(telegram: Telegram, service: Service) -> None:
    telegram.people.say(LAN, "chào")
    eventually(lambda: len(telegram.from_bot(LAN)) == 2)
    service.stop()
    assert "test-token" not in service.log.read_text()
