"""The only list of channels: how each is made from its settings. A plain tuple, no magic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.channels.base import Channel
from bot.channels.telegram.channel import Telegram
from bot.channels.webchat.channel import Show, WebChat


@dataclass(frozen=True, slots=True)
class Needs:
    """What channels may be made from. A channel without its token is off."""

    show: Show
    commands: Sequence[tuple[str, str]] = ()
    telegram_token: str = ""
    telegram_secret: str = ""
    telegram_api: str = ""


def _telegram(needs: Needs) -> Channel | None:
    if not needs.telegram_token:
        return None
    return Telegram(needs.telegram_token, needs.telegram_secret, needs.telegram_api, needs.commands)


def _webchat(needs: Needs) -> Channel | None:
    return WebChat(needs.show)


_CHANNELS: tuple[Callable[[Needs], Channel | None], ...] = (_telegram, _webchat)


def channels(needs: Needs) -> dict[str, Channel]:
    """The channels that are on, by name."""
    made = (make(needs) for make in _CHANNELS)
    return {channel.name: channel for channel in made if channel}
