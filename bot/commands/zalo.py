"""`gocua zalo`: looking after the Zalo Official Account from the terminal."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import click

from bot.channels.zalo_oa.parse import NAME
from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.core.address import Address
from bot.installed import here
from bot.services import groups
from bot.terminal import Terminal
from bot.zalo import CALLBACK, account, missing, tokens
from bot.zalo_account import ZaloAccount
from bot.zalo_tokens import ZaloTokens
from bot.zalo_words import ZaloWords
from storage import own_groups, schema
from storage.database import Database

_T = TypeVar("_T")


@click.group()
def zalo() -> None:
    """The Zalo Official Account."""


def _say(key: str, **values: object) -> None:
    Terminal().say(f"zalo.{key}", **values)


def _fail(key: str, **values: object) -> click.ClickException:
    return Terminal().fail(f"zalo.{key}", **values)


def _joined(work: Callable[[ZaloTokens, ZaloAccount, Database], Coroutine[Any, Any, _T]]) -> _T:
    """Some work with the account of the settings; the service may be running."""
    settings = here()
    if not settings.zalo_oa_app_id:
        raise _fail("not_on")
    if lacking := missing(settings):
        raise Terminal().fail("zalo_incomplete", missing=", ".join(lacking))
    database = Database(settings.database_url)
    database.write_now(schema.upgrade)

    async def whole() -> _T:
        kept = tokens(settings, database)
        first = settings.zalo_oa_refresh_token.get_secret_value()
        await database.write(lambda one: kept.begin(one, first, database.now(one)))
        seen = account(settings, database, kept)
        try:
            return await work(kept, seen, database)
        finally:
            await seen.close()
            await kept.close()

    try:
        return asyncio.run(whole())
    finally:
        database.close()


@zalo.command("why", context_settings={"ignore_unknown_options": True})
@click.argument("code")
def why(code: str) -> None:
    """Say what a code of Zalo's (-230, zalo-230) or of the ledger means and what to do."""
    click.echo(_words().why(code))


def _words() -> ZaloWords:
    return ZaloWords(ZoneInfo(here().timezone))


@zalo.command("login")
@click.option("--token", is_flag=True, help="Paste a refresh token instead of consenting.")
@click.option("--other-oa", "other", is_flag=True, help="It may be another OA than before.")
def login(*, token: bool, other: bool) -> None:
    """Get tokens by an admin's consent; also the way back after they were lost."""
    _joined(lambda kept, seen, _: _log_in(kept, seen, token=token, other=other))


async def _log_in(kept: ZaloTokens, seen: ZaloAccount, *, token: bool, other: bool) -> None:
    if token:
        trouble = await kept.pasted(click.prompt(_text("paste_token"), hide_input=True).strip())
    else:
        redirect = f"{here().base_url}{CALLBACK}"
        _say("consent", link=kept.consent_link(redirect), back=redirect, challenge=kept.challenge)
        code, oa = _answered(click.prompt(_text("paste_answer")))
        known = await seen.oa_id()
        if oa and known and oa != known and not other:
            raise _fail("other_oa", oa=oa, known=known)
        trouble = await kept.consented(code)
    if trouble:
        raise _fail("no_pair", code=trouble)
    _say("logged_in")
    await _show(seen)


async def _show(seen: ZaloAccount) -> None:
    """Whether the new token is good for anything."""
    if trouble := await seen.look():
        click.echo(_words().why(trouble))
        raise _fail("not_seen", code=trouble)
    _say("seen", **await seen.told())


def _answered(pasted: str) -> tuple[str, str]:
    """The code and the OA of the address an admin was led back to; a code alone is one too."""
    query = parse_qs(urlsplit(pasted.strip()).query)
    return query.get("code", [pasted.strip()])[0], query.get("oa_id", [""])[0]


def _text(key: str) -> str:
    return Terminal().text(f"zalo.{key}")


@zalo.command("groups")
@click.option("--sync", is_flag=True, help="Ask Zalo anew first.")
def listed(*, sync: bool) -> None:
    """Show the OA's own groups: whether Zalo takes messages for them, and whose they are."""

    async def work(_: ZaloTokens, seen: ZaloAccount, database: Database) -> None:
        if sync and (trouble := await seen.look()):
            click.echo(_words().why(trouble))
            raise _fail("not_seen", code=trouble)
        found = await database.read(lambda one: own_groups.known(one, _account()))
        _say("groups", all=len(found), free=sum(not one.code for one in found))
        for one in found:
            place = one.area or _text("no_area")
            state = _text("enabled" if one.status == own_groups.ENABLED else "disabled")
            name = Address.parse(one.address).id.partition(".")[2]
            _say("group", id=name, name=one.title, people=one.members, state=state, area=place)

    _joined(work)


def _account() -> tuple[str, str]:
    return NAME, here().zalo_oa_app_id


@zalo.command("bind")
@click.argument("group")
@click.argument("area")
@_by
def bind(group: str, area: str, by: int) -> None:
    """Say which place one of the OA's groups (its id or its name) is for."""
    bound = done(lambda one, actor, now: groups.bind(one, actor, now, _account(), group, area), by)
    _say("bound", name=bound.name, area=bound.area, code=bound.code)
