"""The quiet hours: what they are, and changing them for everybody."""

import logging

from sqlalchemy import Connection

from bot.core.hours import QuietHours, quiet_hours
from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from bot.vault import SealedError, Vault
from storage import audit, kept_settings

SETTING = "quiet_hours"
_log = logging.getLogger(__name__)


def opened(vault: Vault, sealed: str) -> QuietHours:
    """Those to begin with when none were given or no key of ours opens them."""
    try:
        return quiet_hours(vault.open(sealed)) if sealed else QuietHours()
    except SealedError:
        _log.error("setting %s was sealed with another key: set it anew", SETTING)
        return QuietHours()


def change(connection: Connection, actor: Actor, now: int, vault: Vault, wish: str) -> None:
    """`wish` is as in "21:00-07:00". Raises Refused."""
    access.require(connection, actor, Operation.SET_QUIET_HOURS, EVERYWHERE)
    hours = _fit(wish)
    before = opened(vault, kept_settings.one(connection, SETTING))
    if before == hours:
        raise Refused(Problem.SAME)
    kept_settings.keep(connection, {SETTING: vault.seal(str(hours))}, actor.person, now)
    audit.record(
        connection,
        actor,
        Operation.SET_QUIET_HOURS,
        f"setting:{SETTING}",
        now,
        before=str(before),
        after=str(hours),
    )


def _fit(wish: str) -> QuietHours:
    try:
        hours = quiet_hours(wish)
    except ValueError as error:
        raise Refused(Problem.BAD_VALUE) from error
    if fault := hours.fault():
        raise Refused(Problem(fault))
    return hours
