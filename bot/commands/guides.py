"""`gocua guides`: checking content and walking through it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.content_files import read_yaml
from bot.core.conversation import advance
from bot.core.effects import Effect, Say
from bot.core.events import Event, GuideStarted, TextReceived
from bot.core.secrets import mask
from bot.core.state import Conversation, from_plain, to_plain
from bot.guide_checks import check
from bot.library import GUIDES, Library, guide_folders
from bot.settings import Settings
from bot.terminal import Terminal
from storage import editions
from storage.database import Database


@click.group()
def guides() -> None:
    """Guides."""


@guides.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=GUIDES)
def guides_check(path: Path) -> None:
    """Check content: structure, words, links, safety."""
    terminal = Terminal()
    sentences = read_yaml(GUIDES / "messages.yaml").plain["checks"]
    faults = 0
    for finding in check(path, datetime.now(UTC).date()):
        kind = "warning" if finding.warning else "fault"
        faults += not finding.warning
        sentence = sentences.get(finding.code, sentences["schema"])
        text = sentence.format(**finding.values)
        terminal.say(kind, file=finding.file, line=finding.line, text=text)
    if faults:
        sys.exit(1)
    terminal.say("checked", guides=len(guide_folders(path)))


@guides.command("list")
def guides_list() -> None:
    """Show every guide and the version new conversations get."""
    terminal, library, database = Terminal(), Library(), Database(Settings().database_url)
    ours = database.read_now(editions.current)
    database.close()
    for guide in library.every:
        edition = ours.get(guide.id)
        revision = edition.revision if edition else guide.revision
        kind = terminal.text("guides.ours" if edition else "guides.shipped")
        terminal.say("guides.line", guide=guide.id, revision=revision, kind=kind, title=guide.title)


@guides.command("try")
@click.argument("guide")
def guides_try(guide: str) -> None:
    """Walk through a guide in the terminal, as a resident would."""
    content, terminal = Library().content(), Terminal()
    if content.find(guide) is None:
        raise terminal.fail("try_unknown", guide=guide, guides=", ".join(content.current))
    terminal.say("try_hint")
    state = Conversation()
    event: Event | None = GuideStarted(guide)
    while event:
        state, effects = advance(from_plain(to_plain(state)), event, content)
        for effect in effects:
            _show(effect)
        line = sys.stdin.readline().strip()
        event = TextReceived(*mask(line)) if line else None


def _show(effect: Effect) -> None:
    if isinstance(effect, Say):
        click.echo(f"\n{effect.message.text}")
        for place, choice in enumerate(effect.message.choices, 1):
            click.echo(f"  {place}. {choice.label}")
