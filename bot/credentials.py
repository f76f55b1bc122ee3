"""Passwords, six-digit codes and tokens of the console: made and judged, never stored here."""

import secrets
from hashlib import sha256

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 10  # characters
LONGEST = 200
_STEP_SECONDS = 30
_passwords = PasswordHash((Argon2Hasher(),))
# Judged when there is no such login, so that the answer takes as long.
_NOBODY = _passwords.hash(secrets.token_hex(16))


def token() -> str:
    return secrets.token_urlsafe(32)


def digest(given: str) -> str:
    """Of a token: long and random, so a plain hash is enough."""
    return sha256(given.encode()).hexdigest()


def new_password(password: str) -> str:
    """Its digest; takes a tenth of a second of one core."""
    return _passwords.hash(password)


def is_password(password: str, kept: str) -> bool:
    """Takes as long when nothing is kept."""
    return _passwords.verify(password, kept or _NOBODY) and bool(kept)


def is_good(password: str, name: str) -> bool:
    """Long enough, not one sign repeated, and without the login's own name in it."""
    few = len(set(password)) < 5
    long = SHORTEST <= len(password) <= LONGEST
    return long and not few and name.casefold() not in password.casefold()


def new_secret() -> str:
    """Of six-digit codes, as authenticator apps take it."""
    return pyotp.random_base32()


def code_step(secret: str, code: str, seconds: int) -> int:
    """The half minute a code belongs to, 0 for a wrong one; clocks may differ by one."""
    digits = "".join(code.split())
    for step in (now := seconds // _STEP_SECONDS, now - 1, now + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(step * _STEP_SECONDS), digits):
            return step
    return 0


def code_address(secret: str, name: str, issuer: str) -> str:
    """What the QR code of an authenticator app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
