"""Officials' logins, members' one-time links, and the sessions of both.

Tables login, login_link, login_session. Tokens are kept as digests only.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, Connection, select, update

from storage.database import DAY, MINUTE
from storage.rows import insert, table, upsert
from storage.tables import Login, LoginLink, LoginSession, Person

_login = table(Login)
_columns = _login.c
_link = table(LoginLink)
_session = table(LoginSession)
_person = table(Person).c
MOST_FAILURES = 5
LOCKED = 15 * MINUTE
_SEEN_EVERY = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Kept:
    """An official's login as it stands. Times in microseconds."""

    person: int
    name: str
    password: str
    totp: str
    totp_step: int
    failures: int
    locked_until: int


@dataclass(frozen=True, slots=True)
class Session:
    person: int
    way: str
    began_at: int
    seen_at: int
    ends_at: int


def _one(connection: Connection, where: ColumnElement[bool], *, lock: bool = False) -> Kept | None:
    names = [_columns[one.name] for one in fields(Kept)]
    query = select(*names).where(where)
    found = connection.execute(query.with_for_update() if lock else query).first()
    return Kept(*found) if found else None


def any_login(connection: Connection) -> bool:
    return connection.execute(select(_columns.person).limit(1)).first() is not None


def named(connection: Connection, name: str) -> Kept | None:
    return _one(connection, _columns.name == name)


def of_person(connection: Connection, person: int) -> Kept | None:
    return _one(connection, _columns.person == person)


def invited(connection: Connection, digest: str, now: int) -> Kept | None:
    return _one(connection, (_columns.invitation == digest) & (_columns.invited_until > now))


def invite(
    connection: Connection, person: int, name: str, totp: str, digest: str, until: int, now: int
) -> None:
    """A new login, or one that is to be set up anew: the old password is gone."""
    row = {
        "person": person,
        "name": name,
        "password": "",
        "totp": totp,
        "totp_step": 0,
        "invitation": digest,
        "invited_until": until,
        "failures": 0,
        "locked_until": 0,
        "created_at": now,
    }
    upsert(connection, Login, [row], ["person"])


def set_up(connection: Connection, digest: str, password: str, step: int) -> bool:
    """False when the invitation was used meanwhile."""
    changed = connection.execute(
        update(_login)
        .where(_columns.invitation == digest)
        .values(password=password, invitation="", totp_step=step, failures=0, locked_until=0)
    )
    return bool(changed.rowcount)


def count_try(connection: Connection, name: str, now: int) -> Kept | None:
    """The login that is tried, its failures counted beforehand, one try after the other, so
    that tries at once count too. The fifth in a row locks it for a while."""
    kept = _one(connection, _columns.name == name, lock=True)
    if kept is None or kept.locked_until > now:
        return kept
    connection.execute(
        update(_login).where(_columns.name == name).values(failures=_columns.failures + 1)
    )
    connection.execute(
        update(_login)
        .where(_columns.name == name, _columns.failures >= MOST_FAILURES)
        .values(failures=0, locked_until=now + LOCKED)
    )
    return kept


def succeeded(connection: Connection, name: str, step: int) -> bool:
    """Whether this code was not used before."""
    changed = connection.execute(
        update(_login)
        .where(_columns.name == name, _columns.totp_step < step)
        .values(failures=0, locked_until=0, totp_step=step)
    )
    return bool(changed.rowcount)


def locked(connection: Connection, now: int) -> list[str]:
    found = connection.execute(select(_columns.name).where(_columns.locked_until > now))
    return list(found.scalars())


def listed(connection: Connection) -> dict[int, str]:
    """Person -> login name."""
    found = connection.execute(select(_columns.person, _columns.name).order_by(_columns.name))
    return {row.person: row.name for row in found}


# One-time links


def add_link(connection: Connection, digest: str, person: int, made_by: int, until: int) -> None:
    row = {"digest": digest, "person": person, "made_by": made_by}
    insert(connection, LoginLink, [row | {"expires_at": until, "used_at": 0}])


def link_of(connection: Connection, digest: str, now: int) -> int | None:
    """Whose it is, unless it was used or is too old."""
    found: int | None = connection.execute(
        select(_link.c.person).where(
            _link.c.digest == digest, _link.c.used_at == 0, _link.c.expires_at > now
        )
    ).scalar()
    return found


def use_link(connection: Connection, digest: str, now: int) -> bool:
    """Whether this was the first use."""
    changed = connection.execute(
        update(_link).where(_link.c.digest == digest, _link.c.used_at == 0).values(used_at=now)
    )
    return changed.rowcount == 1


# Sessions


def begin(connection: Connection, digest: str, person: int, way: str, now: int, until: int) -> None:
    row = {"digest": digest, "person": person, "way": way}
    times = {"began_at": now, "seen_at": now, "ends_at": until}
    insert(connection, LoginSession, [row | times])


def session(connection: Connection, digest: str, now: int) -> Session | None:
    names = [_session.c[one.name] for one in fields(Session)]
    found = connection.execute(
        select(*names).where(_session.c.digest == digest, _session.c.ends_at > now)
    ).first()
    return Session(*found) if found else None


def is_stale(one: Session, now: int) -> bool:
    """Whether it is time to note that the session is alive."""
    return one.seen_at < now - _SEEN_EVERY


def seen(connection: Connection, digest: str, now: int) -> None:
    connection.execute(update(_session).where(_session.c.digest == digest).values(seen_at=now))


def end(connection: Connection, digest: str) -> None:
    connection.execute(_session.delete().where(_session.c.digest == digest))


def end_all(connection: Connection, person: int) -> int:
    """Everywhere at once; how many sessions."""
    return connection.execute(_session.delete().where(_session.c.person == person)).rowcount


def sessions(connection: Connection, persons: Collection[int], now: int) -> list[Session]:
    names = [_session.c[one.name] for one in fields(Session)]
    found = connection.execute(
        select(*names)
        .where(_session.c.person.in_(persons), _session.c.ends_at > now)
        .order_by(_session.c.seen_at.desc())
    )
    return [Session(*row) for row in found]


def tidy(connection: Connection, now: int) -> None:
    """Links and sessions that ended are of no use to anybody."""
    connection.execute(_session.delete().where(_session.c.ends_at <= now))
    connection.execute(_link.delete().where(_link.c.expires_at < now - DAY))
