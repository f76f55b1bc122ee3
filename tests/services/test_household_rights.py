"""The matrix of households and persons: each operation, by somebody of another hamlet, by
residents and by those who may. A refusal changes nothing.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select
from village import FAR, NEAR, NOW, actor_of, find

from bot.core.rights import Actor, Operation, Refusal
from bot.services import households, persons
from bot.services.access import Refused
from bot.services.persons import Details
from bot.vault import Vault
from storage.rows import table
from storage.tables import AuditEntry, Household, HouseholdEvent, Person

VAULT = Vault("key")
Work = Callable[[Connection, Actor], object]
WORKS: dict[str, tuple[Operation, Work]] = {
    "see": (Operation.SEE_HOUSEHOLDS, lambda one, who: households.see(one, who, "H001")),
    "history": (Operation.SEE_HOUSEHOLDS, lambda one, who: households.history(one, who, "H001")),
    "add": (Operation.ADD_HOUSEHOLD, lambda one, who: households.add(one, who, NOW, NEAR, "x")),
    "relabel": (
        Operation.CHANGE_HOUSEHOLD,
        lambda one, who: households.relabel(one, who, NOW, "H001", "x"),
    ),
    "mute": (
        Operation.CHANGE_HOUSEHOLD,
        lambda one, who: households.mute(one, who, NOW, "H001", "refused", NOW + 1),
    ),
    "unmute": (
        Operation.CHANGE_HOUSEHOLD,
        lambda one, who: households.unmute(one, who, NOW, "H001"),
    ),
    "head": (
        Operation.CHANGE_HOUSEHOLD,
        lambda one, who: households.set_head(one, who, NOW, "H001", find(one, "Anh Tư")),
    ),
    "move": (
        Operation.MOVE_HOUSEHOLD,
        lambda one, who: households.move(one, who, NOW, "H001", FAR),
    ),
    "merge": (
        Operation.MERGE_HOUSEHOLDS,
        lambda one, who: households.merge(one, who, NOW, "H002", "H001"),
    ),
    "split": (
        Operation.MERGE_HOUSEHOLDS,
        lambda one, who: households.split(one, who, NOW, "H001", [find(one, "Anh Tư")], "x"),
    ),
    "person": (
        Operation.ADD_PERSON,
        lambda one, who: persons.add(one, who, NOW, VAULT, "H001", Details(call_name="Út")),
    ),
    "change": (
        Operation.CHANGE_PERSON,
        lambda one, who: persons.change(
            one, who, NOW, VAULT, find(one, "Anh Tư"), age_band="60-79"
        ),
    ),
    "rename": (
        Operation.CHANGE_PERSON,
        lambda one, who: persons.rename(one, who, NOW, find(one, "Anh Tư"), call_name="Tứ"),
    ),
}
_LEADS_ONLY = {"merge", "split"}
_LOOKS = {"see", "history"}


def _all(connection: Connection) -> list[object]:
    """What is kept, and how much of it was written down."""
    kept = [connection.execute(select(table(one))).all() for one in (Household, Person)]
    told = [
        connection.execute(select(func.count()).select_from(table(one))).scalar_one()
        for one in (HouseholdEvent, AuditEntry)
    ]
    return [*kept, *told]


@pytest.mark.parametrize("name", ["Cô Đào", "Bà Năm", "Ông Bảy", "Anh Dũng"])
@pytest.mark.parametrize("work", list(WORKS))
def test_the_matrix(connection: Connection, work: str, name: str) -> None:
    actor, before = actor_of(connection, name), _all(connection)
    reason: Refusal | None = Refusal.STRANGER
    if name == "Cô Đào":
        reason = Refusal.ROLE if work in _LEADS_ONLY else Refusal.AREA
    if name == "Anh Dũng":
        reason = Refusal.ROLE if work in _LEADS_ONLY else None
    if reason is None:
        WORKS[work][1](connection, actor)
        return
    with pytest.raises(Refused) as refused:
        WORKS[work][1](connection, actor)
    assert refused.value.reason is reason
    assert _all(connection) == before


@pytest.mark.parametrize("work", list(WORKS))
def test_the_lead_may_and_it_is_written_down(connection: Connection, work: str) -> None:
    before = _all(connection)
    WORKS[work][1](connection, actor_of(connection, "Chị Hoa"))
    after = _all(connection)
    assert (after == before) is (work in _LOOKS)
    assert (after[-1] == before[-1]) is (work in _LOOKS)


def test_every_operation_on_households_and_persons_is_here() -> None:
    """Phones, codes and own data have tests of their own."""
    kinds = ("household", "households", "person")
    used = {one for one in Operation if one.value.split("-")[-1] in kinds}
    elsewhere = {Operation.IMPORT_HOUSEHOLDS, Operation.ERASE_PERSON}
    assert used - elsewhere == {operation for operation, _ in WORKS.values()}
