"""A household from its codes to the visit, over Telegram and Zalo at once: Anh Tư's phone is used
by Bà Năm too, Cô Út has Zalo, Ông Sáu has no phone. A member does all of it from his own chat.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import NewUrl
from phone import SECRET, TOKEN, Telegram, eventually
from service import Service
from sqlalchemy import Connection, select
from village import NOW, find, plant
from walk import right_answer
from zalo import PERSON, Zalo

from bot.core.guide import Guide
from bot.library import Library
from storage import households, links, people, persons, runs, schema
from storage.database import Database
from storage.rows import table
from storage.tables import Confirmation, Visit

MEMBER, PHONE, FAR = 7, 42, 9
HELD = "🔑 Mã nối cho"


def _noon() -> str:
    """A zone where it is about noon, for nothing is begun in the night."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture
def url(new_url: NewUrl) -> str:
    """The village, with Cô Út and Ông Sáu in the first household and two members' chats."""

    def work(connection: Connection) -> None:
        schema.upgrade(connection)
        plant(connection)
        more = [("Cô", "Út"), ("Ông", "Sáu")]
        rows = [{"household": "H001", "honorific": a, "call_name": b} for a, b in more]
        persons.add(connection, rows, NOW)
        households.refresh(connection, ["H001"])
        for chat, name in ((MEMBER, "Anh Dũng"), (FAR, "Cô Đào")):
            address = f"telegram:123456:{chat}"
            people.see(connection, {address: "telegram"}, NOW)
            links.link(connection, address, find(connection, name), NOW)

    made = new_url("sqlite")
    database = Database(made)
    database.write_now(work)
    database.close()
    return made


@pytest.fixture
def service(telegram: Telegram, zalo: Zalo, url: str, tmp_path: Path) -> Iterator[Service]:
    made = zalo.oa_service(
        tmp_path,
        url,
        TELEGRAM_TOKEN=TOKEN,
        TELEGRAM_WEBHOOK_SECRET=SECRET,
        TELEGRAM_API_URL=telegram.url,
        TIMEZONE=_noon(),
    ).start()
    telegram.hooked()
    zalo.hooked(made)
    yield made
    made.stop()


class Village:
    """Who says what where, and what is answered."""

    def __init__(self, telegram: Telegram, zalo: Zalo, url: str) -> None:
        self.telegram, self.zalo, self.database = telegram, zalo, Database(url)

    def texts(self, chat: int | str) -> list[str]:
        shown = self.telegram.from_bot(chat) if isinstance(chat, int) else self.zalo.from_oa(chat)
        return [one.text for one in shown]

    def says(self, chat: int | str, text: str, expected: str) -> str:
        """The answer that has these words."""
        known = len(self.texts(chat))
        if isinstance(chat, int):
            self.telegram.people.say(chat, text)
        else:
            self.zalo.people.say(chat, text)
        return self._new(chat, known, expected)

    def presses(self, chat: int, choice: str, expected: str) -> str:
        known = len(self.texts(chat))
        self.telegram.press(chat, choice)
        return self._new(chat, known, expected)

    def _new(self, chat: int | str, known: int, expected: str) -> str:
        eventually(lambda: any(expected in one for one in self.texts(chat)[known:]))
        return next(one for one in self.texts(chat)[known:] if expected in one)

    def code(self, name: str) -> str:
        made = self.says(MEMBER, f"mã nối H001 {name}", HELD)
        return made.split("\n")[0].rpartition(" ")[2]

    def finishes(self, chat: int | str, guide: Guide) -> None:
        """Whatever is asked, answered rightly, until the guide is over."""

        def ended() -> int:
            return sum(guide.closing in one for one in self.texts(chat))

        before = ended()
        while ended() == before:
            choice = right_answer(self._offered(chat), guide)
            known = len(self.texts(chat))
            if isinstance(chat, int):
                self.telegram.press(chat, choice)
            else:
                self.zalo.press(chat, choice)
            eventually(lambda known=known: self._settled(chat, known))  # type: ignore[misc]

    def _offered(self, chat: int | str) -> list[str]:
        if isinstance(chat, int):
            return self.telegram.offered(chat)
        return self.zalo.offered(chat)

    def _settled(self, chat: int | str, known: int) -> bool:
        """The answer has come, with its buttons."""
        if isinstance(chat, str):
            new = self.zalo.from_oa(chat)[known:]
            return bool(new and (new[-1].buttons or new[-1].elements))
        return bool(
            self.telegram.from_bot(chat)[known:] and self.telegram.from_bot(chat)[-1].buttons
        )

    def rows(self, of: Callable[[Connection], list[tuple[str, str]]]) -> set[tuple[str, str]]:
        return set(self.database.read_now(of))


def _confirmed(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(select(table(Confirmation))).all()
    known = persons.get(connection, [row.person for row in rows])
    return [(known[row.person].name, row.kind) for row in rows]


def _visited(connection: Connection) -> list[tuple[str, str]]:
    return [(row.household, row.outcome) for row in connection.execute(select(table(Visit)))]


def test_a_household_from_its_codes_to_the_visit(
    telegram: Telegram, zalo: Zalo, service: Service, url: str, library: Library
) -> None:
    village = Village(telegram, zalo, url)
    guide = library.content().current["an-toan"]
    # Each gets a code from the member's hand; two of them use one phone.
    village.says(PHONE, village.code("anh tư"), "cháu nhận ra Anh Tư")
    village.says(PHONE, village.code("bà năm"), "máy này từ nay có thêm Bà Năm")
    village.says(PERSON, village.code("cô út"), "cháu nhận ra Cô Út")
    assert "Ông Sáu (chưa rõ tuổi, chưa rõ máy, chưa nối trò chuyện)" in village.says(
        MEMBER, "H1", "🏠 H001"
    )
    # A member of another hamlet sees and does nothing here.
    for order in ("H1", "gui h1 an-toan", "h1 vneid xong", "ngưng h1"):
        village.says(FAR, order, "nơi tổ khác phụ trách")
    # Bà Năm is led on the shared phone, Cô Út on Zalo, at the same time.
    village.says(MEMBER, "/gui H001 an-toan bà năm cô út", "• Bà Năm: An toàn trên mạng")
    village.presses(MEMBER, "to-+ngay", "Đã nhận")
    eventually(lambda: "(Phần này là của Bà Năm.)" in "\n".join(village.texts(PHONE)))
    village.finishes(PHONE, guide)
    village.finishes(PERSON, guide)
    told = "báo đã làm hết các bài anh chị gửi"
    eventually(lambda: sum(told in one for one in village.texts(MEMBER)) == 2)
    # Their own word is one thing, what the member saw another.
    assert village.rows(_confirmed) == {("Bà Năm", "said"), ("Cô Út", "said")}
    village.says(MEMBER, "H1 BA NAM AN TOAN XONG", "✅ Đã ghi H001: Bà Năm làm được")
    village.says(MEMBER, "h1 bà năm an toàn xog", "Hôm nay đã ghi rồi")
    # Ông Sáu has no phone: what he agrees to is read to him.
    village.says(MEMBER, "h1 ông sáu vneid xong", "Ông Sáu chưa đồng ý cho ghi lại")
    village.presses(MEMBER, "to-+đồng ý miệng", "✅ Đã ghi H001: Ông Sáu làm được VNeID")
    verified = {("Bà Năm", "verified"), ("Ông Sáu", "verified")}
    assert verified <= village.rows(_confirmed)
    assert "H001" not in village.says(MEMBER, "/tuan", "Nhà nên ghé tuần này").split("Ghé xong")[0]
    # The family moves: nothing more is sent, and nobody can be given anything.
    village.says(MEMBER, "h1 chuyển đi", "đã chuyển đi")
    village.says(MEMBER, "gui h1 vneid", "đã chuyển đi hoặc đã nhập")
    assert village.rows(_visited) == {("H001", "done"), ("H001", "moved")}
    village.database.close()


def test_stop_in_mid_sequence(
    telegram: Telegram, zalo: Zalo, service: Service, url: str, library: Library
) -> None:
    village = Village(telegram, zalo, url)
    village.says(PERSON, village.code("cô út"), "cháu nhận ra Cô Út")
    village.says(MEMBER, "gui h1 co ut an-toan vneid ngay", "Đã nhận")
    eventually(lambda: "nhờ cháu chỉ bác bài" in "\n".join(village.texts(PERSON)))
    village.says(PERSON, "đồng ý", "thông báo chính thức")
    village.says(PERSON, "không", "Dành cho")
    village.says(PERSON, "bắt đầu", "Bước 1/")
    village.says(PERSON, "DỪNG", "Cháu đã dừng")
    left = village.says(MEMBER, "gui h1 co ut vneid", "Không gửi")
    assert "đã nhắn DỪNG" in left

    def live(connection: Connection) -> list[tuple[str, str]]:
        home = persons.of_households(connection, ["H001"])["H001"]
        found = runs.live(connection, [one.id for one in home])
        return [(run.guide, run.state) for run in found]

    assert village.rows(live) == set()
    village.database.close()
