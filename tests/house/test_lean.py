"""What a running service seldom or never needs is not loaded with it: it must stay small."""

import subprocess
import sys

LATER = ("alembic", "psycopg", "openpyxl", "typst", "PIL", "feedparser")
PROGRAM = """
import sys
import bot.commands.service
import webhooks.app
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_heavy_libraries_are_loaded_when_first_needed() -> None:
    """By the service on SQLite: PostgreSQL's driver comes with its first connection."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *LATER], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
