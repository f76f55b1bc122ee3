"""Sealing what must not be readable in a database file or a backup. Keys come from settings."""

from base64 import urlsafe_b64encode

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
        self._keys = MultiFernet([Fernet(derived(word, "vault")) for word in words])
        self.fixed = derived(words[-1], "fixed").decode().rstrip("=")

    def seal(self, text: str) -> str:
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SealedError."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealedError from error


def derived(word: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, as Fernet wants it written."""
    hkdf = HKDF(hashes.SHA256(), 32, salt=None, info=f"gocua {purpose}".encode())
    return urlsafe_b64encode(hkdf.derive(word.encode()))
