"""`gocua print`: files are written, mistakes are explained."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from bot.cli import main

ENV = {"GOCUA_BASE_URL": "https://gocua.example.vn", "GOCUA_TELEGRAM_NAME": "gocua_bot"}


@pytest.mark.parametrize("kind", ["sheet", "poster"])
def test_a_file_is_written(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "vneid.pdf"
    options = ["--out", str(out), "--code", "cx12", "--team", "Tổ 5", "--phone", "0912 345 678"]
    result = CliRunner(env=ENV).invoke(main, ["print", kind, "vneid", *options])
    assert result.exit_code == 0, result.output
    assert "gocua.example.vn" in result.output
    text = PdfReader(out).pages[0].extract_text()
    for said in ("Tổ 5", "0912 345 678", "gocua.example.vn/huong-dan/vneid"):
        assert said in text


@pytest.mark.parametrize(
    ("guide", "out", "code", "said"),
    [
        ("nope", "a.pdf", "", "vneid"),
        ("vneid", "a.pdf", "no spaces", "no spaces"),
        ("vneid", "missing/a.pdf", "", "missing/a.pdf"),
    ],
)
def test_mistakes_are_explained(guide: str, out: str, code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / out
    result = CliRunner(env=ENV).invoke(
        main, ["print", "sheet", guide, "--out", str(path), "--code", code]
    )
    assert result.exit_code == 1
    assert said in result.output
    assert not path.exists()
