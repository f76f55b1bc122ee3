"""Who was shown whom by pages that are drawn again and again: written down once a day for each,
so that a page that lives costs no writing.
"""

from collections.abc import Collection

from storage import sights
from storage.database import DAY, Database

_MOST = 100_000


class Looks:
    def __init__(self, database: Database) -> None:
        self._database, self._day = database, 0
        self._noted: set[sights.Shown] = set()

    async def note(self, looks: Collection[sights.Shown]) -> None:
        """What this process noted today is not written again; nor does the database twice."""
        now = await self._database.read(self._database.now)
        if now // DAY != self._day or len(self._noted) > _MOST:
            self._day, self._noted = now // DAY, set()
        if new := {one for one in looks if one[1]} - self._noted:
            await self._database.write(lambda one: sights.shown(one, new, now))
            self._noted |= new
