"""The only list of channels: how each is made from its settings. A plain tuple, no magic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.channels.base import Channel
from bot.channels.notes import Notes
from bot.channels.telegram.channel import Telegram
from bot.channels.webchat.channel import Show, WebChat
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_oa.channel import ASSUMED_INTERVAL, Tokens, ZaloOA
from bot.channels.zalo_oa.render import Words


@dataclass(frozen=True, slots=True)
class ZaloBotNeeds:
    """`pictures`: where the platform can fetch them, empty while that is not public."""

    token: str
    secret: str
    api: str
    pictures: str
    line: str


@dataclass(frozen=True, slots=True)
class ZaloNeeds:
    """`secrets` are all that may sign a webhook."""

    app_id: str
    secrets: Sequence[str]
    api: str
    tokens: Tokens
    notes: Notes
    words: Words
    zone: ZoneInfo
    template: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What channels may be made from. A channel without its token is off."""

    show: Show
    commands: Sequence[tuple[str, str]] = ()
    telegram_token: str = ""
    telegram_secret: str = ""
    telegram_api: str = ""
    telegram_paid: bool = False
    zalo_bot: ZaloBotNeeds | None = None
    zalo_oa: ZaloNeeds | None = None


def _telegram(needs: Needs) -> Channel | None:
    if not needs.telegram_token:
        return None
    return Telegram(
        needs.telegram_token,
        needs.telegram_secret,
        needs.telegram_api,
        needs.commands,
        paid=needs.telegram_paid,
    )


def _webchat(needs: Needs) -> Channel | None:
    return WebChat(needs.show)


def _zalo_bot(needs: Needs) -> Channel | None:
    own = needs.zalo_bot
    return ZaloBot(own.token, own.secret, own.api, own.pictures, own.line) if own else None


def _zalo_oa(needs: Needs) -> Channel | None:
    if needs.zalo_oa is None:
        return None
    own = needs.zalo_oa
    return ZaloOA(
        own.app_id,
        own.secrets,
        own.api,
        own.tokens,
        own.notes,
        own.words,
        own.zone,
        own.template,
    )


_CHANNELS: tuple[Callable[[Needs], Channel | None], ...] = (
    _telegram,
    _webchat,
    _zalo_bot,
    _zalo_oa,
)


def intervals(*, telegram_paid: bool) -> dict[str, int]:
    """Microseconds a message takes on each channel when many leave, for foretelling."""
    return {
        Telegram.name: Telegram.paid_interval if telegram_paid else Telegram.limits.other_interval,
        WebChat.name: WebChat.limits.other_interval,
        ZaloBot.name: ZaloBot.limits.other_interval,
        ZaloOA.name: ASSUMED_INTERVAL,
    }


def channels(needs: Needs) -> dict[str, Channel]:
    """The channels that are on, by name."""
    made = (make(needs) for make in _CHANNELS)
    return {channel.name: channel for channel in made if channel}
