"""What is shipped for operators fits together: units, containers, proxy and commands."""

import configparser
import re
from pathlib import Path

import pytest
import yaml

from bot.cli import main

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy").glob("gocua*"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_call_commands_that_exist(unit: Path) -> None:
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(unit, "utf-8")
    assert read.has_section("Unit")
    called = re.findall(r"bin/gocua ([\w-]+)", unit.read_text("utf-8"))
    assert set(called) <= set(main.commands)
    if unit.suffix == ".service":
        assert called
        assert read["Service"]["User"] == "gocua"


def test_a_timer_starts_a_service_that_is_there() -> None:
    for unit in UNITS:
        if unit.suffix == ".timer":
            assert unit.with_suffix(".service").exists()


def test_containers_are_read_only_and_called_as_the_proxy_calls_them() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    for name in ("web", "worker"):
        assert services[name]["read_only"]
        assert services[name]["command"][:2] == ["gocua", "serve"]
        assert "data:/data" in services[name]["volumes"]
    assert "10.0.0.0/8" in services["web"]["environment"]["FORWARDED_ALLOW_IPS"]
    upstream = services["proxy"]["environment"]["GOCUA_UPSTREAM"]
    assert upstream.split(":")[0] in services
    assert "{$GOCUA_UPSTREAM" in (ROOT / "deploy/Caddyfile").read_text("utf-8")


def test_what_proves_the_image_knows_each_of_its_steps() -> None:
    """`make prove` takes the Dockerfile word for word: a new kind of step must be taught to it."""
    proof = (ROOT / "deploy/prove-image").read_text("utf-8")
    known = set(re.findall(r'"([A-Z]+)"', proof))
    dockerfile = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    assert set(re.findall(r"^([A-Z]+) ", dockerfile, re.MULTILINE)) <= known
    for name in ("prove", "prove-image", "prove-engine", "prove-units"):
        assert (ROOT / "deploy" / name).stat().st_mode & 0o100


def test_the_image_runs_as_nobody_special_and_tells_its_health() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8")
    last = lines[lines.rindex("FROM ") :]
    assert re.search(r"^USER (?!root)", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "--require-hashes" in lines
