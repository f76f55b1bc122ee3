"""How Sphinx makes a site of docs/ and the pages it leads to. What is said is said in the pages.

Each folder's README.md is its contents: a page it does not link fails the build.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

project = "Gõ Cửa"
html_title = project
root_doc = "docs/index"
language = "vi"
extensions = ["myst_parser"]
myst_heading_anchors = 4
include_patterns = ["docs/**.md", "guides/README.md", "bench/README.md", "bench/profiles/README.md"]
html_theme = "furo"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False

_PAGE = re.compile(r"\]\(([\w/.-]+)\.md[)#]")
_FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe|source)\b[^>]*\bsrc=|<link\b[^>]*\bhref=|url\(|@import\s+)["']?"""
    r"""((?:https?:)?//[^"')\s>]+)"""
)


def _contents(_app: Sphinx, page: str, source: list[str]) -> None:
    """The toctree of a folder, from its links, so that the order is said once."""
    if page in {root_doc, "docs/vi/README", "docs/operate/README", "docs/develop/README"}:
        pages = "\n".join(dict.fromkeys(_PAGE.findall(source[0])))
        hidden = "\n```{toctree}\n:hidden:\n\n" + pages + "\n```\n"
        source[0] += hidden if pages else ""


def _language(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _: Any) -> None:
    if page.startswith(("docs/operate/", "docs/develop/", "bench/")):
        context["language"] = "en"


def _alone(app: Sphinx, error: Exception | None) -> None:
    """A reader's browser asks no other host: pages open without the Internet and tell nobody."""
    found = {
        f"{path.relative_to(app.outdir)}: {address}"
        for path in Path(app.outdir).rglob("*")
        if path.suffix in {".html", ".css"}
        for address in _FETCHED.findall(path.read_text("utf-8"))
    }
    if found and error is None:
        raise SphinxError("fetched from outside:\n" + "\n".join(sorted(found)))


def setup(app: Sphinx) -> None:
    app.connect("source-read", _contents)
    app.connect("html-page-context", _language)
    app.connect("build-finished", _alone)
