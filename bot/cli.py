"""The console script `gocua`: the list of commands, which are in bot/commands/."""

from typing import Any

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import (
    announce,
    ask,
    copies,
    data,
    drafting,
    feeds,
    groups,
    guides,
    imports,
    keeping,
    keys,
    logins,
    looks,
    notice_views,
    officials,
    paper,
    report,
    service,
    upkeep,
    zalo,
)
from bot.settings import Settings
from bot.terminal import Terminal
from storage.database import is_away
from storage.schema import UnknownRevisionError
from storage.wholeness import BrokenError, is_damage


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """A database that cannot be used is said in words; nothing was changed then."""
        try:
            return super().invoke(ctx)
        except BrokenError as error:
            raise _unusable("damaged") from error
        except UnknownRevisionError as error:
            raise _unusable("newer_database") from error
        except SQLAlchemyError as error:
            if is_damage(error):
                raise _unusable("damaged") from error
            if is_away(error):
                raise _unusable("no_database") from error
            raise


def _unusable(words: str) -> click.ClickException:
    """Without the password that an address may hold."""
    return Terminal().fail(words, url=make_url(Settings().database_url).render_as_string())


@click.group(cls=_Commands)
@click.version_option(package_name="gocua", message="%(version)s")
def main() -> None:
    """Gõ Cửa."""


for part in (
    drafting.draft,
    drafting.edit,
    drafting.correct,
    drafting.templates,
    notice_views.preview,
    notice_views.reach,
    notice_views.try_out,
    notice_views.calls,
    notice_views.review,
    notice_views.hand_over,
    feeds.feed,
):
    announce.announce.add_command(part)
for command in (
    service.serve,
    service.demo,
    service.rehearse,
    upkeep.doctor,
    upkeep.db,
    copies.backup,
    copies.backup_key,
    copies.restore,
    keeping.settings,
    keys.keys,
    guides.guides,
    paper.paper,
    ask.ask,
    ask.scam,
    announce.announce,
    groups.group,
    imports.take_over,
    report.report,
    zalo.zalo,
    officials.admin,
    officials.audit,
    data.data,
):
    main.add_command(command)

for command in (looks.seen, looks.breach):
    data.data.add_command(command)
for command in (logins.invite, logins.link, logins.out):
    officials.admin.add_command(command)
