"""MkDocs calls these while it builds the site: pages from elsewhere, links that leave docs/, and formulas.

Pages from elsewhere are the project's own files (CONTRIBUTING.md and the like), the commands, as Click knows them, and
the commented config. Formulas become MathML, which browsers show without a script.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from scripts.site.commands import command_pages
from seq2seq.config.commented import commented_config

ROOT = Path(__file__).resolve().parents[2]
ROOT_PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
"""Files of the project's folder that are pages of the site, by the names they have there."""

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Adds the pages that are made from elsewhere."""
    pages = {page: _from_root((ROOT / name).read_text("utf-8")) for name, page in ROOT_PAGES.items()}
    pages["reference/commands.md"] = command_pages()
    pages["reference/config.md"] = config_page()
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Rewrites links that leave docs/: to the page that the file is on the site, or to the bare name of the file."""
    folder = posixpath.dirname(page.file.src_uri)

    def rewrite(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("docs", folder, link["target"]))
        if path.startswith("docs/"):
            return link[0]
        if path in ROOT_PAGES:
            return f"[{link['text']}]({posixpath.relpath(ROOT_PAGES[path], folder or '.')}{link['anchor'] or ''})"
        if not (ROOT / path).exists():
            raise PluginError(f"{page.file.src_uri} links to {link['target']}, which is not in the project")
        return link["text"]

    return _LINK.sub(rewrite, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Turns formulas into MathML."""
    return _FORMULA.sub(lambda found: convert(_unescape(found[2]), "block" if found[1] == "div" else "inline"), html)


def config_page() -> str:
    """Every key of a config with its default and meaning, as `seq2seq config` prints them."""
    return (
        "# Config\n\nWhat `seq2seq config` prints: every key with its default and its meaning. "
        "A config needs only the keys that differ from their defaults.\n\n"
        f"```yaml\n{commented_config()}```\n"
    )


def _from_root(markdown: str) -> str:
    """A file of the project's folder, with its links as they read from docs/."""

    def rewrite(link: re.Match[str]) -> str:
        return f"[{link['text']}]({posixpath.relpath(link['target'], 'docs')}{link['anchor'] or ''})"

    return _LINK.sub(rewrite, markdown)


def _unescape(formula: str) -> str:
    return formula.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
