"""The checks against a seeded corpus of bad and good samples, and against our own guides."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.content_files import Finding, read_yaml
from bot.guide_checks import check
from bot.library import GUIDES

HERE = Path(__file__).parent
BASE = HERE / "base"
TODAY = date(2026, 12, 1)
CORPUS: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "corpus.yaml").read_text())
LEAST_RECALL = 0.95


def _sample(folder: Path, sample: dict[str, Any]) -> list[Finding]:
    shutil.copytree(BASE, folder)
    for name in ("messages.yaml", "official.yaml", "scam.yaml"):
        shutil.copy(GUIDES / name, folder)
    path = folder / "mau" / sample["file"]
    if "gone" in sample:
        path.unlink()
    elif "all" in sample:
        path.write_text(sample["all"])
    else:
        text = path.read_text()
        assert sample["old"] in text, sample
        path.write_text(text.replace(sample["old"], sample["new"], 1))
    for name, text in sample.get("also", {}).items():
        (folder / "mau" / name).write_text(text)
    return check(folder, TODAY)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[list[Finding]]:
    """What is found in each bad sample."""
    folder = tmp_path_factory.mktemp("bad")
    return [_sample(folder / str(number), one) for number, one in enumerate(CORPUS["bad"])]


def _hits(sample: dict[str, Any], found: list[Finding]) -> bool:
    return any(
        one.code == sample["code"] and one.line == sample.get("line", one.line) for one in found
    )


def test_bad_samples_are_found(found: list[list[Finding]]) -> None:
    pairs = list(zip(CORPUS["bad"], found, strict=True))
    missed = [sample for sample, one in pairs if not _hits(sample, one)]
    assert 1 - len(missed) / len(pairs) >= LEAST_RECALL, missed
    assert not missed


@pytest.mark.parametrize("sample", CORPUS["good"], ids=lambda sample: str(sample["file"]))
def test_good_samples_raise_no_alarm(tmp_path: Path, sample: dict[str, Any]) -> None:
    assert _sample(tmp_path / "one", sample) == []


def test_our_guides_raise_no_alarm() -> None:
    assert check(GUIDES, TODAY) == []
    assert check(BASE, TODAY) == []
    assert check(GUIDES / "vneid", TODAY) == []


ONLY_NOTICES = {"unfilled"}  # held in tests/services/test_outlook.py


def test_every_kind_of_finding_has_words_and_a_sample() -> None:
    worded = set(read_yaml(GUIDES / "messages.yaml").plain["checks"])
    assert worded - {sample["code"] for sample in CORPUS["bad"]} == {"schema", *ONLY_NOTICES}


def test_each_finding_says_where(found: list[list[Finding]]) -> None:
    for one in (one for sample in found for one in sample):
        assert one.line or one.code == "no_file"
        assert "/" in one.file


def test_the_command_names_file_and_line_and_fails(tmp_path: Path) -> None:
    sample = {"file": "guide.yaml", "old": "minutes: 10", "new": "minutes: mười"}
    _sample(tmp_path / "one", sample)
    said = CliRunner().invoke(main, ["guides", "check", str(tmp_path / "one")])
    assert said.exit_code == 1
    assert "mau/guide.yaml, dòng 6" in said.output
    assert CliRunner().invoke(main, ["guides", "check"]).exit_code == 0
