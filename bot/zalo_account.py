"""Asks Zalo how the OA and its groups are, and writes it down for sending, doctor and pages."""

import asyncio
import logging

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import NotSent
from bot.channels.notes import GROUPS_STALE
from bot.channels.zalo_oa.account import Account, OaGroup, OaInfo
from bot.channels.zalo_oa.parse import group_chat
from bot.core.address import Address
from storage import facts, own_groups
from storage.database import HOUR, MINUTE, Database
from storage.own_groups import Listed

_log = logging.getLogger(__name__)
LOOKED = "looked"
_EVERY, _AFTER_TROUBLE, _LOOK_SECONDS = 6 * HOUR, 10 * MINUTE, 15.0


class ZaloAccount:
    def __init__(self, database: Database, account: tuple[str, str], asked: Account) -> None:
        self._database, self._account, self._asked = database, account, asked

    async def run(self) -> None:
        """Until cancelled: every six hours, and soon after a group changed."""
        while True:
            try:
                if await self._database.read(self._is_due):
                    await self.look()
            except SQLAlchemyError as error:
                _log.warning("the account waits for the database: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    def _is_due(self, connection: Connection) -> bool:
        known = facts.load(connection, self._account)
        trouble, _, looked_at = known.get(LOOKED, ("", 0, 0))
        _, _, changed_at = known.get(GROUPS_STALE, ("", 0, 0))
        age = self._database.now(connection) - looked_at
        return age >= (_AFTER_TROUBLE if trouble else _EVERY) or changed_at > looked_at

    async def look(self) -> str:
        """Why it was not had, as a slug; empty when it was. What changes meanwhile is newer."""
        began = await self._database.read(self._database.now)
        info = await self._asked.info()
        groups = info if isinstance(info, NotSent) else await self._asked.groups()
        if isinstance(info, NotSent) or isinstance(groups, NotSent):
            code = groups.code if isinstance(groups, NotSent) else ""
            _log.warning("the Zalo account was not seen: %s", code)
            return await self._database.write(lambda one: self._note(one, {LOOKED: code}, began))
        return await self._database.write(lambda one: self._keep(one, info, groups, began))

    def _keep(self, connection: Connection, info: OaInfo, groups: list[OaGroup], at: int) -> str:
        own_groups.keep(connection, self._account, [self._listed(one) for one in groups], at)
        return self._note(
            connection,
            {
                LOOKED: "",
                "oa_id": info.id,
                "oa_name": info.name,
                "package": info.package,
                "package_until": info.until,
                "verified": str(info.verified),
                "linked": str(info.linked),
            },
            at,
        )

    def _listed(self, group: OaGroup) -> Listed:
        address = str(Address(*self._account, group_chat(group.id)))
        return Listed(address, group.name, group.status, group.members, group.link)

    def _note(self, connection: Connection, told: dict[str, str], at: int) -> str:
        facts.add(connection, self._account, told, {}, at)
        return told[LOOKED]

    async def oa_id(self) -> str:
        """Of the OA that was seen last, empty before the first."""
        return (await self.told())["oa"]

    async def told(self) -> dict[str, str]:
        """Id, name and package of the OA as it was seen last."""
        known = await self._database.read(lambda one: facts.load(one, self._account))
        names = {"oa": "oa_id", "name": "oa_name", "package": "package", "until": "package_until"}
        return {key: known.get(name, ("", 0, 0))[0] for key, name in names.items()}

    async def close(self) -> None:
        await self._asked.close()
