"""Files only the holder of a key can read, in the age format: what seals cannot open.

The key belongs on another machine; any age tool opens such a file as well.
"""

from pathlib import Path

import pyrage
from pyrage import x25519

_MARK = b"age-encryption.org/"


class WrongKeyError(ValueError):
    """Not a key, or not the one it was sealed for."""


def new_key() -> tuple[str, str]:
    """What opens (keep it elsewhere), and what seals."""
    made = x25519.Identity.generate()
    return str(made), str(made.to_public())


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MARK)) == _MARK


def seal(plain: Path, sealed: Path, recipient: str) -> None:
    """The file appears only when it is complete. Raises WrongKeyError."""
    part = sealed.with_suffix(sealed.suffix + ".part")
    try:
        pyrage.encrypt_file(str(plain), str(part), [x25519.Recipient.from_str(recipient)])
    except pyrage.RecipientError as error:
        raise WrongKeyError(recipient) from error
    part.replace(sealed)


def unseal(sealed: Path, plain: Path, key: str) -> None:
    """Raises WrongKeyError, OSError when the file is damaged; damage at its very beginning
    cannot be told from a wrong key."""
    plain.touch(mode=0o600)
    try:
        pyrage.decrypt_file(str(sealed), str(plain), [x25519.Identity.from_str(key.strip())])
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise WrongKeyError from error
