"""Places, teams, households and persons in the database."""

from collections.abc import Iterator

import pytest
from counting import statements
from sqlalchemy import Connection, text
from village import CITY, COMMUNE, FAR, NEAR, NOW, OTHER, find, place, plant

from bot.core.rights import EVERYWHERE, Actor, Grant, Role
from storage import areas, audit, households, persons, teams
from storage.database import Database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    database.write_now(plant)
    with database.engine.begin() as made:
        yield made


def test_a_line_leads_outwards(connection: Connection) -> None:
    assert areas.line(connection, NEAR) == (NEAR, COMMUNE, CITY, EVERYWHERE)
    assert areas.line(connection, EVERYWHERE) == (EVERYWHERE,)
    assert areas.line(connection, "nowhere") == ()
    areas.put(connection, [place("a", "b", "A"), place("b", "a", "B")])
    assert areas.line(connection, "a") == ("a", "b", EVERYWHERE)


def test_places_are_found_by_any_name_with_or_without_accents(connection: Connection) -> None:
    town = place(COMMUNE, CITY, "Phường Long Thành", "phuong")
    areas.put(connection, [{**town, "aliases": "Thị trấn Long Thành; Xã Long Thành"}])
    for typed in ("thi tran long thanh", "Long Thành", "26368", "LONG THANH"):
        assert areas.find(connection, typed)[0].code == COMMUNE
    assert areas.find(connection, "cau xeo")[0].code == NEAR
    assert areas.find(connection, "không có") == []


def test_former_names_hold_for_their_dates(connection: Connection) -> None:
    former = [
        (COMMUNE, "2025-07-01", "2026-04-30", "xa", "Xã Long Thành"),
        (COMMUNE, "", "2025-07-01", "thi-tran", "Thị trấn Long Thành"),
    ]
    keys = ("area", "valid_from", "valid_to", "kind", "name")
    rows = [dict(zip(keys, one, strict=True)) for one in former]
    areas.put_names(connection, rows)
    areas.put_names(connection, rows)
    on = {day: areas.called(connection, COMMUNE, day) for day in ("2025-06-30", "2025-07-01")}
    assert on == {"2025-06-30": "Thị trấn Long Thành", "2025-07-01": "Xã Long Thành"}
    assert areas.called(connection, COMMUNE, "2026-04-30") == "Phường Long Thành"
    assert areas.places(connection, [COMMUNE])[COMMUNE].kind == "phuong"
    assert len(areas.places(connection)) == 5


def test_actors_hold_what_their_teams_and_offices_give(connection: Connection) -> None:
    hoa, dao = find(connection, "Chị Hoa"), find(connection, "Cô Đào")
    office = {"person": hoa, "role": "author", "area": COMMUNE, "granted_by": 0}
    teams.grant(connection, [office, office], NOW)
    held = teams.actors(connection, [hoa, dao], "test")
    assert set(held[hoa].grants) == {
        Grant(Role.RESIDENT, f"person:{hoa}"),
        Grant(Role.LEAD, NEAR),
        Grant(Role.AUTHOR, COMMUNE),
    }
    assert held[dao].grants[1:] == (Grant(Role.MEMBER, FAR),)
    teams.end_grant(connection, hoa, "author", COMMUNE, NOW)
    teams.remove_member(connection, "near", hoa)
    assert len(teams.actors(connection, [hoa], "test")[hoa].grants) == 1


def test_members_keep_their_duty_when_added_again(connection: Connection) -> None:
    dung = find(connection, "Anh Dũng")
    teams.set_duty(connection, dung, on_duty=False, quiet_until=5)
    teams.add_members(connection, [{"team": "near", "person": dung, "role": "lead"}], NOW)
    found = {one.name: one for one in teams.serving(connection, areas.line(connection, NEAR))}
    assert set(found) == {"Chị Hoa", "Anh Dũng"}
    assert (found["Anh Dũng"].role, found["Anh Dũng"].on_duty) == ("lead", False)
    assert found["Anh Dũng"].quiet_until == 5
    assert teams.areas_of(connection) == {"near": COMMUNE, "far": COMMUNE}
    assert teams.areas_of(connection, ["near"]) == {"near": COMMUNE}
    assert teams.only_name(connection) == ""


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("bà năm", ["H001"]),
        ("ba nam hem", ["H001"]),
        ("H00", ["H001", "H002", "H003"]),
        ("hem 2", ["H002"]),
        ("dao", []),
        ("", ["H001", "H002", "H003"]),
    ],
)
def test_households_are_found_within_ones_own_places(
    connection: Connection, typed: str, codes: list[str]
) -> None:
    found = households.search(connection, [NEAR], typed, 10)
    assert [one.code for one in found] == codes


def test_search_sees_wider_scopes_in_pages(connection: Connection) -> None:
    for scopes in ([EVERYWHERE], [CITY], [NEAR, FAR]):
        assert len(households.search(connection, scopes, "", 10)) == 4
    assert households.search(connection, [OTHER], "", 10) == []
    second = households.search(connection, [CITY], "", 2, after="H002")
    assert [one.code for one in second] == ["H003", "H004"]


def test_a_change_of_address_or_people_is_found(connection: Connection) -> None:
    households.change(connection, "H002", NOW, label="Cạnh đình")
    persons.change(connection, find(connection, "Ông Bảy"), NOW, call_name="Bảy Đờn", phone="x")
    households.refresh(connection, ["H002"])
    assert [one.code for one in households.search(connection, [NEAR], "dinh bay don", 5)]
    households.change(connection, "H002", NOW, state=households.MERGED, merged_into="H001")
    assert households.search(connection, [NEAR], "dinh", 5) == []
    assert households.get(connection, ["H002"])["H002"].merged_into == "H001"


def test_a_household_has_one_head(connection: Connection) -> None:
    persons.set_head(connection, "H001", find(connection, "Anh Tư"))
    people = persons.of_households(connection, ["H001"])["H001"]
    assert [(one.name, one.is_head) for one in people] == [("Anh Tư", True), ("Bà Năm", False)]


def test_history_is_kept_in_order(connection: Connection) -> None:
    keys = ("household", "kind", "other", "person", "actor", "at")
    rows = [("H001", "refused", "", 0, 1, 5), ("H001", "moved", FAR, 0, 1, 6)]
    households.happened(connection, [dict(zip(keys, row, strict=True)) for row in rows])
    assert [one.kind for one in households.history(connection, "H001")] == ["refused", "moved"]


def test_new_codes_are_free(connection: Connection) -> None:
    assert households.next_code(connection) == "H005"
    rows = [{"code": f"H{n:03}", "area": FAR, "label": ""} for n in range(60, 170)]
    households.add(connection, rows, NOW)
    assert households.next_code(connection) == "H170"


def test_people_are_told_apart_and_added_once(connection: Connection) -> None:
    again = {"household": "H001", "honorific": "bà", "call_name": "NĂM"}
    persons.add(connection, [again], NOW)
    assert len(persons.of_households(connection, ["H001"])["H001"]) == 2
    made = persons.add_one(connection, {"call_name": "Lan", "phone": "p", "phone_mark": "m"}, NOW)
    assert [one.name for one in persons.by_phone(connection, "m")] == ["Lan"]
    assert persons.by_phone(connection, "") == []
    assert persons.get(connection, [made])[made].household == ""
    persons.erase(connection, made)
    assert persons.get(connection, [made]) == {}


def test_the_number_of_statements_does_not_grow_with_rows(database: Database) -> None:
    database.write_now(plant)

    def look(connection: Connection) -> None:
        codes = [one.code for one in households.search(connection, [CITY], "", 500)]
        persons.of_households(connection, codes)

    def add(connection: Connection, first: int, number: int) -> None:
        codes = [f"G{n:04}" for n in range(first, first + number)]
        rows = [{"code": code, "area": NEAR, "label": "Hẻm"} for code in codes]
        households.add(connection, rows, NOW)
        persons.add(connection, [{"household": one, "call_name": "An"} for one in codes], NOW)
        households.refresh(connection, codes)

    with statements(database.engine) as few:
        database.write_now(look)
        database.write_now(lambda one: add(one, 0, 2))
    with statements(database.engine) as many:
        database.write_now(look)
        database.write_now(lambda one: add(one, 100, 300))
    assert many.number == few.number


def test_a_changed_or_missing_entry_of_the_audit_shows(database: Database) -> None:
    actor = Actor(3, "test")
    for number in range(4):
        database.write_now(
            lambda one, n=number: audit.record(one, actor, "see", "household:H001", n, field=n)
        )
    assert database.read_now(audit.verify) == (4, None)
    assert [row["at"] for row in database.read_now(lambda one: audit.latest(one, "household:H001"))]
    database.write_now(lambda one: one.execute(text("UPDATE audit_entry SET at = 9 WHERE id = 3")))
    assert database.read_now(audit.verify) == (2, 3)
    database.write_now(lambda one: one.execute(text("DELETE FROM audit_entry WHERE id = 3")))
    assert database.read_now(audit.verify) == (2, 4)
