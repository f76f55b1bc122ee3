"""Uploads: what they may weigh and be, and how long their names live."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.standins.zalo.model import DAY, MEGABYTE, Ids, Json, RefusedError

LIFE = 7 * DAY
_MONTHLY = 5000
_MARKS = {
    "image": (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"),
    "gif": (b"GIF87a", b"GIF89a"),
    "file": (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
}
_MOST = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}


@dataclass(frozen=True)
class Upload:
    kind: str
    content: bytes
    dies_at: float


@dataclass
class Media:
    """By attachment id, and files by token. `left` is this month's rest by kind."""

    ids: Ids
    clock: Callable[[], float]
    uploads: dict[str, Upload] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_MARKS, _MONTHLY))

    def add(self, kind: str, name: str, content: bytes) -> Json:
        """The answer's data. Raises RefusedError."""
        if not self.left[kind]:
            raise RefusedError(-211, "Out of quota")
        if len(content) > _MOST[kind]:
            raise RefusedError(-210, "File size is over limit")
        if not (content.startswith(_MARKS[kind]) or (kind == "file" and name.endswith(".csv"))):
            raise RefusedError(-201, "File type is invalid")
        self.left[kind] -= 1
        made = self.ids.hexadecimal()
        self.uploads[made] = Upload(kind, content, self.clock() + LIFE)
        return {"token" if kind == "file" else "attachment_id": made}

    def use(self, name: str, *kinds: str) -> None:
        """Raises RefusedError when it was never uploaded as such, or too long ago."""
        upload = self.uploads.get(name)
        if upload is None or upload.kind not in kinds:
            raise RefusedError(-201, "Attachment is invalid")
        if upload.dies_at <= self.clock():
            raise RefusedError(-100, "Attachment id is expired")
