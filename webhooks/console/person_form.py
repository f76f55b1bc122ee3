"""The fields a person is written down in, read back from a posted form. No page of its own."""

from bot.services.persons import Details
from storage.persons import Someone
from webhooks.console.frame import Visit


def details(visit: Visit) -> Details:
    return Details(
        visit.said("xung-ho"),
        visit.said("ten"),
        visit.said("tuoi"),
        visit.said("may"),
        visit.said("dien-thoai"),
    )


def typed(visit: Visit, before: Someone) -> dict[str, str]:
    """What was changed. A phone number left empty stays, unless it is to be forgotten."""
    now = details(visit)
    fields = ("honorific", "call_name", "age_band", "smartphone")
    changed = {
        name: getattr(now, name) for name in fields if getattr(now, name) != getattr(before, name)
    }
    if now.phone or visit.said("quen-so"):
        changed["phone"] = now.phone
    return changed
