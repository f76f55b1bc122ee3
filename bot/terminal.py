"""What commands say in a terminal: the words are in guides/terminal.yaml."""

from typing import Any

import click
import yaml

from bot.library import GUIDES


class Terminal:
    def __init__(self) -> None:
        self._words: Any = yaml.safe_load((GUIDES / "terminal.yaml").read_text("utf-8"))

    def text(self, key: str, **values: object) -> str:
        """`key` may lead into a section: "advice.paused"."""
        found: Any = self._words
        for part in key.split("."):
            found = found.get(part, "")
        return str(found).format(**values)

    def say(self, key: str, **values: object) -> None:
        click.echo(self.text(key, **values))

    def fail(self, key: str, **values: object) -> click.ClickException:
        return click.ClickException(self.text(key, **values))
