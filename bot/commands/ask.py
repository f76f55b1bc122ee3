"""`gocua ask` and `gocua scam`: labels for a text, for trying out and for measuring."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from bot.core.listen import intent
from bot.core.scam import check
from bot.library import GUIDES, read_messages, spoken
from bot.scam_files import read_scams

_tsv = click.option(
    "--tsv",
    type=click.Path(path_type=Path, exists=True, allow_dash=True, dir_okay=False),
    help="A file with one text per line, or - for standard input.",
)


@click.command()
@click.argument("text", required=False)
@_tsv
def ask(text: str | None, tsv: Path | None) -> None:
    """Print the label of TEXT, or every line of a file with its label."""
    guides = spoken(read_messages(GUIDES))
    _answer(text, tsv, lambda asked: intent(asked, guides).label)


@click.command()
@click.argument("text", required=False)
@_tsv
def scam(text: str | None, tsv: Path | None) -> None:
    """Say whether TEXT, or each line of a file, is a scam, official or unknown."""
    scams = read_scams()
    _answer(text, tsv, lambda asked: check(asked, scams).verdict)
    if text is not None:
        for sign in check(text, scams).signs:
            click.echo(f"- {sign.says}", err=True)


def _answer(text: str | None, tsv: Path | None, label: Callable[[str], str]) -> None:
    if (text is None) == (tsv is None):
        raise click.UsageError("give TEXT or --tsv")
    if text is not None:
        click.echo(label(text))
    elif tsv:
        with click.open_file(str(tsv), "rb") as lines:
            _label_lines(lines, label)


def _label_lines(lines: Iterable[bytes], label: Callable[[str], str]) -> None:
    """Each line comes back byte for byte; only its first column is read."""
    out = sys.stdout.buffer
    for line in lines:
        kept = line.rstrip(b"\r\n")
        text = kept.partition(b"\t")[0].decode("utf-8-sig", errors="replace")
        out.write(kept + b"\t" + label(text).encode() + b"\n")
    out.flush()
