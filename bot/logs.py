"""Logs as lines of JSON. No message text, name, phone or token may get in."""

import json
import logging
import sys
import time
import traceback
from hashlib import sha256

from bot.metrics import request_id

# These write addresses with tokens or whole answers into their lines.
_TALKATIVE = ("httpx", "httpcore", "aiohttp", "uvicorn.access", "alembic")
_SILENT = ("telegram",)


_JOINS = ("key", "update", "delivery", "channel", "outcome")
_OURS = ("bot", "webhooks", "storage")


def key(event: str) -> str:
    """Of an update, from the hook to its turn; a platform's own id is not written out."""
    return sha256(event.encode()).hexdigest()[:12]


class Lines(logging.Formatter):
    """What the lines of one event share: `request`, `key` of an update, `update`, `delivery`. An
    exception is shown by its type and places: its words may quote a resident."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        if request := request_id.get():
            line["request"] = request
        line |= {name: vars(record)[name] for name in _JOINS if name in vars(record)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["trace"] = [f"{one.filename}:{one.lineno}" for one in frames[-8:]]
        return json.dumps(line)


def set_up(level: str = "info") -> None:
    """`debug` writes a line for each update, turn and send, with ids only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
