"""The console script `gocua`: the list of commands, which are in bot/commands/."""

import click

from bot.commands import (
    announce,
    ask,
    copies,
    feeds,
    groups,
    guides,
    imports,
    logins,
    officials,
    paper,
    report,
    service,
    upkeep,
    zalo,
)


@click.group()
@click.version_option(package_name="gocua", message="%(version)s")
def main() -> None:
    """Gõ Cửa."""


announce.announce.add_command(feeds.feed)
for command in (
    service.serve,
    service.demo,
    service.rehearse,
    upkeep.doctor,
    upkeep.db,
    copies.backup,
    copies.backup_key,
    copies.restore,
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
):
    main.add_command(command)

for command in (logins.invite, logins.link, logins.out):
    officials.admin.add_command(command)
