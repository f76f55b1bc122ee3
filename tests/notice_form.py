"""An announcement as the console's form sends it, and as it is kept."""

from village import NEAR

from bot.wiring import Wiring
from storage import announcements
from storage.announcements import Kept

FORM = {"noi-dung": "Cắt điện thứ sáu.\nHỏi trưởng khu phố.", "noi": [NEAR], "nhom": ["relay"]}


def kept(wiring: Wiring, number: int) -> Kept:
    found = wiring.database.read_now(lambda one: announcements.get(one, number))
    assert found
    return found
