"""What Zalo tells of the OA itself and of the groups it owns. Only asks; nothing leaves here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.base import Failure, NotSent
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.channel import Tokens
from bot.channels.zalo_oa.client import Answer, Client

_INFO, _GROUPS = "/v2.0/oa/getoa", "/v3.0/oa/group/getgroupsofoa"
_PAGE = 50
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OaInfo:
    """`until` is the day its package ends, as Zalo writes it; `linked`: a Zalo cloud account
    pays for messages."""

    id: str
    name: str
    verified: bool
    package: str
    until: str
    linked: bool


@dataclass(frozen=True, slots=True)
class OaGroup:
    """`status` is enabled, or why nothing can be sent there; `link` lets people join."""

    id: str
    name: str
    status: str
    members: int
    link: str


class Account:
    """Every answer is what was asked for, or why it was not had."""

    def __init__(self, api: str, tokens: Tokens) -> None:
        self._client, self._tokens = Client(api), tokens

    async def info(self) -> OaInfo | NotSent:
        data = await self._ask(_INFO)
        return data if isinstance(data, NotSent) else _info(_part(data))

    async def groups(self) -> list[OaGroup] | NotSent:
        """All of them, page by page, until one brings nothing new."""
        found: dict[str, OaGroup] = {}
        offset = 0
        while True:
            data = await self._ask(_GROUPS, offset=str(offset), count=str(_PAGE))
            if isinstance(data, NotSent):
                return data
            given = _part(data).get("groups")
            listed = [_group(_part(one)) for one in given] if isinstance(given, list) else []
            page = {one.id: one for one in listed if one.id}
            new = not page.keys() <= found.keys()
            found |= page
            if len(listed) < _PAGE or not new:
                return list(found.values())
            offset += _PAGE

    async def _ask(self, path: str, **query: str) -> object:
        """The data of an answer; a refused token is renewed once."""
        access = await self._tokens.access()
        if isinstance(access, NotSent):
            return access
        answer = await self._client.get(path, access, **query)
        if isinstance(answer, Answer) and answer.error in errors.TOKEN:
            answer = await self._again(path, access, query)
        return answer if isinstance(answer, NotSent) else _data(answer)

    async def _again(self, path: str, refused: str, query: Mapping[str, str]) -> Answer | NotSent:
        renewed = await self._tokens.renew(refused)
        access = await self._tokens.access()
        if renewed.failure is not Failure.AGAIN or isinstance(access, NotSent):
            return renewed
        return await self._client.get(path, access, **query)

    async def close(self) -> None:
        await self._client.close()


def _data(answer: Answer) -> object:
    if answer.error:
        return NotSent(Failure.PERMANENT, errors.slug(answer.error))
    return answer.data


def _part(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(plain: Json, *names: str) -> str:
    """The first of some fields that is there: sources write two of them differently."""
    return next((str(plain[name]) for name in names if plain.get(name)), "")


def _info(plain: Json) -> OaInfo:
    return OaInfo(
        _text(plain, "oaid", "oa_id"),
        _text(plain, "name"),
        plain.get("is_verified") is True,
        _text(plain, "package_name"),
        _text(plain, "package_valid_through_date"),
        bool(plain.get("linked_ZCA")),
    )


def _group(plain: Json) -> OaGroup:
    members = plain.get("total_member")
    return OaGroup(
        _text(plain, "group_id"),
        _text(plain, "name"),
        _text(plain, "status") or "enabled",
        members if isinstance(members, int) else 0,
        _text(plain, "group_link"),
    )
