"""A small place for tests: one commune with two hamlets, teams, households and people."""

from sqlalchemy import Connection

from bot.core.rights import Actor
from storage import areas, households, persons, teams

NOW = 1_800_000_000_000_000
CITY, COMMUNE, NEAR, FAR = "75", "26368", "26368-near", "26368-far"
OTHER = "26383"


def place(code: str, parent: str, name: str, kind: str = "khu-pho") -> dict[str, str]:
    dates = {"valid_from": "2026-04-30", "valid_to": "", "successor": ""}
    return {"code": code, "parent": parent, "kind": kind, "name": name, "aliases": ""} | dates


def plant(connection: Connection) -> None:
    """Households H001 to H003 near, H004 far; a lead and a member near, a member far."""
    areas.put(
        connection,
        [
            place(CITY, "", "Thành phố Đồng Nai", "thanh-pho"),
            place(COMMUNE, CITY, "Phường Long Thành", "phuong"),
            place(NEAR, COMMUNE, "Khu phố Cầu Xéo"),
            place(FAR, COMMUNE, "Khu phố Phước Hải"),
            place(OTHER, CITY, "Xã An Phước", "xa"),
        ],
    )
    teams.put(
        connection,
        [
            {"code": "near", "area": COMMUNE, "name": "Tổ Cầu Xéo"},
            {"code": "far", "area": COMMUNE, "name": "Tổ Phước Hải"},
        ],
        {"near": [NEAR], "far": [FAR]},
    )
    homes = [("H001", NEAR), ("H002", NEAR), ("H003", NEAR), ("H004", FAR)]
    households.add(
        connection,
        [{"code": code, "area": area, "label": f"Hẻm {code[-1]}"} for code, area in homes],
        NOW,
    )
    persons.add(
        connection,
        [
            _somebody("H001", "Bà", "Năm", is_head=True, age_band="80+", smartphone="no"),
            _somebody("H001", "Anh", "Tư", age_band="18-59", smartphone="yes"),
            _somebody("H002", "Ông", "Bảy", is_head=True, age_band="60-79"),
            _somebody("H003", "Chị", "Hoa", is_head=True),
            _somebody("H003", "Anh", "Dũng"),
            _somebody("H004", "Cô", "Đào", is_head=True),
        ],
        NOW,
    )
    households.refresh(connection, [code for code, _ in homes])
    teams.add_members(
        connection,
        [
            {"team": "near", "person": find(connection, "Chị Hoa"), "role": "lead"},
            {"team": "near", "person": find(connection, "Anh Dũng"), "role": "member"},
            {"team": "far", "person": find(connection, "Cô Đào"), "role": "member"},
        ],
        NOW,
    )


def _somebody(household: str, honorific: str, call_name: str, **more: object) -> dict[str, object]:
    return {"household": household, "honorific": honorific, "call_name": call_name, **more}


def find(connection: Connection, name: str) -> int:
    """The id of the only person so called."""
    everybody = persons.of_households(connection, ["H001", "H002", "H003", "H004"]).values()
    return next(one.id for group in everybody for one in group if one.name == name)


def actor_of(connection: Connection, name: str) -> Actor:
    """The only person so called, with their rights."""
    person = find(connection, name)
    return teams.actors(connection, [person], "test")[person]
