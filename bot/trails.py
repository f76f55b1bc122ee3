"""Where somebody who calls for help is in their guide, counted along their own way as they are
told it themselves. No SQL, no words.
"""

from collections.abc import Collection

import orjson
from sqlalchemy import Connection

from bot.core.state import Guides, Run, from_plain
from storage import conversations
from storage.calls import Request

Place = tuple[int, int]
NOWHERE: Place = (0, 0)


def places(
    connection: Connection, guides: Guides, requests: Collection[Request]
) -> dict[int, Place]:
    """Request -> the number of the step and how many there are, 0 and 0 when nobody can tell."""
    asked = [one for one in requests if one.guide and one.item]
    kept = conversations.load(connection, {one.address for one in asked}) if asked else {}
    found = dict.fromkeys((one.id for one in requests), NOWHERE)
    for one in asked:
        if state := kept.get((one.address, one.person)):
            now = from_plain(orjson.loads(state.state))
            walks = [*([now.run] if now.run else []), *reversed(now.paused)]
            found[one.id] = _place(guides, walks, one)
    return found


def _place(guides: Guides, walks: Collection[Run], one: Request) -> Place:
    """They may have gone on since."""
    for run in walks:
        way = (*run.trail, run.at)
        guide = guides.pinned(run)
        if run.guide == one.guide and one.item in way and guide and guide.step(one.item):
            number = way.index(one.item) + 1
            return number, number + guide.ahead(one.item)
    return NOWHERE
