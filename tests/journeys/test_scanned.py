"""From a code on paper to the figures, over the Zalo Bot and the web: two of a family are led at
the same time, then the family moves and the team of the other hamlet goes on.
"""

import html
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import zxingcpp
from conftest import NewUrl
from phone import eventually
from raster import raster
from service import PATIENCE, Service
from sqlalchemy import Connection, select
from village import FAR, find, plant
from walk import right_answer
from zalo import Zalo

from bot.core import passcode
from bot.core.guide import Guide
from bot.core.rights import terminal
from bot.library import Library
from bot.paper import sheets
from bot.paper.sheets import Target, Team
from bot.services import identity
from bot.vault import Vault
from storage import households, schema
from storage import persons as people
from storage.database import Database
from storage.rows import table
from storage.tables import Confirmation

NAM = "6ede9afa66b88fe60001"
_KEY = "a word for tests"
_TYPED = re.compile(r"^Gõ (\d+): (.+)$", re.MULTILINE)
_BUTTON = re.compile(r'name="choice" value="(\d+)\|([^"]+)"')


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


@pytest.fixture
def service(zalo: Zalo, new_url: NewUrl, tmp_path: Path) -> Iterator[Service]:
    """Where it is about noon, for nothing is begun in the night."""
    url = new_url("sqlite")
    database = Database(url)
    database.write_now(schema.upgrade)
    database.write_now(plant)
    database.close()
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    made = zalo.service(tmp_path, url, SECRET_KEY=_KEY, TIMEZONE=zone).start()
    eventually(lambda: bool(zalo.bot.mail.url))
    yield made
    made.stop()


class Page:
    """The web chat of one person, as a browser without JavaScript."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=base, follow_redirects=True, timeout=PATIENCE)
        self._ids = map(str, itertools.count(1))

    def shown(self) -> str:
        return html.unescape(self._client.get("/tro-chuyen").text)

    def sends(self, expected: str, **form: str) -> None:
        self._client.post("/tro-chuyen", data={"id": next(self._ids), **form})
        eventually(lambda: expected in self.shown())

    def offered(self) -> list[str]:
        found = _BUTTON.findall(self.shown())
        newest = max((int(turn) for turn, _ in found), default=0)
        return [choice for turn, choice in found if int(turn) == newest]

    def presses(self, choice: str) -> None:
        """Waits until something else is offered."""
        turn = self._turn()
        form = {"id": next(self._ids), "choice": f"{turn}|{choice}"}
        self._client.post("/tro-chuyen", data=form)
        eventually(lambda: self._turn() > turn)

    def _turn(self) -> int:
        return max(int(turn) for turn, _ in _BUTTON.findall(self.shown()))

    def close(self) -> None:
        self._client.close()


class Bot:
    """The Zalo Bot as Bà Năm has it: no buttons, numbers are typed."""

    def __init__(self, zalo: Zalo, library: Library, guide: Guide) -> None:
        self._zalo = zalo
        groups = [one.choices for one in guide.steps] + [one.answers for one in guide.questions]
        self._ids = {choice.label: choice.id for group in groups for choice in group}
        content = library.content()
        self._ids |= {one.label: str(word) for word, one in content.spoken.items()}
        self._ids |= {one.button: one.id for one in content.current.values()}

    def texts(self) -> list[str]:
        return [one.text for one in self._zalo.from_bot(NAM)]

    def says(self, text: str, expected: str = "") -> None:
        known = len(self.texts())
        self._zalo.bot_people.say(NAM, text)
        eventually(lambda: any(expected in one for one in self.texts()[known:]))

    def offered(self) -> list[str]:
        labels = [label for _, label in _TYPED.findall(self.texts()[-1])]
        return [self._ids.get(label, label) for label in labels]

    def presses(self, choice: str) -> None:
        known = len(self.texts())
        self._zalo.bot_people.say(NAM, str(self.offered().index(choice) + 1))
        eventually(lambda: bool(self.texts()[known:]) and bool(_TYPED.findall(self.texts()[-1])))


def _finishes(who: Page | Bot, guide: Guide) -> None:
    for _ in range(60):
        if not (choice := right_answer(who.offered(), guide)):
            return
        who.presses(choice)
    raise AssertionError(who.offered())


def _scanned(base: str, guide: Guide, library: Library) -> dict[str, str]:
    """What a phone reads from the printed poster."""
    values = sheets.on_poster(guide, library.about[guide.id], Target(base, "", "cx12ab34"), Team())
    (first, *_) = raster("poster", values)
    (read,) = [one.text for one in zxingcpp.read_barcodes(first)]
    assert read.startswith(f"{base}/tro-chuyen?")
    return dict(parse_qsl(urlsplit(read).query))


def _code(database: Database, name: str) -> str:
    def work(connection: Connection) -> str:
        now, person = database.now(connection), find(connection, name)
        return identity.make_code(connection, terminal(), now, Vault(_KEY), person=person)

    return passcode.shown(database.write_now(work))


def _proven(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.execute(select(table(Confirmation))).all()
    known = people.get(connection, [row.person for row in rows])
    return {(known[row.person].name, row.kind) for row in rows}


def test_a_family_from_the_poster_to_its_new_hamlet(
    zalo: Zalo, service: Service, library: Library
) -> None:
    database = Database(service.env["GOCUA_DATABASE_URL"])
    guide = library.content().current["kenh-chinh-thong"]
    dung, dao, tu = (Page(service.base) for _ in range(3))
    nam = Bot(zalo, library, guide)
    dung.sends("Anh Dũng là tổ viên", text=_code(database, "Anh Dũng"))
    dao.sends("Cô Đào là tổ viên", text=_code(database, "Cô Đào"))
    # Anh Tư scans the poster with his phone; a member gives each a code.
    tu.sends("Bác có đồng ý không", **_scanned(service.base, guide, library))
    tu.sends("nhận ra Anh Tư", text=_code(database, "Anh Tư"))
    nam.says(_code(database, "Bà Năm"), "nhận ra Bà Năm")
    # Both are led at once: on the web with buttons, on the Bot with numbers.
    dung.sends("Đã nhận", text=f"gui h1 {guide.id} ngay")
    lead = f"Anh Dũng của tổ công nghệ số nhờ cháu chỉ bác bài {guide.button}"
    eventually(lambda: any(lead in one for one in nam.texts()))
    eventually(lambda: lead in tu.shown())
    _finishes(tu, guide)
    _finishes(nam, guide)
    eventually(lambda: dung.shown().count("báo đã làm hết các bài anh chị gửi") == 2)
    # Seen at the door; a slip is taken back, and the figures follow.
    dung.sends("Bà Năm làm được", text=f"h1 bà năm {guide.id} xong")
    dung.sends("Anh Tư làm được", text=f"h1 anh tư {guide.id} xong")
    dung.sends("Bỏ lần ghi này?", text="h1 ghi nhầm")
    dung.sends("Đã bỏ lần ghi", text="1")
    said = {("Bà Năm", "said"), ("Anh Tư", "said")}
    assert database.read_now(_proven) == said | {("Bà Năm", "verified")}
    # They move: the old team lets go, the new one sees them and goes on.
    dung.sends("Từ đó tổ ở Khu phố Phước Hải phụ trách", text="chuyển h1 sang phước hải: Hẻm 9")
    dung.sends("Đã chuyển H001", text="1")
    dung.sends("nơi tổ khác phụ trách", text="h1")
    dao.sends("🏠 H001 · Hẻm 9", text="h1")
    home = database.read_now(lambda one: households.get(one, ["H001"])["H001"])
    assert (home.area, home.state) == (FAR, households.ACTIVE)
    dao.sends("Đã nhận", text="gui h1 an-toan bà năm ngay")
    eventually(lambda: any("Cô Đào của tổ công nghệ số nhờ cháu" in one for one in nam.texts()))
    for page in (dung, dao, tu):
        page.close()
    database.close()
