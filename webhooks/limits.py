"""How often one place of the internet may write. In the memory of one process; counts, keeps no
address on disk.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from bot import metrics

_MOST_PLACES = 20_000


def place(host: str) -> str:
    """Whoever has one IPv6 address has the 64 bits below it as well."""
    try:
        known = ip_address(host)
    except ValueError:
        return host
    known = getattr(known, "ipv4_mapped", None) or known
    bits = 32 if known.version == 4 else 64
    return str(ip_network((known, bits), strict=False))


def is_here(host: str) -> bool:
    """This machine itself, or a proxy that tells no address."""
    return place(host).startswith(("127.", "::/"))


class Limit:
    """`rate` a second for each place in the long run, `burst` at once. Places that were not seen
    for longest are forgotten first."""

    def __init__(
        self,
        what: str,
        rate: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = _MOST_PLACES,
    ) -> None:
        self._interval, self._ahead = 1 / rate, burst / rate
        self._clock, self._most = clock, most
        self._spent: OrderedDict[str, float] = OrderedDict()
        self._refused = metrics.limited.labels(what)

    def allows(self, host: str) -> bool:
        """This machine itself always may: so a proxy that tells no address limits nobody."""
        now, where = self._clock(), place(host)
        if is_here(host):
            return True
        spent = max(now, self._spent.get(where, now)) + self._interval
        if spent - now > self._ahead:
            self._refused.inc()
            return False
        self._spent[where] = spent
        self._spent.move_to_end(where)
        if len(self._spent) > self._most:
            self._spent.popitem(last=False)
        return True
