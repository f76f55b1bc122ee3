"""What a process counts while it works, by names that deploy/grafana.json and deploy/alerts.yaml
use. Labels are channels, states and codes, never anybody's.
"""

from contextvars import ContextVar

from prometheus_client import Counter, Gauge, Histogram

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

# Which request a line of the log belongs to.
request_id: ContextVar[str] = ContextVar("request_id", default="")

hooks = Counter("gocua_hooks", "Webhook calls by channel", ["channel", "status", "outcome"])
pages = Histogram("gocua_page_seconds", "Answering a page", ["status"], buckets=_QUICK)
limited = Counter("gocua_limited", "Requests refused for coming too often", ["what"])
updates = Counter("gocua_updates", "Updates by what became of them", ["channel", "outcome"])
batches = Histogram("gocua_batch_seconds", "Handling a batch of updates", buckets=_QUICK)
answered = Histogram("gocua_answer_seconds", "From heard to answered", ["channel"], buckets=_LONG)
sends = Counter("gocua_sends", "Calls of platforms by what came of them", ["channel", "outcome"])
calls = Histogram("gocua_send_seconds", "Calls of platforms", ["channel"], buckets=_QUICK)
doubts = Counter("gocua_doubts", "Deliveries found cut off in mid-send")

waiting = Gauge("gocua_waiting", "Updates and deliveries that wait", ["queue"])
oldest = Gauge("gocua_oldest_seconds", "Age of what waits longest", ["queue"])
stuck = Gauge("gocua_stuck", "What a person must look at", ["kind"])
open_help = Gauge("gocua_help_open", "Calls for help that are open")
paused = Gauge("gocua_paused", "Accounts that do not send now", ["account"])
backup = Gauge("gocua_backup_age_seconds", "Since the last backup; -1 without one")
# Set anew at each scrape: a change is a take-over.
sending = Gauge("gocua_sending_here", "Whether this process sends for an account", ["channel"])


class Sends:
    """Calls of one platform. A label is looked up once: it costs more than counting."""

    def __init__(self, channel: str) -> None:
        self._channel, self._seconds = channel, calls.labels(channel)
        self._outcomes: dict[str, Counter] = {}

    def count(self, outcome: str, seconds: float) -> None:
        if outcome not in self._outcomes:
            self._outcomes[outcome] = sends.labels(self._channel, outcome)
        self._outcomes[outcome].inc()
        self._seconds.observe(seconds)
