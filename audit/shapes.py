"""How the secrets of this service look. detect-secrets loads this file by its path."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class BotToken(RegexBasedDetector):
    """A bot's token as Telegram and Zalo Bot make them: a number, a colon, 32 signs or more."""

    secret_type = "Bot token"  # noqa: S105
    denylist = (re.compile(r"(?<![\w:.-])\d{8,20}:[A-Za-z0-9_-]{32,}"),)


class PlatformSecret(RegexBasedDetector):
    """What stands behind a name that Zalo, Telegram or our settings give to a secret."""

    secret_type = "Platform secret"  # noqa: S105
    denylist = (
        re.compile(
            r"(?:secret_?key|app_?secret|webhook_?secret|oa_?secret|refresh_?token|access_?token"
            r"|bot_?token|telegram_?token)[\"']?\s*[:=]\s*[\"']?([\w/+-]{16,}=*)(?![\w(.])",
            re.IGNORECASE,
        ),
    )


_WORTH = re.compile(
    r"secret|token|passw|pwd|key|://[^\s/]+@|-----begin|(?=[a-z0-9+/_-]*\d)[a-z0-9+/_-]{16}",
    re.IGNORECASE,
)


def is_plain(line: str) -> bool:
    """Whether no detector needs to read this line; nine of ten, so that a scan takes seconds."""
    return not _WORTH.search(line)
