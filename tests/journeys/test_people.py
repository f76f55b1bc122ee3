"""People over real HTTP: members and residents tied by codes, two claims at once, a stop, and
two people on one phone."""

import itertools
from collections.abc import Callable, Iterator
from typing import TypeVar

import httpx
import pytest
from conftest import ENGINES, NewUrl
from phone import Telegram, eventually
from service import PATIENCE, Service
from sqlalchemy import Connection
from village import find, plant

from bot.core import passcode
from bot.core.links import telegram as deep_link
from bot.core.rights import terminal
from bot.services import identity
from bot.vault import Vault
from storage import calls, inbox, outbox
from storage.database import Database

NAM, DUNG, HOA = 11, 21, 22
_KEY = "a word for tests"
_T = TypeVar("_T")


class Hamlet:
    """A service with the village of tests/village.py, and codes as members give them."""

    def __init__(self, telegram: Telegram, service: Service) -> None:
        self.telegram, self.service = telegram, service
        self.database = Database(service.env["GOCUA_DATABASE_URL"])
        self.do(plant)

    def do(self, work: Callable[[Connection], _T]) -> _T:
        return self.database.write_now(work)

    def code(self, name: str = "", household: str = "") -> str:
        def work(connection: Connection) -> str:
            person = find(connection, name) if name else 0
            now = self.database.now(connection)
            return identity.make_code(
                connection, terminal(), now, Vault(_KEY), person=person, household=household
            )

        return passcode.shown(self.do(work))

    def texts(self, person: int) -> str:
        return "\n".join(one.text for one in self.telegram.from_bot(person))

    def says(self, person: int, words: str, answer: str) -> None:
        """Waits until what comes back has these words."""
        known = len(self.telegram.from_bot(person))
        self.telegram.people.say(person, words)
        eventually(lambda: answer in self._since(person, known))

    def _since(self, person: int, known: int) -> str:
        return "\n".join(one.text for one in self.telegram.from_bot(person)[known:])

    def asked(self) -> bool:
        """Somebody was asked, or will be in the morning."""
        found = self.do(lambda one: calls.get(one, [1])).get(1)
        return bool(found and found.level)

    def settled(self) -> bool:
        """Nothing on its way in or out."""
        counts = self.do(outbox.counts)
        waiting = self.telegram.cloud.waiting or self.do(inbox.counts)["waiting"]
        return not (waiting or counts["queued"] or counts["sending"])

    def hears(self, person: int, words: str) -> None:
        eventually(lambda: words in self.texts(person))


@pytest.fixture(params=ENGINES)
def hamlet(
    request: pytest.FixtureRequest, new_url: NewUrl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hamlet]:
    telegram = Telegram(limits=False).start()
    folder, url = tmp_path_factory.mktemp("service"), new_url(request.param)
    service = telegram.service(folder, url, SECRET_KEY=_KEY).start()
    telegram.hooked()
    made = Hamlet(telegram, service)
    yield made
    made.database.close()
    service.stop()
    telegram.stop()


def test_help_claimed_twice_at_once_and_a_stop(hamlet: Hamlet) -> None:
    for person, name in ((DUNG, "Anh Dũng"), (HOA, "Chị Hoa")):
        payload = deep_link("b", "", hamlet.code(name)).partition("start=")[2]
        hamlet.says(person, f"/start {payload}", f"{name} là tổ viên")
    hamlet.says(NAM, f"/start vneid_{hamlet.code('Bà Năm')}", "nhận ra Bà Năm")
    hamlet.says(NAM, "đồng ý", "thông báo")
    hamlet.says(NAM, "không", "VNeID")
    hamlet.says(NAM, "bắt đầu", "Bước 1/")

    hamlet.says(NAM, "gặp người", "Cháu đã ghi lời nhờ")
    eventually(hamlet.asked)
    hamlet.telegram.people.say(DUNG, "nhận 1")
    hamlet.telegram.people.say(HOA, "nhận 1")
    eventually(lambda: "đã nhận lời nhờ 1" in hamlet.texts(DUNG))
    eventually(lambda: "đã nhận lời nhờ 1" in hamlet.texts(HOA))
    won = [one for one in (DUNG, HOA) if "Anh chị đã nhận lời nhờ 1" in hamlet.texts(one)]
    lost = [one for one in (DUNG, HOA) if "đã nhận lời nhờ 1 rồi" in hamlet.texts(one)]
    assert len(won) == len(lost) == 1

    hamlet.hears(NAM, "đã nhận giúp bác")
    hamlet.says(NAM, "máy nó xoay vòng vòng", "chuyển lời cho")
    hamlet.hears(won[0], "Bà Năm (H001), lời nhờ 1: máy nó xoay vòng vòng")
    hamlet.says(won[0], "bác chờ con chút", "Đã chuyển tới Bà Năm")
    hamlet.hears(NAM, ": bác chờ con chút")
    assert "xoay vòng" not in hamlet.texts(lost[0])

    hamlet.says(NAM, "dừng", "Cháu đã dừng")
    hamlet.hears(won[0], "vừa xin dừng nhận tin")
    eventually(hamlet.settled)
    known = len(hamlet.telegram.from_bot(NAM))
    hamlet.telegram.people.say(won[0], "bác ơi")
    eventually(hamlet.settled)
    found = hamlet.do(lambda one: calls.get(one, [1]))[1]
    assert (found.state, found.outcome) == (calls.CLOSED, "stopped")
    assert len(hamlet.telegram.from_bot(NAM)) == known


class WebPage:
    """The web chat as a browser without JavaScript."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=base, follow_redirects=True, timeout=PATIENCE)
        self._ids = map(str, itertools.count(1))

    def sends(self, **form: str) -> str:
        return self._client.post("/tro-chuyen", data={"id": next(self._ids), **form}).text

    def shows(self, words: str) -> bool:
        return words in self._client.get("/tro-chuyen").text

    def close(self) -> None:
        self._client.close()


def test_two_people_on_one_phone_on_the_web(hamlet: Hamlet) -> None:
    page = WebPage(hamlet.service.base)
    page.sends(bai="", ma=hamlet.code(household="H001"))
    eventually(lambda: page.shows("Bác là ai trong nhà"))
    page.sends(text="2")
    eventually(lambda: page.shows("nhận ra Anh Tư"))
    for words, answer in (("đồng ý", "thông báo chính thức"), ("không", "Bác muốn học bài nào")):
        page.sends(text=words)
        eventually(lambda answer=answer: page.shows(answer))  # type: ignore[misc]
    page.sends(text="vneid")
    page.sends(text="bắt đầu")
    eventually(lambda: page.shows("Bước 1/"))

    page.sends(text=hamlet.code("Bà Năm"))
    eventually(lambda: page.shows("máy này từ nay có thêm Bà Năm"))
    page.sends(text="không")
    eventually(lambda: page.shows("cháu không ghi gì về bác nữa"))
    page.sends(text="đổi người")
    eventually(lambda: page.shows("Bây giờ ai học"))
    page.sends(text="1")
    eventually(lambda: page.shows("nói chuyện với Anh Tư"))
    eventually(lambda: page.shows("Mình tiếp từ đây"))
    page.close()
