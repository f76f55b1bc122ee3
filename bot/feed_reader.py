"""A feed's bytes -> what it tells, as plain text. Pure; fetches nothing."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from storage.database import SECOND

if TYPE_CHECKING:  # loaded with the first feed
    import feedparser

_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE[^>]*\[|ENTITY)", re.IGNORECASE)
_MOST_SUMMARY = 1000
_HIDDEN = frozenset({"script", "style"})


class UnreadableError(ValueError):
    """Not a feed. Carries a slug."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` stays the same however often the feed is read; `at` is 0 where none is told."""

    key: str
    title: str
    summary: str
    link: str
    at: int


def read(body: bytes) -> list[Entry]:
    """As the feed orders them. Definitions of its own are refused: they are how a small file
    becomes a huge one, or reads others."""
    if _ENTITY.search(body.replace(b"\x00", b"")):
        raise UnreadableError("entities")
    import feedparser

    try:
        found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
        entries = [_entry(one) for one in found.entries if one.get("title") or one.get("link")]
    except Exception as error:  # its parts assert and look up whatever they like
        raise UnreadableError("unreadable") from error
    if not found.get("version"):
        raise UnreadableError("not-a-feed")
    return entries


def _entry(plain: "feedparser.FeedParserDict") -> Entry:
    link, title = str(plain.get("link", "")), _text(str(plain.get("title", "")))
    key = sha256(str(plain.get("id") or link or title).encode()).hexdigest()[:32]
    when = plain.get("published_parsed") or plain.get("updated_parsed")
    at = calendar.timegm(when) * SECOND if when else 0
    return Entry(key, title, _shortened(_text(str(plain.get("summary", "")))), link, at)


def _text(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)


def _shortened(text: str) -> str:
    if len(text) <= _MOST_SUMMARY:
        return text
    return text[:_MOST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " …"


class _Words(HTMLParser):
    """What a reader sees of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in _HIDDEN
        self.words.extend(_break(tag))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        self.words.extend(_break(tag))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _break(tag: str) -> Iterator[str]:
    if tag in ("p", "br", "div", "li", "tr", "h1", "h2", "h3"):
        yield "\n"
