"""The matrix of rights: every operation, every role, one's own place and another's."""

from collections.abc import Iterator

import pytest

from bot.core.rights import (
    EVERYWHERE,
    RULES,
    Actor,
    Grant,
    Operation,
    Refusal,
    Role,
    refusal,
    terminal,
)

_HAMLET = ("person:7", "hamlet", "commune", "city", EVERYWHERE)
_PLACES = {
    "hamlet": True,
    "commune": True,
    EVERYWHERE: True,
    "next-hamlet": False,
    "next-commune": False,
}


def _matrix() -> Iterator[tuple[Operation, Role, str, bool]]:
    for operation in Operation:
        for role in Role:
            for scope, inside in _PLACES.items():
                yield operation, role, scope, inside


def test_every_operation_has_a_rule() -> None:
    assert set(RULES) == set(Operation)
    assert all(roles for roles in RULES.values())


@pytest.mark.parametrize(("operation", "role", "scope", "inside"), list(_matrix()))
def test_a_role_holds_in_its_own_subtree_only(
    operation: Operation, role: Role, scope: str, inside: bool
) -> None:
    answer = refusal(Actor(7, "test", (Grant(role, scope),)), operation, _HAMLET)
    assert (answer is None) == (inside and role in RULES[operation])


@pytest.mark.parametrize("operation", list(Operation))
def test_a_refusal_says_why(operation: Operation) -> None:
    stranger = Actor(7, "test", (Grant(Role.RESIDENT, "person:8"),))
    assert refusal(stranger, operation, _HAMLET) is Refusal.STRANGER
    assert refusal(Actor(7, "test"), operation, _HAMLET) is Refusal.STRANGER
    for role in set(Role) - {Role.RESIDENT}:
        official = Actor(7, "test", (Grant(role, "next-hamlet"),))
        expected = Refusal.AREA if role in RULES[operation] else Refusal.ROLE
        assert refusal(official, operation, _HAMLET) is expected
    assert refusal(terminal(), operation, _HAMLET) is None


def test_residents_have_rights_over_themselves_only() -> None:
    own = Actor(7, "test", (Grant(Role.RESIDENT, "person:7"),))
    allowed = {one for one in Operation if refusal(own, one, _HAMLET) is None}
    assert allowed == {one for one in Operation if Role.RESIDENT in RULES[one]}


def test_scopes_are_where_something_may_be_done() -> None:
    actor = Actor(7, "test", (Grant(Role.MEMBER, "a"), Grant(Role.AUTHOR, "b")))
    assert actor.scopes(Operation.SEE_HOUSEHOLDS) == ("a",)
    assert actor.holds(Role.AUTHOR)
    assert not actor.holds(Role.LEAD)
