"""Logs as lines of JSON. No message text, name, phone or token may get in."""

import json
import logging
import sys
import time
import traceback

# These write addresses with tokens or whole answers into their lines.
_TALKATIVE = ("httpx", "httpcore", "aiohttp", "uvicorn.access", "alembic")
_SILENT = ("telegram",)


class Lines(logging.Formatter):
    """An exception is shown by its type and places: its words may quote a resident."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["trace"] = [f"{one.filename}:{one.lineno}" for one in frames[-8:]]
        return json.dumps(line)


def set_up(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
