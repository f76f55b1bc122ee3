"""The console script `gocua`: the list of commands, which are in bot/commands/."""

import click

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
    logins,
    notice_views,
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

for command in (logins.invite, logins.link, logins.out):
    officials.admin.add_command(command)
