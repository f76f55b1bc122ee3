"""How the Zalo OA is: what `gocua doctor` and a page show an operator. Reads only.

A line's words are in guides/zalo.yaml: bot/zalo_words.py says them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access
from bot.vault import SealedError, Vault
from storage import facts, held, own_groups, pace, tokens
from storage.database import DAY, SECOND
from storage.facts import Account

KEY_CHANGED, NO_TOKEN = "token-key-changed", "token-missing"
_SIGNATURE, _MISS, _ERROR, _UNKNOWN = "signature:", "signature:miss", "error:", "unknown "
_SILENT = 7 * DAY
_NEARLY = 0.1
_ENDS_SOON = 30  # days
_TOLD = ("oa_name", "package", "package_until", "verified")
# Zalo's own limits: what is held by them goes on by itself.
_PATIENT = frozenset({held.WINDOW, "zalo-218", "zalo-230", "zalo-232", "zalo-234"})


@dataclass(frozen=True, slots=True)
class Line:
    """`form` picks how `values` are said. `advice` is what to do, by its name in
    guides/zalo.yaml, empty when all is well."""

    name: str
    form: str
    values: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""


def health(
    connection: Connection, actor: Actor, now: int, account: Account, vault: Vault
) -> list[Line]:
    """Every line, whether well or not, in the order they are shown."""
    access.require(connection, actor, Operation.SEE_CHANNELS, EVERYWHERE)
    known = facts.load(connection, account)
    return [
        _token(connection, account, vault, now),
        _package(known, now),
        _webhook(known, now),
        _signatures(known, now),
        _sending(connection, account, now),
        _quota(known),
        _groups(connection, account, known),
        _held(connection, account),
        _errors(known, now),
        _unknown(known),
        _buttons(known),
    ]


def _token(connection: Connection, account: Account, vault: Vault, now: int) -> Line:
    stored = tokens.load(connection, account)
    if stored is None:
        return Line("token", "missing", advice=NO_TOKEN)
    values = {"obtained_at": stored.obtained_at, "expires_at": stored.expires_at}
    return Line("token", "kept", values, _trouble(stored, vault, now))


def _trouble(stored: tokens.Stored, vault: Vault, now: int) -> str:
    try:
        vault.open(stored.refresh)
    except SealedError:
        return KEY_CHANGED
    late = bool(stored.access) and now >= stored.expires_at
    return stored.why if stored.failures or late else ""


def _package(known: facts.Known, now: int) -> Line:
    """Nothing is told of an account that Zalo did not show yet; the token's line says why."""
    told = {name: known.get(name, ("", 0, 0))[0] for name in _TOLD}
    trouble, _, looked_at = known.get("looked", ("", 0, 0))
    if not told["oa_name"]:
        return Line("package", "unknown", advice=trouble)
    advice = trouble or ("" if told["verified"] == "True" else "zalo-221")
    left = _days_left(told["package_until"], now)
    if not advice and left is not None and left < _ENDS_SOON:
        advice = "package-ends"
    return Line("package", "told", {**told, "looked_at": looked_at}, advice)


def _days_left(until: str, now: int) -> int | None:
    """Zalo writes 31/12/2026; None for anything else."""
    try:
        ends = datetime.strptime(until, "%d/%m/%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
    return (ends - datetime.fromtimestamp(now / SECOND, UTC)).days


def _groups(connection: Connection, account: Account, known: facts.Known) -> Line:
    """An announcement reaches only groups that are enabled and bound to a place."""
    found = own_groups.known(connection, account)
    off = [one.title for one in found if one.status != own_groups.ENABLED]
    free = sum(not one.code for one in found)
    values = {"all": len(found), "off": len(off), "free": free, "listed": ", ".join(off)}
    if "oa_name" not in known:
        return Line("groups", "unknown")
    return Line("groups", "disabled" if off else "told", values, "zalo-237" if off else "")


def _webhook(known: facts.Known, now: int) -> Line:
    heard = max((at for name, (_, _, at) in known.items() if _matches(name)), default=0)
    silent = "webhook-silent" if now - heard > _SILENT else ""
    return Line("webhook", "heard", {"heard_at": heard}, silent if heard else "webhook-never")


def _matches(name: str) -> bool:
    return name.startswith(_SIGNATURE) and name != _MISS


def _signatures(known: facts.Known, now: int) -> Line:
    matched = sum(number for name, (_, number, _) in known.items() if _matches(name))
    _, missed, at = known.get(_MISS, ("", 0, 0))
    values = {"matched": matched, "missed": missed, "missed_at": at}
    recent = missed and now - at < DAY
    return Line("signatures", "counted", values, "signature-miss" if recent else "")


def _sending(connection: Connection, account: Account, now: int) -> Line:
    paused = pace.blocked(connection, now).get(":".join(account))
    if paused is None:
        return Line("sending", "open")
    return Line("sending", "paused", {"until_at": paused[0], "code": paused[1]}, paused[1])


def _quota(known: facts.Known) -> Line:
    billed, rate = known.get("billed", ("", 0, 0))[1], known.get("rate", ("?", 0, 0))[0]
    remain = known.get("quota", ("", 0, 0))[0]
    if not remain:
        return Line("quota", "unknown", {"billed": billed})
    left, _, whole = remain.partition("/")
    low = left.isdecimal() and whole.isdecimal() and int(left) <= _NEARLY * int(whole)
    values = {"remain": remain, "billed": billed, "rate": rate}
    return Line("quota", "told", values, "quota-low" if low else "")


def _held(connection: Connection, account: Account) -> Line:
    found = held.reasons(connection, account)
    urgent = next((reason for reason in sorted(found) if reason not in _PATIENT), "")
    return _listed("held", found, urgent)


def _errors(known: facts.Known, now: int) -> Line:
    found = {
        name.removeprefix(_ERROR): number
        for name, (_, number, at) in known.items()
        if name.startswith(_ERROR) and now - at < DAY
    }
    return _listed("errors", found)


def _unknown(known: facts.Known) -> Line:
    """Kinds of events that Zalo sends and nobody here knows: kept, counted, of no consequence."""
    found = {
        name.removeprefix(_UNKNOWN): number
        for name, (_, number, _) in known.items()
        if name.startswith(_UNKNOWN)
    }
    return _listed("unknown", found)


def _listed(name: str, found: Mapping[str, int], advice: str = "") -> Line:
    """Codes with their numbers; what each means is asked with `gocua zalo why`."""
    said = " · ".join(f"{code}: {number}" for code, number in sorted(found.items()))
    return Line(name, "some" if found else "none", {"listed": said}, advice)


def _buttons(known: facts.Known) -> Line:
    refused = known.get("buttons", ("", 0, 0))[0] == "refused"
    return Line("buttons", "refused" if refused else "usable")
