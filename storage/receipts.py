"""Receipts by the platform's own message ids, in whichever order things come.

Table message_reference.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from storage import outbox
from storage.database import DAY
from storage.rows import insert_new, table
from storage.tables import MessageReference

_reference = table(MessageReference)
_columns = _reference.c
_KEPT = 60 * DAY
_RANK = ("", "delivered", "seen")
Account = tuple[str, str]


def _own(account: Account) -> list[Any]:
    return [_columns.channel == account[0], _columns.account == account[1]]


def _known(
    connection: Connection, account: Account, references: Collection[str], now: int
) -> Mapping[str, tuple[int | None, str]]:
    """Rows of these references, made where missing and locked."""
    own = {"channel": account[0], "account": account[1], "delivery": None, "state": "", "at": now}
    rows = [{**own, "reference": one} for one in sorted(references)]
    insert_new(connection, MessageReference, rows)
    found = connection.execute(
        select(_columns.reference, _columns.delivery, _columns.state)
        .where(*_own(account), _columns.reference.in_(references))
        .with_for_update()
    )
    return {reference: (delivery, state) for reference, delivery, state in found}


def remember(
    connection: Connection, account: Account, sent: Mapping[str, int], now: int
) -> dict[str, list[int]]:
    """Messages that were just accepted, reference -> delivery. Says which of them have a
    receipt already, by state; the caller holds their chats."""
    known = _known(connection, account, sent, now) if sent else {}
    if sent:
        connection.execute(
            update(_reference)
            .where(*_own(account), _columns.reference == bindparam("b_reference"))
            .values(delivery=bindparam("b_delivery")),
            [{"b_reference": one, "b_delivery": delivery} for one, delivery in sent.items()],
        )
    early = {state: [sent[one] for one in known if known[one][1] == state] for state in _RANK[1:]}
    return {state: ids for state, ids in early.items() if ids}


def receive(
    connection: Connection, account: Account, references: Collection[str], state: str, now: int
) -> None:
    """A receipt, once or again, early or late."""
    if not references:
        return
    known = _known(connection, account, references, now)
    outbox.receive(connection, [one for one, _ in known.values() if one is not None], state)
    newer = [one for one, (_, before) in known.items() if _RANK.index(before) < _RANK.index(state)]
    connection.execute(
        update(_reference).where(*_own(account), _columns.reference.in_(newer)).values(state=state)
    )


def tidy(connection: Connection, now: int) -> None:
    connection.execute(_reference.delete().where(_columns.at < now - _KEPT))
