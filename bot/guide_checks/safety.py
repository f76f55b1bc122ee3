"""What could hurt a resident: links, numbers to call, and anything that asks for a secret."""

import re
from collections.abc import Iterator

from bot.content_files import Finding
from bot.core.text import bare, flat
from bot.guide_checks.passages import SENTENCE, Kind, Passage
from bot.guide_checks.rules import Rules
from bot.scam_files import OfficialFile

# Runs over accent-free text of the same length.
_LINK = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://|www\.)\S+"
    r"|(?<![\w.@-])(?:[\w.-]+@)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w-])(?:[:/]\S*)?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}\S*"
)
_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+?84|0)[\d .-]{7,12}\d|1[89]00[\d .-]{2,8}\d)(?!\d)"
    r"|\b(?:goi|nhan|toi|so|tong dai)\s(?P<short>\d{3,5})(?!\d|\.\d)"
    r"(?! *(?:dong|trieu|nghin|ngan|chu|so|ky)\b)"
)
_PAID = re.compile(r"\b(?:tinh phi|mat phi|ton phi|mat tien|tinh tien)\b")
_PAPER = r"(?:can cuoc|cccd|cmnd|dinh danh)"
_PRIVATE = (
    r"(?:(?:ma )?otp|ma xac (?:thuc|nhan|minh)|ma (?:6|sau) so|passcode|ma pin|cvv|mat khau"
    rf"|so(?: the)? {_PAPER}|(?:anh|hinh)(?: chup)?(?: hai mat)?(?: the)? {_PAPER}"
    r"|(?:anh|hinh)(?: chup)?(?: hai mat)? the|so the(?: ngan hang)?|so tai khoan)"
)
_GIVE = r"(?:gui|doc|nhap|dien|cho|nhan|cung cap|go|chup|dua|noi|bao|tra loi)"
_US = (
    r"(?:chau|em|vao day|qua day|o day|tai day|khung chat|tin nhan nay|to cong nghe so"
    r"|can bo|nhan vien|chung toi|bot|qua zalo)"
)
_ASKS = re.compile(
    rf"\b{_GIVE}\b.*\b{_PRIVATE}\b.*\b{_US}\b"
    rf"|\b{_GIVE} (?:cho )?{_US}\b.*\b{_PRIVATE}\b"
    rf"|\b{_PRIVATE}\b.*\b{_GIVE}\b.*\b{_US}\b"
    rf"|\bxin\b(?: \w+){{0,2}} {_PRIVATE}\b"
    rf"|\b{_PRIVATE}\b.*\b(?:la gi|la may|bao nhieu|so may)\b"
)
_FORBIDS = re.compile(
    r"\b(?:dung|khong|chang|cho co|chua)\b(?! (?:ngai|lo|so|quen|voi|can ngai|sao|co gi)\b)"
)
_TOLD = re.compile(
    r"\b(?:ai|nguoi|ho|ke gian|so la|tin nhan|trang)\b.*"
    r"\b(?:bao|nho|doi|xung|goi|hoi|giuc|xin|noi|yeu cau)\b"
)


def check_safety(passage: Passage, rules: Rules) -> Iterator[Finding]:
    yield from _links(passage, rules.official)
    yield from _phones(passage, rules.official)
    if passage.kind is not Kind.WRONG:
        yield from _requests(passage)


def _links(passage: Passage, official: OfficialFile) -> Iterator[Finding]:
    for found in _LINK.finditer(flat(passage.text)):
        link = passage.text[found.start() : found.end()]
        if problem := link_problem(link, official):
            yield passage.finding(problem, found.start(), detail=link)


def link_problem(link: str, official: OfficialFile) -> str:
    """The code of what is wrong with a link, or nothing. Only the host counts."""
    scheme, mark, rest = link.rpartition("://")
    host = re.split(r"[/?#:]", rest)[0].lower().rstrip(".,")
    if host in official.shorteners:
        return "short_link"
    if not any(_is(host, known.host) for known in official.hosts):
        return "link"
    return "link_plain" if mark and scheme.lower() != "https" else ""


def _is(host: str, known: str) -> bool:
    if known.startswith("*."):
        return host == known[2:] or host.endswith(known[1:])
    return host == known


def _phones(passage: Passage, official: OfficialFile) -> Iterator[Finding]:
    plain = flat(passage.text)
    known = {_digits(one.number): one for one in official.phones}
    for found in _PHONE.finditer(plain):
        number = found["short"] or found[0]
        phone = known.get(_digits(number))
        if phone is None:
            yield passage.finding("phone", found.start(), detail=number.strip())
        elif phone.paid and not _PAID.search(plain):
            yield passage.finding("phone_paid", found.start(), detail=phone.number)


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _requests(passage: Passage) -> Iterator[Finding]:
    for sentence in SENTENCE.finditer(flat(passage.text)):
        said = bare(sentence[0])
        if _ASKS.search(said) and not _FORBIDS.search(said) and not _TOLD.search(said):
            detail = passage.text[sentence.start() : sentence.end()].strip()
            start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
            yield passage.finding("asks_secret", start, detail=detail)
