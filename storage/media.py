"""Pictures a platform already has, so that each is uploaded once per account."""

from sqlalchemy import Connection, select

from storage.rows import table, upsert
from storage.tables import MediaReference

_media = table(MediaReference).c


def find(connection: Connection, channel: str, account: str, digest: str) -> str:
    """The platform's reference, or an empty string."""
    found = connection.execute(
        select(_media.reference).where(
            _media.channel == channel, _media.account == account, _media.digest == digest
        )
    )
    return found.scalar() or ""


def keep(connection: Connection, channel: str, account: str, digest: str, reference: str) -> None:
    row = {"channel": channel, "account": account, "digest": digest, "reference": reference}
    upsert(connection, MediaReference, [row], ["channel", "account", "digest"])
