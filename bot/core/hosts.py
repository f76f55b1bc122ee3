"""Links in a text and what is odd about each: structure only, nothing is ever fetched."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.text import bare

_SCHEME = re.compile(
    r"\bh(?:tt|xx)ps?\s*:\s*/\s*/\s*(?P<rest>[^\s<>\"'“”()\[\]{}]+)", re.IGNORECASE
)
_BARE = re.compile(
    r"(?<![\w@./:-])(?P<rest>(?:[\w-]+(?::[^\s@/]*)?@)?(?:[\w-]+\.)+[\w-]+\.?(?::\d+)?(?:[/?#]\S*)?)"
)
_NUMBER = re.compile(r"(?<![\w.])(?P<rest>0x[0-9a-f]{6,8}(?:/\S*)?)", re.IGNORECASE)
_PARTS = re.compile(
    r"(?:(?P<user>[^/?#]*)@)?(?P<host>[^:/?#]*)(?::(?P<port>\d*))?(?P<path>.*)", re.DOTALL
)
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|\d{6,10}|0x[0-9a-f]+", re.IGNORECASE)
_APK = re.compile(r"\b[\w.-]*\.apk\b", re.IGNORECASE)
_LIKE = str.maketrans("0134578@$", "oieastbas")


class Odd(StrEnum):
    """What can be wrong with a link; scam.yaml has a sentence for each."""

    NUMBERS = "numbers"
    LETTERS = "letters"
    PORT = "port"
    USER = "user"
    POSING = "posing"
    BRAND = "brand"
    SHORT = "short"
    STORE = "store"
    FREE = "free"
    BAIT = "bait"
    ENDING = "ending"
    APK = "apk"
    UNLISTED = "unlisted"
    BANK = "bank"
    DIVERT = "divert"


@dataclass(frozen=True, slots=True)
class Link:
    host: str
    path: str
    user: bool = False
    port: bool = False


@dataclass(frozen=True, slots=True)
class Hosts:
    """What is known of hosts.

    `owner` gives the name somebody registered, or None below no real ending; `endings` are
    those by which a host is known without a scheme, a path or a telling name.
    """

    official: Mapping[str, str]
    known: frozenset[str]
    shorteners: frozenset[str]
    stores: frozenset[str]
    free: frozenset[str]
    brands: frozenset[str]
    baits: frozenset[str]
    risky: frozenset[str]
    endings: frozenset[str]
    owner: Callable[[str], str | None]


def links(text: str, hosts: Hosts) -> list[Link]:
    """In order, each host and path once; `text` is already unveiled (see disguise.py)."""
    found = [*_SCHEME.finditer(text)]
    rest = _SCHEME.sub(" ", text)
    named = [one for one in _BARE.finditer(rest) if _is_link(one["rest"], hosts)]
    made = [_link(one["rest"]) for one in (*found, *named, *_NUMBER.finditer(rest))]
    return list(dict.fromkeys(one for one in made if one.host))


def without_links(text: str, hosts: Hosts) -> str:
    """The words around the links."""
    rest = _NUMBER.sub(" ", _SCHEME.sub(" ", text))
    return _BARE.sub(lambda one: " " if _is_link(one["rest"], hosts) else one[0], rest).strip()


def _link(rest: str) -> Link:
    parts = next(_PARTS.finditer(rest.rstrip(".,;:!?…")))  # it fits any text
    port = parts["port"] not in (None, "", "80", "443")
    if re.match(r"[^/?#]", parts["path"]):  # what looks like a port goes on as a name
        return Link(rest.split("/")[0].lower(), "", user=True)
    return Link(parts["host"].strip(".").lower(), parts["path"], bool(parts["user"]), port)


def _is_link(rest: str, hosts: Hosts) -> bool:
    """Words run together at a full stop are no host: the ending has to be a common one."""
    link = _link(rest)
    ending = link.host.rpartition(".")[2]
    if _ADDRESS.fullmatch(link.host):
        return bool(link.path) and link.host.count(".") == 3
    if "@" in rest and not link.path:
        return False
    telling = link.path or link.host.count(".") > 1 or re.search(r"[\d-]", link.host)
    return ending in hosts.endings or bool(telling and hosts.owner(link.host))


def is_official(host: str, hosts: Hosts) -> bool:
    """On a label boundary: gplx-gov.vn is not below gov.vn."""
    if not host.isascii():
        return False
    labels = host.split(".")
    names = {f"*.{'.'.join(labels[at:])}" for at in range(len(labels))}
    return not names.isdisjoint(hosts.official) or host.removeprefix("www.") in hosts.official


def official_name(host: str, hosts: Hosts) -> str:
    """Whose page an official host is; the narrowest entry that holds it."""
    labels = host.removeprefix("www.").split(".")
    names = [f"*.{'.'.join(labels[at:])}" for at in range(len(labels))]
    return next(hosts.official[one] for one in (".".join(labels), *names) if one in hosts.official)


def oddities(link: Link, hosts: Hosts) -> list[Odd]:
    """What is wrong with a link, worst first; nothing for an official or a well-known host."""
    found = [kind for kind, test in _TESTS.items() if test(link, hosts)]
    return found or ([Odd.UNLISTED] if not _is_listed(link.host, hosts) else [])


def files(text: str) -> list[str]:
    """Names of Android packages, in links or not."""
    return _APK.findall(text)


def _is_listed(host: str, hosts: Hosts) -> bool:
    return is_official(host, hosts) or _below(host, hosts.known)


def _below(host: str, names: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in names for at in range(len(labels)))


def _looks_alike(link: Link, _: Hosts) -> bool:
    punycode = any(label.startswith("xn--") for label in link.host.split("."))
    return punycode or not link.host.isascii()


def _poses(link: Link, hosts: Hosts) -> bool:
    """An official name at the left of, or hidden in, a foreign one."""
    if _is_listed(link.host, hosts):
        return False
    dashed = link.host.replace("-", ".")
    return any(f".{name.removeprefix('*.')}." in f".{dashed}." for name in hosts.official) or bool(
        re.search(r"(?:^|[.-])?gov(?:[.-]?vn)?(?=[.-]|$)|govvn", link.host)
    )


def _names_brand(link: Link, hosts: Hosts) -> bool:
    if _is_listed(link.host, hosts) and not _below(link.host, hosts.free):
        return False
    spot = f"{link.host}{link.path}" if _below(link.host, hosts.free) else link.host
    return any(brand_in(label, hosts.brands) for label in re.split(r"[./?=&_]", spot))


def brand_in(label: str, brands: frozenset[str]) -> bool:
    """Long names count anywhere, short ones between hyphens or digits or at either end."""
    plain = bare(unicodedata.normalize("NFKC", label))
    forms = {plain, plain.translate(_LIKE), _undoubled(plain.translate(_LIKE))}
    return any(_holds(form, brand) for form in forms for brand in brands)


def _undoubled(label: str) -> str:
    return re.sub(r"(.)\1+", r"\1", label)


_ANYWHERE = 6


def _holds(label: str, brand: str) -> bool:
    joined = label.replace("-", "")
    if len(brand) >= _ANYWHERE:
        return brand in joined or _undoubled(brand) in joined
    parts = re.split(r"[-\d]+", label)
    if brand in parts:
        return True
    return len(brand) >= 4 and (joined.startswith(brand) or joined.endswith(brand))


_TESTS: dict[Odd, Callable[[Link, Hosts], bool]] = {
    Odd.APK: lambda link, _: bool(_APK.search(link.path)),
    Odd.USER: lambda link, _: link.user,
    Odd.LETTERS: _looks_alike,
    Odd.NUMBERS: lambda link, _: bool(_ADDRESS.fullmatch(link.host)),
    Odd.POSING: _poses,
    Odd.BRAND: _names_brand,
    Odd.BAIT: lambda link, hosts: (
        not _is_listed(link.host, hosts)
        and any(bait in link.host.replace("-", "") for bait in hosts.baits)
    ),
    Odd.STORE: lambda link, hosts: _below(link.host, hosts.stores),
    Odd.SHORT: lambda link, hosts: _below(link.host, hosts.shorteners),
    Odd.FREE: lambda link, hosts: _below(link.host, hosts.free),
    Odd.ENDING: lambda link, hosts: (
        link.host.rpartition(".")[2] in hosts.risky and not _is_listed(link.host, hosts)
    ),
    Odd.PORT: lambda link, _: link.port,
}
