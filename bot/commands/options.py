"""Options that several commands share."""

import click

host = click.option("--host", default="127.0.0.1", show_default=True)
port = click.option("--port", default=8000, show_default=True)
