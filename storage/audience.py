"""Who an announcement goes to: chosen and frozen by one statement for each kind of recipient.

Groups and persons that cannot receive are of the audience too, skipped and with the reason.
Table recipient.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from bot.core.announcement import MAYBE, Content
from bot.core.rights import EVERYWHERE
from storage import areas
from storage.groups import WITH_CHAT, trouble
from storage.recipients import ASKED, JOINED, RELAY, STATE, leave_out_where
from storage.rows import table
from storage.tables import (
    Chat,
    Consent,
    GroupChat,
    Household,
    Person,
    PersonAddress,
    Recipient,
)

_recipient = table(Recipient)
_columns = _recipient.c
_group = table(GroupChat).c
_chat = table(Chat).c
_consent = table(Consent).c
_link = table(PersonAddress).c
_person = table(Person).c
_household = table(Household).c
_TAKEN = (
    "announcement", "target", "way", "address", "person", "area", "delivery", "reason",
    "round", "reminded_at", "posted_at", "seen_at",
)  # fmt: skip


def freeze(connection: Connection, announcement: int, content: Content, now: int) -> None:
    """The audience as it is now, in place of any earlier one."""
    clear(connection, announcement)
    for chosen in audience(announcement, content, now):
        connection.execute(insert(_recipient).from_select(list(_TAKEN), chosen))


def clear(connection: Connection, announcement: int) -> None:
    connection.execute(_recipient.delete().where(_columns.announcement == announcement))


def audience(announcement: int, content: Content, now: int) -> list[Any]:
    """Queries for everybody an announcement would go to, as rows of the table."""
    if content.follows:
        return [_those_of(announcement, content.follows)]
    scopes = tuple(EVERYWHERE if one == "*" else one for one in content.areas)
    chosen = []
    if content.ways:
        chosen.append(_groups(announcement, scopes, content.ways))
    if content.channels:
        chosen.append(_persons(announcement, scopes, content.channels, now))
    return chosen


def _row(
    announcement: int, target: Any, way: Any, address: Any, person: Any, area: Any, reason: Any
) -> list[Any]:
    empty = cast(null(), BigInteger).label("delivery")
    zeros = [literal(0).label(name) for name in _TAKEN[8:]]
    return [
        literal(announcement).label("announcement"),
        target.label("target"),
        way.label("way"),
        address.label("address"),
        person.label("person"),
        area.label("area"),
        empty,
        reason.label("reason"),
        *zeros,
    ]


def _groups(announcement: int, scopes: Collection[str], ways: Collection[str]) -> Any:
    """Groups that cannot receive are of the audience too: skipped, with the reason."""
    row = _row(
        announcement,
        literal("group:") + _group.code,
        _group.channel,
        _group.address,
        literal(0),
        _group.area,
        trouble(),
    )
    return (
        select(*row)
        .select_from(WITH_CHAT)
        .where(areas.inside(_group.area, scopes), _group.channel.in_([str(one) for one in ways]))
    )


def _wanting() -> Any:
    """Those whose last word about news was yes: persons, or chats nobody is known at."""
    alone = case((_consent.person == 0, _consent.address), else_="")
    newest = func.row_number().over(
        partition_by=(_consent.person, alone), order_by=_consent.id.desc()
    )
    ranked = select(
        _consent.person, _consent.address, _consent.granted, newest.label("place")
    ).where(_consent.purpose == "news")
    words = ranked.subquery()
    return select(words.c.person, words.c.address).where(words.c.place == 1, words.c.granted)


def _chats(channels: Collection[str]) -> Any:
    """The one chat of each who wants news: reachable before preferred before owned."""
    wanting = _wanting().subquery()
    address = func.coalesce(_link.address, wanting.c.address)
    best = func.row_number().over(
        partition_by=(wanting.c.person, case((wanting.c.person == 0, address), else_="")),
        order_by=(
            case((_chat.reachable, 0), else_=1),
            case((_link.preferred, 0), else_=1),
            case((_link.is_owner, 0), else_=1),
            _link.linked_at,
        ),
    )
    found = (
        select(
            wanting.c.person,
            address.label("address"),
            _chat.channel,
            _chat.reachable,
            case((_link.is_owner, 0), else_=1).label("guest"),
            best.label("place"),
        )
        .select_from(wanting)
        .outerjoin(table(PersonAddress), _link.person == wanting.c.person)
        .join(table(Chat), _chat.address == address)
        .where(_chat.channel.in_(list(channels)))
    )
    return found.subquery()


def _persons(
    announcement: int, scopes: Collection[str], channels: Collection[str], now: int
) -> Any:
    """One copy for a person however many chats, and one for a chat however many persons."""
    chats = _chats(channels)
    first = func.row_number().over(
        partition_by=chats.c.address, order_by=(chats.c.guest, chats.c.person)
    )
    known = select(chats, first.label("turn")).where(chats.c.place == 1).subquery()
    area = func.coalesce(_household.area, "")
    quiet = and_(_household.code.is_not(None), _household.state != "active")
    muted = and_(_household.code.is_not(None), _household.muted_until > now)
    reason = case(
        (known.c.reachable.is_(False), "blocked"), (quiet, "moved"), (muted, "muted"), else_=""
    )
    someone = literal("person:") + cast(known.c.person, String)
    target = case((known.c.person == 0, literal("chat:") + known.c.address), else_=someone)
    row = _row(announcement, target, known.c.channel, known.c.address, known.c.person, area, reason)
    return (
        select(*row)
        .select_from(known)
        .outerjoin(table(Person), _person.id == known.c.person)
        .outerjoin(table(Household), _household.code == _person.household)
        .where(known.c.turn == 1, areas.inside(area, scopes))
    )


def _those_of(announcement: int, earlier: int) -> Any:
    """Exactly those who got the earlier one or may have got it, where they are now."""
    now_at = case(
        (_columns.target.like("group:%"), func.coalesce(_group.address, _columns.address)),
        else_=case(
            (func.coalesce(_chat.moved_to, "") != "", _chat.moved_to), else_=_columns.address
        ),
    )
    row = _row(
        announcement,
        _columns.target,
        _columns.way,
        case((_columns.way == RELAY, ""), else_=now_at),
        _columns.person,
        _columns.area,
        literal(""),
    )
    return (
        select(*row)
        .select_from(
            JOINED.outerjoin(
                table(GroupChat), _columns.target == literal("group:") + _group.code
            ).outerjoin(table(Chat), _chat.address == _columns.address)
        )
        .where(_columns.announcement == earlier, STATE.in_((*MAYBE, ASKED)))
    )


def sizes(connection: Connection, announcement: int) -> tuple[int, int]:
    """Groups and all recipients of a frozen audience, those who cannot receive included."""
    groups = func.sum(case((_columns.target.like("group:%"), 1), else_=0))
    found = connection.execute(
        select(groups, func.count()).where(_columns.announcement == announcement)
    ).one()
    return int(found[0] or 0), int(found[1])


def recount(connection: Connection, announcement: int) -> None:
    """Those who cannot or do not want to receive any more are left out, each with a reason."""
    mine = and_(_columns.announcement == announcement, _columns.delivery.is_(None))
    waiting = and_(mine, _columns.reason == "")
    wanting = _wanting().subquery()
    wants = or_(
        and_(_columns.person != 0, _columns.person.in_(select(wanting.c.person))),
        and_(
            _columns.person == 0,
            _columns.address.in_(select(wanting.c.address).where(wanting.c.person == 0)),
        ),
    )
    personal = _columns.target.not_like("group:%")
    leave_out_where(connection, and_(waiting, personal, ~wants), "withdrew")
    gone = select(_chat.address).where(_chat.reachable.is_(False))
    leave_out_where(connection, and_(waiting, personal, _columns.address.in_(gone)), "blocked")
    troubled = (
        select(trouble())
        .select_from(WITH_CHAT)
        .where(literal("group:") + _group.code == _columns.target)
        .scalar_subquery()
    )
    connection.execute(
        update(_recipient)
        .where(waiting, _columns.target.like("group:%"))
        .values(reason=func.coalesce(troubled, "removed"))
    )
