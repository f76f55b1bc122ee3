"""The loop of work that is due in the database. Knows nothing of the work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

_log = logging.getLogger(__name__)


async def keep_at(once: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Until cancelled: again at once while there is more to do, else after some seconds. A fault
    of the database is waited out."""
    while True:
        try:
            busy = await once()
        except SQLAlchemyError as error:
            _log.warning("%s wait for the database: %s", what, type(error).__name__)
            busy = False
        await asyncio.sleep(0 if busy else seconds)
