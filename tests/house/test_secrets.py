"""No secret is committed, and one that were would be found."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.leaks import found, main, reviewed, tracked

ROOT = Path(__file__).parents[2]
SIGNS = "aB3xY9zQ1wE5rT7uI0pLkJhGfDsMnVbC2"
TELEGRAM = "7112233445:" + "AA" + SIGNS
ZALO_BOT = "1459232241454765289:" + SIGNS + SIGNS
PLANTED = {
    "notes.md": (f"Try it with {TELEGRAM}, it is ours.\n", "Bot token"),
    "deploy/sample.env": (f"GOCUA_ZALO_BOT_TOKEN={ZALO_BOT}\n", "Bot token"),
    "zalo.yaml": (f"app_secret: {SIGNS[:20]}\n", "Platform secret"),
    "tests/fixtures/pair.json": (
        '{"access_token":"' + SIGNS * 4 + '", "refresh_token":"' + SIGNS * 5 + '"}\n',
        "Platform secret",
    ),
    "settings.py": (f'ZALO_OA_WEBHOOK_SECRET = "{SIGNS[5:25]}"\n', "Platform secret"),
    "url.txt": ("postgresql://gocua:" + SIGNS[:12] + "@db.internal/gocua\n", "Basic Auth"),
    "key.pem": (
        Ed25519PrivateKey.generate()
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
        "Private Key",
    ),
}


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A repository with one secret in each file, and one that git does not keep."""
    for name, (text, _) in PLANTED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".gitignore").write_text(".env\ndata/\n")
    (tmp_path / ".env").write_text(f"GOCUA_TELEGRAM_TOKEN={TELEGRAM}\n")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_nothing_committed_looks_like_a_secret_unseen() -> None:
    known = reviewed()
    new = [str(one) for one in found(ROOT, tracked(ROOT)) if one.digest not in known]
    assert not new, "real? take it out and change it; none? note its digest in audit/reviewed.txt"


def test_what_is_planted_is_found(planted: Path) -> None:
    kinds: dict[str, set[str]] = {}
    for leak in found(planted, tracked(planted)):
        kinds.setdefault(leak.path, set()).add(leak.kind)
    assert set(kinds) == set(PLANTED)
    for name, (_, kind) in PLANTED.items():
        assert any(one.startswith(kind) for one in kinds[name]), name


def test_it_is_told_where_and_never_what(planted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(planted) == 1
    told = capsys.readouterr().out
    assert "notes.md:1: Bot token" in told
    assert SIGNS[:20] not in told


def test_without_git_the_same_is_looked_at(planted: Path) -> None:
    before = tracked(planted)
    shutil.rmtree(planted / ".git")
    assert tracked(planted) == before
