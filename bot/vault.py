"""Sealing what must not be readable in a database file or a backup. Keys come from settings."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealedError(Exception):
    """It was sealed with a key that is not among ours."""


class Vault:
    """`secret` is GOCUA_SECRET_KEY: one long random word, or the new and the old one with a
    comma between. The first seals; all of them open."""

    def __init__(self, secret: str) -> None:
        words = [word.strip() for word in secret.split(",") if word.strip()]
        if not words:
            raise ValueError("no secret")
        every = [Fernet(derived(word, "vault")) for word in words]
        self._first, self._keys = every[0], MultiFernet(every)
        self.fixed = derived(words[-1], "fixed").decode().rstrip("=")

    def seal(self, text: str) -> str:
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SealedError."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealedError from error

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key sealed it."""
        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def renewed(self, sealed: str) -> str:
        """The same, sealed with the first key. Raises SealedError."""
        return self.seal(self.open(sealed))

    def mark(self, purpose: str, text: str) -> str:
        """A keyed digest: finds what is equal, tells nothing without the key, and outlives a
        change of it."""
        return hmac.new(self.fixed.encode(), f"{purpose}:{text}".encode(), sha256).hexdigest()


def vault_of(secret: str, folder: Path) -> Vault:
    """Of GOCUA_SECRET_KEY; without one, of a key kept beside the database, which serves one
    machine only."""
    if secret:
        return Vault(secret)
    kept = folder / "secret.key"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32))
    return Vault(kept.read_text().strip())


def derived(word: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, as Fernet wants it written."""
    hkdf = HKDF(hashes.SHA256(), 32, salt=None, info=f"gocua {purpose}".encode())
    return urlsafe_b64encode(hkdf.derive(word.encode()))
