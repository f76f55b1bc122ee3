"""Members learn their own guide first: begun from the desk, offered until they have finished it."""

from dataclasses import replace

from bot.core.guide import Guide
from bot.desk.ask import Ask, Reply, button
from bot.errands import start_guide
from storage import inbox, runs


def _untaught(ask: Ask) -> Guide | None:
    """The first guide for members that this one has not finished."""
    known = runs.confirmed(ask.connection, [ask.actor.person]).get(ask.actor.person, {})
    return next((one for one in ask.guides.team.values() if one.id not in known), None)


def first(ask: Ask, reply: Reply) -> Reply:
    """The reply, and before it what they should learn if they have not."""
    if not (guide := _untaught(ask)):
        return reply
    text = ask.say("training_first", minutes=guide.minutes)
    choice = button("bai to vien", ask.say("training_button"))
    return replace(reply, text=f"{text}\n\n{reply.text}", choices=[choice, *reply.choices])


def begin(ask: Ask) -> Reply | None:
    """Anew for who has finished it."""
    guide = _untaught(ask) or next(iter(ask.guides.team.values()), None)
    if guide is None:
        return None
    key = f"training:{ask.address}:{ask.now}"
    inbox.add(ask.connection, [start_guide(ask.address, ask.actor.person, guide.id, key)], ask.now)
    return Reply(ask.say("training_begun"))
