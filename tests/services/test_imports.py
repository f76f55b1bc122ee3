"""Lists taken over: all rows looked at first, nothing half saved, the same list twice harmless."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from counting import statements
from sqlalchemy import Connection, text
from village import CITY, COMMUNE, FAR, NEAR, NOW, OTHER, find, plant

from bot.core.rights import Actor, Grant, Refusal, Role, terminal
from bot.import_forms import SHIPPED, import_forms
from bot.services import households as homes_service
from bot.services import imports
from bot.services.access import Refused
from bot.services.imports import COLUMNS, Kind, Report
from bot.vault import Vault
from storage import areas, audit, groups, households, persons, schema, teams
from storage.database import Database

NewUrl = Callable[[str], str]
VAULT = Vault("a secret for tests")
HOMES = "Mã hộ;Khu phố;Số nhà;Xưng hô;Họ tên;Chủ hộ;Nhóm tuổi;Năm sinh;Smartphone;SĐT\n"


@pytest.fixture
def either(database: Database) -> Iterator[Connection]:
    """For what is written: on both databases."""
    database.write_now(plant)
    with database.engine.begin() as made:
        yield made


@pytest.fixture
def connection(new_url: NewUrl) -> Iterator[Connection]:
    """For what is judged before anything is written."""
    database = Database(new_url("sqlite"))
    database.write_now(schema.upgrade)
    database.write_now(plant)
    with database.engine.begin() as made:
        yield made
    database.close()


def take(
    connection: Connection,
    kind: Kind,
    written: str,
    actor: Actor | None = None,
    *,
    dry_run: bool = False,
) -> Report:
    reading = import_forms().read(kind, COLUMNS[kind], written.encode())
    return imports.run(connection, actor or terminal(), NOW, VAULT, kind, reading, dry_run=dry_run)


def counts(report: Report, noun: str) -> tuple[int, ...]:
    """New, changed, same, left out."""
    found = report.counts[noun]
    return tuple(found.get(one, 0) for one in ("new", "changed", "same", "left"))


def faults(report: Report) -> list[str]:
    assert not report.saved
    return [import_forms().fault(report.kind, one) for one in report.faults]


def left(report: Report) -> list[str]:
    assert report.saved, faults(report)
    return [import_forms().left(report.kind, one) for one in report.left]


def lead(connection: Connection, name: str = "Chị Hoa") -> Actor:
    person = find(connection, name)
    return teams.actors(connection, [person], "test")[person]


NEW_HOMES = (
    HOMES
    + f"H010;{NEAR};Hẻm 9;Bà;Sáu;x;;1940;không;0912 345 678\n"
    + "h010;khu pho cau xeo;;Anh;Út;;18-59;;có;\n"
    + f"H011;{NEAR};Cạnh đình;;;;;;;\n"
)


def test_households_and_people_are_taken_over_and_the_same_list_changes_nothing(
    either: Connection,
) -> None:
    report = take(either, Kind.HOUSEHOLDS, NEW_HOMES)
    assert left(report) == []
    assert (counts(report, "households"), counts(report, "persons")) == ((2, 0, 0, 0), (2, 0, 0, 0))
    (card,) = homes_service.search(either, lead(either), "sau hem 9")
    sau, ut = card.people
    assert (sau.name, sau.is_head, sau.age_band, sau.smartphone) == ("Bà Sáu", True, "80+", "no")
    assert VAULT.open(sau.phone) == "+84912345678"
    assert (ut.name, ut.is_head, ut.smartphone, ut.phone) == ("Anh Út", False, "yes", "")
    assert [one.kind for one in households.history(either, "H011")] == ["added"]
    again = take(either, Kind.HOUSEHOLDS, NEW_HOMES)
    assert (counts(again, "households"), counts(again, "persons")) == ((0, 0, 2, 0), (0, 0, 2, 0))
    assert persons.of_households(either, ["H010"])["H010"] == [sau, ut]
    assert len(households.history(either, "H010")) == 1


def test_a_later_list_changes_what_it_says_and_leaves_the_rest(either: Connection) -> None:
    take(either, Kind.HOUSEHOLDS, NEW_HOMES)
    rows = f"H010;{NEAR};Hẻm 10;Bà;Sáu;;;;dùng chung;\nH010;{NEAR};;Anh;Út;x;;;;0912345679\n"
    report = take(either, Kind.HOUSEHOLDS, HOMES + rows)
    assert (counts(report, "households"), counts(report, "persons")) == ((0, 1, 0, 0), (0, 2, 0, 0))
    ut, sau = persons.of_households(either, ["H010"])["H010"]
    assert (ut.name, ut.is_head, VAULT.open(ut.phone)) == ("Anh Út", True, "+84912345679")
    assert (sau.smartphone, sau.age_band) == ("shared", "80+")
    assert VAULT.open(sau.phone) == "+84912345678"
    assert homes_service.search(either, lead(either), "hem 10 ut")
    kinds = [one.kind for one in households.history(either, "H010")]
    assert kinds == ["added", "relabelled", "head"]


def test_somebody_new_becomes_head_of_a_household_that_has_one(either: Connection) -> None:
    take(either, Kind.HOUSEHOLDS, HOMES + f"H001;{NEAR};;Chị;Lan;chủ hộ;;;;\n")
    people = persons.of_households(either, ["H001"])["H001"]
    assert (people[0].name, people[0].is_head) == ("Chị Lan", True)
    assert sum(one.is_head for one in people) == 1
    take(either, Kind.HOUSEHOLDS, HOMES + f"H009;{NEAR};Hẻm 1;Chị;Lan;;;;;\n")
    report = take(either, Kind.HOUSEHOLDS, HOMES + f"H009;{NEAR};;Chị;Lan;x;;;;\n")
    assert counts(report, "persons") == (0, 1, 0, 0)
    assert persons.of_households(either, ["H009"])["H009"][0].is_head


def test_without_an_honorific_the_only_one_of_that_name_is_meant(connection: Connection) -> None:
    report = take(connection, Kind.HOUSEHOLDS, HOMES + f"H001;{NEAR};;;Tư;x;;;dùng chung;\n")
    assert counts(report, "persons") == (0, 1, 0, 0)
    people = persons.of_households(connection, ["H001"])["H001"]
    assert [(one.name, one.is_head) for one in people] == [("Anh Tư", True), ("Bà Năm", False)]
    two = f"H001;{NEAR};;;Năm;;;;;\nH001;{NEAR};;Bà;Năm;;;;;\n"
    assert counts(take(connection, Kind.HOUSEHOLDS, HOMES + two), "persons") == (1, 0, 1, 0)
    other = take(connection, Kind.HOUSEHOLDS, HOMES + f"H002;{NEAR};;Cụ;Bảy;;;;;\n")
    assert counts(other, "persons") == (1, 0, 0, 0)
    again = take(connection, Kind.HOUSEHOLDS, HOMES + f"H002;{NEAR};;;Bảy;;;;;\n")
    assert counts(again, "persons") == (1, 0, 0, 0)
    member = take(connection, Kind.MEMBERS, MEMBERS + "near;;Tư;;;H001\n")
    assert "persons" not in member.counts
    assert find(connection, "Anh Tư") in {one.person for one in teams.members(connection, ["near"])}


@pytest.mark.parametrize("name", ["kp cầu xéo", "KP. Cầu Xéo", "Cầu Xéo", "cau xeo", "26368-near"])
def test_places_are_understood_as_people_write_them(connection: Connection, name: str) -> None:
    taken = take(connection, Kind.HOUSEHOLDS, HOMES + f"H060;{name};Hẻm 1;;;;;;;\n")
    assert taken.saved, faults(taken)
    assert households.get(connection, ["H060"])["H060"].area == NEAR


class Breaking(Vault):
    """Fails at a phone, when much has been written already."""

    def seal(self, text: str) -> str:
        raise OSError


def test_what_breaks_midway_leaves_nothing_behind(database: Database) -> None:
    database.write_now(plant)
    reading = import_forms().read(Kind.HOUSEHOLDS, COLUMNS[Kind.HOUSEHOLDS], NEW_HOMES.encode())

    def work(connection: Connection) -> None:
        vault = Breaking("a secret for tests")
        imports.run(connection, terminal(), NOW, vault, Kind.HOUSEHOLDS, reading)

    with pytest.raises(OSError):  # noqa: PT011  # ours
        database.write_now(work)
    assert database.read_now(lambda one: households.get(one, ["H010", "H011"])) == {}
    report = database.write_now(lambda one: take(one, Kind.HOUSEHOLDS, NEW_HOMES))
    assert counts(report, "persons") == (2, 0, 0, 0)


def test_a_cell_that_cannot_be_read_does_not_hide_another(connection: Connection) -> None:
    said = faults(take(connection, Kind.HOUSEHOLDS, HOMES + "H070;nope;Hẻm;Bà;Sáu;;;;;12\n"))
    assert [one.split(":")[0] for one in said] == [
        "Dòng 2, cột Điện thoại",
        "Dòng 2, cột Địa bàn",
    ]


def test_every_fault_is_named_by_row_and_column_and_nothing_is_saved(
    connection: Connection,
) -> None:
    rows = [
        "H020;Khu phố Lạ;Hẻm 1;Bà;Sáu;;;;;",
        f"H021;{NEAR};=cmd();Ông;Ba;;;;;",
        f"H022;{NEAR};Hẻm 2;Ông;Tư;x;;;;12",
        f"H022;{FAR};Hẻm 2;Ông;Năm;x;;;;",
        f"H022;{NEAR};Hẻm 3;Ông;Tư;;;;có;",
        f"H023;{NEAR};;Bà;;;;2999;;",
        f";{NEAR};Hẻm 4;;;;;;;",
        f"H024;{NEAR};Hẻm 4;Cô;Tám;;;2050;;",
    ]
    said = faults(take(connection, Kind.HOUSEHOLDS, HOMES + "\n".join(rows)))
    assert said == [
        "Dòng 2, cột Địa bàn: không có địa bàn “Khu phố Lạ”. Ghi đúng mã hoặc tên; "
        "nhập địa bàn trước.",
        "Dòng 3, cột Địa chỉ: “=cmd()” bắt đầu bằng dấu có thể thành công thức. Bỏ dấu đó.",
        "Dòng 4, cột Điện thoại: “12” không phải số điện thoại Việt Nam. Nếu Excel làm mất số 0 "
        "ở đầu, đổi cột sang kiểu Văn bản.",
        "Dòng 5, cột Địa bàn: khác với dòng 4 của cùng hộ.",
        "Dòng 5, cột Chủ hộ: hộ này đã có chủ hộ ở dòng 4.",
        "Dòng 6, cột Địa chỉ: khác với dòng 4 của cùng hộ.",
        "Dòng 6, cột Tên gọi: trùng tên với dòng 4. Gọi khác đi, ví dụ thêm chữ lót.",
        "Dòng 7, cột Năm sinh: “2999” không phải năm sinh.",
        "Dòng 7, cột Tên gọi: còn trống, phải ghi.",
        "Dòng 7, cột Địa chỉ: còn trống, phải ghi.",
        "Dòng 8, cột Mã hộ: còn trống, phải ghi.",
        "Dòng 9, cột Năm sinh: “2050” không phải năm sinh.",
    ]
    assert households.get(connection, ["H021", "H022", "H024"]) == {}


def test_a_dry_run_counts_and_saves_nothing(connection: Connection) -> None:
    report = take(connection, Kind.HOUSEHOLDS, NEW_HOMES, dry_run=True)
    assert (counts(report, "households"), report.saved) == ((2, 0, 0, 0), False)
    assert households.get(connection, ["H010"]) == {}
    assert audit.latest(connection, "import:households") == []


def test_households_that_went_away_or_live_elsewhere_are_left_out(
    connection: Connection,
) -> None:
    households.change(connection, "H002", NOW, state=households.MOVED)
    households.change(connection, "H003", NOW, state=households.MERGED, merged_into="H001")
    rows = (
        f"H001;{FAR};;Bà;Năm;;;;;\nH002;{NEAR};;;;;;;;\nH003;{NEAR};;;;;;;;\n"
        f"H010;{NEAR};Hẻm;Bà;Sáu;;;;;\nH010;{NEAR};Hẻm;Bà;Sáu;;;;;\n"
    )
    report = take(connection, Kind.HOUSEHOLDS, HOMES + rows)
    assert left(report) == [
        "Dòng 2: hộ đang ở Khu phố Cầu Xéo. Chuyển hộ trong chương trình, "
        "không chuyển bằng danh sách.",
        "Dòng 2: vì hộ của người này bị để lại.",
        "Dòng 3: hộ đã chuyển đi. Muốn nhận lại, mở hộ trong chương trình.",
        "Dòng 4: hộ đã gộp vào hộ khác.",
        "Dòng 6: giống hệt dòng 5.",
    ]
    assert households.get(connection, ["H001"])["H001"].area == NEAR


def test_a_lead_takes_over_lists_of_their_own_places_only(connection: Connection) -> None:
    hoa = lead(connection)
    taken = take(connection, Kind.HOUSEHOLDS, HOMES + f"H004;{NEAR};Hẻm 1;;;;;;;\n", hoa)
    assert left(taken) == ["Dòng 2: mã hộ này đã dùng ở địa bàn khác."]
    refused = take(connection, Kind.HOUSEHOLDS, HOMES + f"H030;{FAR};Hẻm 1;;;;;;;\n", hoa)
    assert faults(refused) == [
        f"Dòng 2, cột Địa bàn: không được nhập cho “{FAR}”: ngoài địa bàn được giao."
    ]
    member = lead(connection, "Anh Dũng")
    for who, kind, why in (
        (member, Kind.HOUSEHOLDS, Refusal.ROLE),
        (hoa, Kind.AREAS, Refusal.ROLE),
        (hoa, Kind.TEAMS, Refusal.ROLE),
        (hoa, Kind.GROUPS, Refusal.ROLE),
        (Actor(9, "test"), Kind.MEMBERS, Refusal.STRANGER),
    ):
        with pytest.raises(Refused) as caught:
            take(connection, kind, "x\n", who)
        assert caught.value.reason is why


AREAS = "Mã;Tên;Loại;Thuộc;Tên khác;Từ ngày;Đến ngày;Nhập vào\n"


def test_places_keep_their_former_names_and_what_became_of_them(either: Connection) -> None:
    rows = (
        "900;Thị trấn Cũ;thị trấn;75;;01/01/2000;01/07/2025;\n"
        "900;Phường Mới;Phường;75;Xã Giữa ;30/04/2026;;\n"
        "900;Xã Giữa;xã;75;;01/07/2025;30/04/2026;\n"
        "901;Xã Nhỏ;xã;75;;;01/07/2025;900\n"
        "901;Xã Nhỏ;xã;75;;;01/07/2025;900\n"
    )
    report = take(either, Kind.AREAS, AREAS + rows)
    assert left(report) == ["Dòng 6: giống hệt dòng 5."]
    assert (counts(report, "areas"), counts(report, "names")) == ((2, 0, 0, 1), (2, 0, 0, 0))
    days = ("2020-01-01", "2026-01-01", "2026-11-24")
    assert [areas.called(either, "900", day) for day in days] == [
        "Thị trấn Cũ",
        "Xã Giữa",
        "Phường Mới",
    ]
    assert areas.successors(either) == {"901": "900"}
    again = take(either, Kind.AREAS, AREAS + rows)
    assert (counts(again, "areas"), counts(again, "names")) == ((0, 0, 2, 1), (0, 0, 2, 0))
    other = "900;Phường Mới;phường;75;;30/04/2026;;\n900;Tên Khác;xã;75;;01/07/2025;30/04/2026;\n"
    changed = take(either, Kind.AREAS, AREAS + other)
    assert counts(changed, "areas") == (0, 1, 0, 0)
    assert left(changed)[0].startswith("Dòng 3: từ ngày đó đã ghi tên “Xã Giữa”")
    into = take(either, Kind.HOUSEHOLDS, HOMES + "H040;Xã Nhỏ;Hẻm 1;;;;;;;\n")
    assert faults(into) == [
        "Dòng 2, cột Địa bàn: “Xã Nhỏ” đã hết hiệu lực từ 2025-07-01, nay là Phường Mới (mã 900). "
        "Ghi địa bàn hiện nay."
    ]


def test_places_that_cannot_be_are_refused(connection: Connection) -> None:
    rows = (
        "910;A;xã;911;;;;\n911;B;xã;910;;;;\n912;C;xã;none;;;;910\n"
        "913;D;xã;75;;02/01/2026;01/01/2026;913\n914;E;ấp;75;;;;\n914;F;ấp;75;;;;\n"
    )
    said = faults(take(connection, Kind.AREAS, AREAS + rows))
    assert [one.split(": ")[0] for one in said] == [
        "Dòng 2, cột Mã cấp trên",
        "Dòng 3, cột Mã cấp trên",
        "Dòng 4, cột Mã cấp trên",
        "Dòng 4, cột Nhập vào mã",
        "Dòng 5, cột Hết hiệu lực",
        "Dòng 5, cột Nhập vào mã",
        "Dòng 7, cột Mã",
    ]


def test_an_operator_of_one_commune_changes_places_below_it_only(connection: Connection) -> None:
    here = Actor(5, "test", (Grant(Role.OPERATOR, COMMUNE),))
    assert take(connection, Kind.AREAS, AREAS + f"x1;Ấp 1;ấp;{COMMUNE};;;;\n", here).saved
    for row in (f"x2;Ấp 2;ấp;{OTHER};;;;", f"{OTHER};Xã An Phước;xã;{COMMUNE};;;;", "x3;X;xã;;;;;"):
        (said,) = faults(take(connection, Kind.AREAS, AREAS + row, here))
        assert "ngoài địa bàn được giao" in said
    ended = take(connection, Kind.AREAS, AREAS + f"x1;Ấp 1;ấp;{COMMUNE};;;1/1/2026;\n", here)
    assert ended.saved
    gone = take(connection, Kind.TEAMS, f"Mã;Tên;Địa bàn\nt;T;x1\n{NEAR};T;{NEAR}\n", here)
    assert faults(gone) == ["Dòng 2, cột Địa bàn: “x1” đã hết hiệu lực từ 2026-01-01."]


TEAMS = "Mã tổ;Tên tổ;Địa bàn;Phục vụ\n"


def test_teams_are_taken_over_with_the_places_they_serve(either: Connection) -> None:
    rows = f"t1;Tổ Một;{NEAR};\nt2;Tổ Hai;Phường Long Thành;{NEAR}; Khu phố Phước Hải\n"
    rows = rows.replace(f";{NEAR}; Khu", f';"{NEAR}; Khu').replace("Hải\n", 'Hải"\n')
    report = take(either, Kind.TEAMS, TEAMS + rows)
    assert counts(report, "teams") == (2, 0, 0, 0)
    known = teams.known(either)
    assert known["t1"].serves == {NEAR}
    assert known["t2"] == teams.Known("t2", COMMUNE, "Tổ Hai", frozenset({NEAR, FAR}))
    later = f"t1;Tổ Một;{NEAR};{FAR}\nt1;Tổ Một;{NEAR};{FAR}\nnear;Tổ Cầu Xéo;{COMMUNE};{NEAR}\n"
    report = take(either, Kind.TEAMS, TEAMS + later)
    assert counts(report, "teams") == (0, 1, 1, 1)
    assert left(report) == ["Dòng 3: giống hệt dòng 2."]
    twice = take(either, Kind.TEAMS, TEAMS + f"t3;A;{NEAR};\nt3;B;{NEAR};\n")
    assert faults(twice) == ["Dòng 3, cột Mã tổ: trùng mã với dòng 2 nhưng nội dung khác."]
    here = Actor(5, "test", (Grant(Role.OPERATOR, OTHER),))
    mine = take(either, Kind.TEAMS, TEAMS + f"near;A;{OTHER};\n", here)
    assert faults(mine) == [
        "Dòng 2, cột Mã tổ: không được nhập cho “near”: ngoài địa bàn được giao."
    ]


MEMBERS = "Tổ;Xưng hô;Tên;Vai trò;SĐT;Hộ\n"


def test_members_are_known_people_or_new_ones(either: Connection) -> None:
    rows = (
        "near;Chị;Hoa;tổ trưởng;;H003\n"
        "near;Anh;Tư;;;H001\n"
        "Tổ Cầu Xéo;Cô;Ba;tổ viên;0912345678;\n"
        "far;Cô;Ba;tổ trưởng;+84912345678;\n"
        "far;Cô;Bốn;;;H004\n"
        "far;Cô;Bốn;;;H004\n"
    )
    report = take(either, Kind.MEMBERS, MEMBERS + rows)
    assert left(report) == ["Dòng 7: giống hệt dòng 6."]
    assert (counts(report, "members"), counts(report, "persons")) == ((4, 0, 1, 1), (2, 0, 0, 0))
    serving = {(one.team, one.name): one for one in teams.members(either, ["near", "far"])}
    assert serving["near", "Cô Ba"].person == serving["far", "Cô Ba"].person
    assert serving["near", "Anh Tư"].person == find(either, "Anh Tư")
    assert serving["far", "Cô Ba"].role == "lead"
    (ba,) = [one for _, one in persons.by_phones(either, [VAULT.mark("phone", "+84912345678")])]
    assert (ba.household, VAULT.open(ba.phone)) == ("", "+84912345678")
    again = take(either, Kind.MEMBERS, MEMBERS + rows)
    assert counts(again, "members") == (0, 0, 5, 1)
    assert "persons" not in again.counts
    change = take(either, Kind.MEMBERS, MEMBERS + "near;Chị;Hoa;tổ viên;;\n")
    assert counts(change, "members") == (0, 1, 0, 0)


def test_a_lead_adds_members_to_their_own_team_but_no_leads(connection: Connection) -> None:
    hoa = lead(connection)
    report = take(connection, Kind.MEMBERS, MEMBERS + "Tổ Cầu Xéo;Ông;Bảy;;;H002\n", hoa)
    assert counts(report, "members") == (1, 0, 0, 0)
    rows = (
        "near;Anh;Tư;tổ trưởng;;\nfar;Anh;Tư;;;\nnope;Anh;Tư;;;\n"
        "near;Cô;Đào;;;H004\nnear;Bà;Chín;;;\nnear;Bà;Chín;;;H001\n"
    )
    assert faults(take(connection, Kind.MEMBERS, MEMBERS + rows, hoa)) == [
        "Dòng 2, cột Vai trò: chỉ người quản trị được cử tổ trưởng.",
        "Dòng 3, cột Tổ: không được nhập cho “far”: ngoài địa bàn được giao.",
        "Dòng 4, cột Tổ: không có tổ “nope”. Nhập tổ trước.",
        "Dòng 5, cột Mã hộ: không có hộ “H004” trong địa bàn được giao.",
        "Dòng 7, cột Tên gọi: trùng tên với dòng 6. Gọi khác đi, ví dụ thêm chữ lót.",
    ]


GROUPS = "Mã nhóm;Tên nhóm;Kênh;Địa bàn\n"


def test_groups_are_taken_over_and_keep_their_claim(either: Connection) -> None:
    rows = f"g1;Xóm 1;Telegram;{NEAR}\ng2;Xóm 2;chuyển tiếp;Khu phố Phước Hải\n"
    assert counts(take(either, Kind.GROUPS, GROUPS + rows), "groups") == (2, 0, 0, 0)
    assert groups.claim(either, "g1", "telegram:1:-1", 7, NOW)
    later = f"g1;Xóm Một;Telegram;{NEAR}\ng2;Xóm 2;chuyển tiếp;{FAR}\ng2;Xóm 2;chuyển tiếp;{FAR}\n"
    report = take(either, Kind.GROUPS, GROUPS + later)
    assert (counts(report, "groups"), left(report)) == ((0, 1, 1, 1), ["Dòng 4: giống hệt dòng 3."])
    found = groups.get(either, "g1")
    assert found
    assert (found.name, found.address) == ("Xóm Một", "telegram:1:-1")
    other = take(either, Kind.GROUPS, GROUPS + f"g1;Xóm Một;Zalo Bot;{NEAR}\n")
    assert "đã nối với kênh khác" in left(other)[0]
    twice = take(either, Kind.GROUPS, GROUPS + f"g3;A;Telegram;{NEAR}\ng3;B;Telegram;{NEAR}\n")
    assert "trùng mã với dòng 2" in faults(twice)[0]
    here = Actor(5, "test", (Grant(Role.OPERATOR, OTHER),))
    mine = take(either, Kind.GROUPS, GROUPS + f"g1;A;Telegram;{OTHER}\n", here)
    assert "ngoài địa bàn được giao" in faults(mine)[0]


def test_a_name_that_two_places_have_needs_a_code(connection: Connection) -> None:
    rows = f"y1;Ấp 1;ấp;{COMMUNE};;;;\ny2;Ấp 1;ấp;{OTHER};;;;\n"
    take(connection, Kind.AREAS, AREAS + rows)
    both = take(connection, Kind.TEAMS, TEAMS + "t1;T;Ấp 1;\n")
    assert faults(both) == ["Dòng 2, cột Địa bàn: có nhiều địa bàn tên “Ấp 1” (y1, y2). Ghi mã."]
    here = Actor(5, "test", (Grant(Role.OPERATOR, OTHER),))
    assert take(connection, Kind.TEAMS, TEAMS + "t1;T;ấp 1;\n", here).saved
    assert teams.areas_of(connection)["t1"] == "y2"
    two = "t8;Tổ A;y1;\nt9;Tổ A;y2;\n"
    take(connection, Kind.TEAMS, TEAMS + two)
    (said,) = faults(take(connection, Kind.MEMBERS, MEMBERS + "Tổ A;Anh;Tư;;;\n"))
    assert said == "Dòng 2, cột Tổ: có nhiều tổ tên “Tổ A” (t8, t9). Ghi mã tổ."


def test_every_import_is_audited_without_words_of_people(connection: Connection) -> None:
    take(connection, Kind.HOUSEHOLDS, NEW_HOMES)
    (entry,) = audit.latest(connection, "import:households")
    assert entry["detail"] == '{"counts":{"households":{"new":2},"persons":{"new":2}}}'


@pytest.mark.parametrize("kind", list(Kind))
def test_every_template_can_be_taken_over(
    connection: Connection, kind: Kind, tmp_path: Path
) -> None:
    """Its own examples; the places they name are in the village by these codes."""
    place = {"parent": CITY, "kind": "khu-pho", "name": "Khu phố Cầu Xéo Mới", "aliases": ""}
    dates = {"valid_from": "", "valid_to": "", "successor": ""}
    areas.put(connection, [{"code": "26368-cau-xeo", **place, **dates}])
    teams.put(connection, [{"code": "to-cau-xeo", "area": COMMUNE, "name": "Tổ"}], {})
    if kind is Kind.MEMBERS:
        connection.execute(text("UPDATE household SET area = '26368-cau-xeo' WHERE code = 'H004'"))
    if kind is Kind.HOUSEHOLDS:
        connection.execute(text("UPDATE household SET area = '26368-cau-xeo'"))
    path = tmp_path / "a.xlsx"
    import_forms().save_template(kind, path)
    reading = import_forms().read(kind, COLUMNS[kind], path.read_bytes())
    report = imports.run(connection, terminal(), NOW, VAULT, kind, reading)
    assert (report.saved, report.left, report.unread) == (True, [], []), report


def test_the_number_of_statements_does_not_grow_with_rows(database: Database) -> None:
    database.write_now(plant)

    def work(first: int, number: int) -> int:
        rows = "".join(
            f"K{n};{NEAR};Hẻm {n};Bà;Sáu;x;;1950;có;09{n:08}\nK{n};;;Ông;Bảy;;;;;\n".replace(
                f"K{n};;", f"K{n};{NEAR};"
            )
            for n in range(first, first + number)
        )
        with statements(database.engine) as counted:
            new = database.write_now(lambda one: take(one, Kind.HOUSEHOLDS, HOMES + rows))
            rows = rows.replace("Bà;Sáu;x;;1950;có", "Bà;Sáu;;;1930;không")
            rows = rows.replace("Ông;Bảy;;", "Ông;Bảy;x;").replace("Hẻm", "Đường")
            changed = database.write_now(lambda one: take(one, Kind.HOUSEHOLDS, HOMES + rows))
        assert counts(new, "persons") == (2 * number, 0, 0, 0)
        assert counts(changed, "persons") == (0, 2 * number, 0, 0)
        return counted.number

    assert work(0, 2) == work(1000, 300)


def test_the_list_of_long_thanh_leads_from_every_former_unit_to_todays(
    connection: Connection,
) -> None:
    reading = import_forms().read(
        Kind.AREAS, COLUMNS[Kind.AREAS], (SHIPPED / "long-thanh.csv").read_bytes()
    )
    for first in (True, False):
        report = imports.run(connection, terminal(), NOW, VAULT, Kind.AREAS, reading)
        assert report.saved
        assert bool(counts(report, "areas")[0]) is first
    known = areas.known(connection)
    after = areas.successors(connection)
    former = {row.area for row in connection.execute(text("SELECT area FROM area_name"))}
    units = {code for code in former | set(after) if len(code) == 5}
    assert len(units) == 14
    today = {after.get(code, code) for code in units}
    assert {known[code].name for code in today} == {
        "Phường Long Thành",
        "Xã An Phước",
        "Xã Bình An",
        "Xã Long Phước",
        "Xã Phước Thái",
        "Xã Xuân Đường",
    }
    assert not any(known[code].valid_to for code in today)
    days = ("2025-06-30", "2026-01-01", "2026-11-24")
    assert [areas.called(connection, "26368", day) for day in days] == [
        "Thị trấn Long Thành",
        "Xã Long Thành",
        "Phường Long Thành",
    ]
