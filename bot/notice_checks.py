"""Judges an announcement before anybody is asked to approve it. Words are in messages.yaml."""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.content_files import Finding
from bot.core.announcement import Content, Way
from bot.core.secrets import Secret, mask
from bot.guide_checks.passages import Kind, Passage
from bot.guide_checks.rules import Rules, read_rules
from bot.guide_checks.safety import check_safety
from bot.library import GUIDES

# Characters; less than platforms take, since lines before and after are added.
_MOST = {Way.TELEGRAM: 3800, Way.GMF: 1600, Way.BOT: 1800, Way.RELAY: 1600}
_CAPTION = 850  # Telegram's words under a picture, less than 1024 likewise
_UNFILLED = re.compile(r"……|\.{5,}|_{3,}|\[\s*\]")
_ADVICE = frozenset({"link", "link_plain", "phone", "phone_paid"})


@lru_cache(maxsize=1)
def _rules() -> Rules:
    return read_rules(GUIDES)


def check(content: Content) -> list[Finding]:
    """Faults, and warnings about what only a person can judge: links and numbers."""
    return list(_findings(content))


def _findings(content: Content) -> Iterator[Finding]:
    passage = Passage("", 1, content.text, Kind.MESSAGE)
    if not content.text.strip():
        yield passage.finding("empty")
    for found in check_safety(passage, _rules()):
        if found.code in _ADVICE:
            yield Finding(found.code, found.file, found.line, found.values, warning=True)
        else:
            yield found
    if _UNFILLED.search(content.text):
        yield passage.finding("unfilled")
    if Secret.NUMBER in mask(content.text)[1]:
        yield passage.finding("personal", warning=True)
    limit, length = _limit(content), len(content.text)
    if length > limit:
        yield passage.finding("too_long", start=content.text[:20], length=length, limit=limit)


def _limit(content: Content) -> int:
    most = min((_MOST[one] for one in content.ways), default=1600)
    telegram = {Way.TELEGRAM, Way.RELAY} & {*content.ways, *content.channels}
    pictured = content.picture and telegram  # a relay member may be asked on Telegram
    return min(most, _CAPTION) if pictured else most
