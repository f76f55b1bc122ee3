"""Where a person or a group can be reached. Nothing channel-specific may live here."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A chat on one account of one channel; prints as ``telegram:123456:789``.

    The account matters because platforms give one person another id per bot.
    """

    channel: str
    account: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.account}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError unless the text has all three parts."""
        channel, account, chat = text.split(":", 2)
        return cls(channel, account, chat)
