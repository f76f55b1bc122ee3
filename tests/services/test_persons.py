"""Persons and officials by the services: rights asked, phones sealed, all audited."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, NOW, actor_of, find

from bot.core.rights import Operation, Refusal, Role, terminal
from bot.services import households as homes
from bot.services import persons as service
from bot.services import roles
from bot.services.access import Problem, Refused
from bot.services.persons import Details
from bot.vault import Vault, vault_of
from storage import audit, households, persons, teams

VAULT = Vault("a long random word")
LAN = Details("Cô", "Lan", "18-59", "shared", "0912 345 678")


def refused(work: Callable[[], object]) -> Refusal | Problem:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason


def test_a_person_is_added_with_the_phone_sealed(connection: Connection) -> None:
    dung = actor_of(connection, "Anh Dũng")
    number = service.add(connection, dung, NOW, VAULT, "H001", LAN)
    (kept,) = persons.get(connection, [number]).values()
    assert (kept.name, kept.age_band, kept.smartphone) == ("Cô Lan", "18-59", "shared")
    assert "912345678" not in kept.phone
    assert service.phone(connection, dung, NOW, VAULT, number) == "+84912345678"
    (found,) = service.by_phone(connection, dung, VAULT, "+84912345678")
    assert found.id == number
    assert service.by_phone(connection, actor_of(connection, "Cô Đào"), VAULT, "0912345678") == []
    assert homes.search(connection, dung, "co lan")[0].home.code == "H001"
    assert [one.kind for one in households.history(connection, "H001")] == ["person-added"]
    trail = audit.latest(connection, f"person:{number}")
    assert [one["operation"] for one in trail] == [Operation.SEE_PHONE, Operation.ADD_PERSON]
    assert not [one for one in trail if "912" in one["detail"] or "Lan" in one["detail"]]


def test_a_new_key_still_finds_and_opens_what_the_old_one_sealed(connection: Connection) -> None:
    dung = actor_of(connection, "Anh Dũng")
    number = service.add(connection, dung, NOW, VAULT, "H001", LAN)
    newer = Vault("another word, a long random word")
    assert [one.id for one in service.by_phone(connection, dung, newer, "0912345678")] == [number]
    assert service.phone(connection, dung, NOW, newer, number) == "+84912345678"


def test_a_person_is_corrected_field_by_field(connection: Connection) -> None:
    dung, nam = actor_of(connection, "Anh Dũng"), find(connection, "Bà Năm")
    service.change(connection, dung, NOW, VAULT, nam, phone="0912345678", smartphone="shared")
    service.change(connection, dung, NOW, VAULT, nam, call_name="Năm Sa Đéc")
    found = persons.get(connection, [nam])[nam]
    assert (found.name, found.age_band, found.smartphone) == ("Bà Năm Sa Đéc", "80+", "shared")
    assert homes.search(connection, dung, "sa dec")
    service.change(connection, dung, NOW, VAULT, nam, phone="")
    assert service.phone(connection, dung, NOW, VAULT, nam) == ""
    with pytest.raises(Refused):
        service.change(connection, dung, NOW, VAULT, nam, honorific="Anh", call_name="Tư")
    own = actor_of(connection, "Bà Năm Sa Đéc")
    service.change(connection, own, NOW, VAULT, nam, age_band="60-79")


def test_what_cannot_be_is_refused_and_changes_nothing(connection: Connection) -> None:
    dung = actor_of(connection, "Anh Dũng")
    tries = [
        (Details("Anh", "tư"), Problem.NAME_TAKEN),
        (Details("Anh", " "), Problem.BAD_VALUE),
        (Details("Anh", "Ba", age_band="42"), Problem.BAD_VALUE),
        (Details("Anh", "Ba", smartphone="maybe"), Problem.BAD_VALUE),
        (Details("Anh", "Ba", phone="12345"), Problem.BAD_PHONE),
    ]
    for details, problem in tries:
        adding = lambda one=details: service.add(connection, dung, NOW, VAULT, "H001", one)  # noqa: E731
        assert refused(adding) is problem
    assert refused(lambda: service.by_phone(connection, dung, VAULT, "x")) is Problem.BAD_PHONE
    assert len(persons.of_households(connection, ["H001"])["H001"]) == 2
    assert audit.verify(connection) == (0, None)


def test_a_member_of_another_hamlet_is_refused_everywhere(connection: Connection) -> None:
    far, nam = actor_of(connection, "Cô Đào"), find(connection, "Bà Năm")
    tries: list[Callable[[], object]] = [
        lambda: service.add(connection, far, NOW, VAULT, "H001", LAN),
        lambda: service.change(connection, far, NOW, VAULT, nam, age_band="80+"),
        lambda: service.phone(connection, far, NOW, VAULT, nam),
    ]
    assert {refused(one) for one in tries} == {Refusal.AREA}
    neighbour = actor_of(connection, "Ông Bảy")
    looking = lambda: service.phone(connection, neighbour, NOW, VAULT, nam)  # noqa: E731
    assert refused(looking) is Refusal.STRANGER


def test_offices_are_given_and_ended_within_ones_own_place(connection: Connection) -> None:
    mai = service.official(connection, terminal(), NOW, "Chị Mai", COMMUNE)
    for _ in range(2):
        roles.appoint(connection, terminal(), NOW, mai, Role.OPERATOR, COMMUNE)
    operator = teams.actors(connection, [mai], "test")[mai]
    bay = find(connection, "Ông Bảy")
    roles.appoint(connection, operator, NOW, bay, Role.AUTHOR, NEAR)
    held = [(one.name, one.role, one.area) for one in roles.listed(connection, operator)]
    assert held == [("Chị Mai", "operator", COMMUNE), ("Ông Bảy", "author", NEAR)]
    roles.end(connection, operator, NOW, bay, Role.AUTHOR, NEAR)
    assert len(roles.listed(connection, terminal())) == 1
    tries: list[tuple[Callable[[], object], Refusal | Problem]] = [
        (lambda: roles.end(connection, operator, NOW, bay, Role.AUTHOR, NEAR), Problem.SAME),
        (lambda: roles.appoint(connection, operator, NOW, bay, Role.AUTHOR, ""), Refusal.AREA),
        (
            lambda: roles.appoint(connection, operator, NOW, bay, Role.RESIDENT, FAR),
            Problem.BAD_VALUE,
        ),
        (lambda: roles.appoint(connection, operator, NOW, 999, Role.LEAD, FAR), Problem.NO_PERSON),
        (lambda: service.official(connection, operator, NOW, " ", COMMUNE), Problem.BAD_VALUE),
        (
            lambda: roles.listed(connection, actor_of(connection, "Chị Hoa")),
            Refusal.ROLE,
        ),
    ]
    assert [refused(work) for work, _ in tries] == [problem for _, problem in tries]


def test_without_a_setting_the_key_is_kept_beside_the_database(tmp_path: Path) -> None:
    sealed = vault_of("", tmp_path / "data").seal("x")
    assert vault_of("", tmp_path / "data").open(sealed) == "x"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o77 == 0
    assert vault_of("word", tmp_path).mark("a", "b") == Vault("new, word").mark("a", "b")
