"""Laws of the code base that no linter holds."""

import ast
import importlib.metadata
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.channels.registry import _CHANNELS
from bot.cli import main
from bot.content_files import read_yaml
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
ROOTS = ("bot", "storage", "webhooks")
CODE = [path for root in ROOTS for path in sorted((ROOT / root).rglob("*.py"))]
OURS = [path for path in CODE if "versions" not in path.parts]
QUERIES = {"select", "insert", "update", "delete", "text"}
PHRASE = re.compile(r"[^\W\d_] [^\W\d_]")
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9àáãèéìíòóõùúýÀÁÈÉÌÍÒÓÙÚÝ]")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines below the signature, without the docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or node.lineno) - first.lineno + 1


def test_only_the_sender_sends() -> None:
    """The stand-ins are the other side: what they send never reaches a platform."""
    senders = {
        _name(path)
        for path in OURS
        if "standins" not in path.parts
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
    }
    assert senders == {"bot/sender.py"}


def test_clients_of_tests_are_patient() -> None:
    """Five seconds, httpx's own, are too few on a busy machine. In-process calls know no time."""
    calls = re.compile(r"httpx\.(?:get|post|put|delete|request|stream|(?:Async)?Client)\(")
    hasty = [
        f"{_name(path)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and calls.match(f"{ast.unparse(node.func)}(")
        and not {"timeout", "transport"} & {one.arg for one in node.keywords}
    ]
    assert hasty == [], "timeout=service.PATIENCE"


def test_who_calls_over_aiohttp_expects_its_errors() -> None:
    """What its transport does not translate ended the loop that called."""
    calling = {path: path.read_text("utf-8") for path in OURS}
    blind = {
        _name(path)
        for path, code in calling.items()
        if "AiohttpTransport" in code and not re.search(r"except \(?\*?FAULTS", code)
    }
    assert blind == set()


def test_only_settings_read_the_environment() -> None:
    readers = {
        _name(path)
        for path in OURS
        if re.search(r"\bos\.(environ|getenv)|\bBaseSettings\b", path.read_text("utf-8"))
    }
    assert readers == {"bot/settings.py"}


def test_only_storage_writes_sql() -> None:
    writers = {
        _name(path)
        for path in OURS
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in ("sqlalchemy", "sqlmodel")
        and QUERIES & {one.name for one in node.names}
    }
    assert writers
    assert not [one for one in writers if not one.startswith("storage/")]


def _docstrings(tree: ast.Module) -> set[int]:
    """The places of all docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)
    }


def test_no_vietnamese_words_in_code() -> None:
    """Residents' words are content: no phrase of two words, outside the stand-ins' people."""
    found = []
    for path in OURS:
        tree = _tree(path)
        words = _docstrings(tree)
        for node in ast.walk(tree):
            said = node.value if isinstance(node, ast.Constant) else None
            spoken = isinstance(said, str) and PHRASE.search(said) and VIETNAMESE.search(said)
            if spoken and id(node) not in words:
                found.append(f"{_name(path)}:{getattr(node, 'lineno', 0)}")
    assert [one for one in found if not one.startswith("bot/standins/")] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        _name(path) for path in OURS if path.stat().st_size and not ast.get_docstring(_tree(path))
    ]
    assert silent == []


def test_files_and_functions_stay_small() -> None:
    long = [_name(path) for path in OURS if len(path.read_text("utf-8").splitlines()) > 300]
    assert long == []
    lengths = {f"{_name(p)}:{f.name}": _length(f) for p in OURS for f in _functions(p)}
    assert {name: lines for name, lines in lengths.items() if lines > 50} == {}
    assert statistics.median(lengths.values()) <= 8


def test_the_roots_are_ours_alone() -> None:
    owners = importlib.metadata.packages_distributions()
    for root in ROOTS:
        assert set(owners.get(root, ["gocua"])) == {"gocua"}


@pytest.mark.parametrize("setting", list(Settings.model_fields))
def test_every_setting_is_documented(setting: str) -> None:
    assert f"GOCUA_{setting.upper()}" in (ROOT / "docs/operate/settings.md").read_text("utf-8")


def _commands(group: click.Group, path: str = "gocua") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("command", [*_commands(main)])
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in (ROOT / "docs/operate/commands.md").read_text("utf-8")


def test_every_channel_has_its_page() -> None:
    pages = [path for path in sorted((ROOT / "bot/channels").iterdir()) if path.is_dir()]
    folders = [path for path in pages if (path / "channel.py").exists()]
    assert len(folders) == len(_CHANNELS)
    assert [path.name for path in folders if not (path / "README.md").exists()] == []


def test_no_key_of_a_yaml_file_stands_twice() -> None:
    """Of two equal keys YAML keeps the last and says nothing."""
    files = [*(ROOT / "guides").rglob("*.yaml"), *(ROOT / "deploy").glob("*.yaml")]
    assert len(files) > 20
    for path in [*files, ROOT / "compose.yaml"]:
        read_yaml(path)


def test_every_test_the_threat_model_names_exists() -> None:
    named = re.findall(
        r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/develop/security.md").read_text("utf-8")
    )
    assert len(named) > 30
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), (path, name)


def test_every_dependency_says_why_it_is_here() -> None:
    said = (ROOT / "docs/develop/dependencies.md").read_text("utf-8").lower()
    for needed in importlib.metadata.requires("gocua") or []:
        name = re.split(r"[\s\[<>=;~]", needed)[0].lower()
        assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b[^|]*\|", said, re.MULTILINE), name
