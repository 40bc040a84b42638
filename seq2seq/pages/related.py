"""Links between pages that lie together: a run's training page, reports of its models, and inspections.

A page keeps its links between two comments in its header, where they can be renewed without making the page anew.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from markupsafe import Markup

from seq2seq.errors import UserError
from seq2seq.output import write_output

TRAINING_PAGE = "training.html"
"""Name of the page of a run, in its folder."""
MOST = 12
"""Number of pages of a folder that are linked, the newest first."""
_BEGIN, _END = "<!-- related pages -->", "<!-- end of related pages -->"
_BLOCK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_HEAD = 8_192  # characters in which the head of a page says who made it


def known_pages(page: Path, models: Iterable[Path] = ()) -> list[Path]:
    """Pages of this program that a page can link to: those in its folder, and those of the runs of its models.

    Args:
        page: The page's file.
        models: Model folders that the page is about.
    """
    folders = [folder for model in models for folder in (model, model.parent, model.parent.parent)]
    beside = sorted(page.parent.glob("*.html"), key=_age)[: 4 * MOST]
    found: dict[Path, Path] = {}
    for path in [*(folder / TRAINING_PAGE for folder in folders), *beside]:
        key = path.resolve()
        if key != page.resolve() and key not in found and len(found) < MOST and _text(path) is not None:
            found[key] = path
    return list(found.values())


def link_pages(page: Path, others: Iterable[Path]) -> None:
    """Links a page with others, both ways; links to files that are gone are dropped.

    A page that cannot be written stays as it is: links are a convenience.

    Args:
        page: The page's file.
        others: Files of other pages of this program, see `known_pages`.
    """
    others = list(others)
    _add_links(page, others)
    for other in others:
        _add_links(other, [page])


def keep_links(text: str, page: Path) -> str:
    """Takes over the links of the file that a page replaces.

    Args:
        text: The new page.
        page: The file.
    """
    before = _text(page)
    return text if before is None else _with_links(text, page, _links(before, page))


def _add_links(page: Path, others: Iterable[Path]) -> None:
    text = _text(page)
    if text is None:
        return
    linked = _with_links(text, page, [*_links(text, page), *others])
    if linked != text:
        with suppress(UserError):
            write_output(page, linked)


def _with_links(text: str, page: Path, others: Iterable[Path]) -> str:
    """The text of a page with links to others."""
    rows: dict[str, Markup] = {}
    for other in others:
        titled = _text(other)
        if titled is None or other.resolve() == page.resolve():
            continue
        path = Path(os.path.relpath(other.resolve(), page.resolve().parent)).as_posix()
        rows[path] = Markup('<li><a href="{}">{}</a> <small>{}</small></li>').format(quote(path), _title(titled), path)
    items = Markup("").join(rows[path] for path in sorted(rows))
    block = Markup('<nav class="related" aria-label="Related pages"><ul>{}</ul></nav>').format(items) if rows else ""
    return _BLOCK.sub(lambda _: f"{_BEGIN}{block}{_END}", text, count=1)


def _links(text: str, page: Path) -> Iterator[Path]:
    """The files that a page links to."""
    found = _BLOCK.search(text)
    for reference in re.findall(r'href="([^"]+)"', found[1]) if found else []:
        yield page.parent / unquote(html.unescape(reference))


def _text(path: Path) -> str | None:
    """The text of a page that this program made; None for any other file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head = file.read(_HEAD)
            if '<meta name="generator" content="seq2seq ' not in head:
                return None
            return head + file.read()
    except (OSError, UnicodeDecodeError):
        return None


def _title(text: str) -> str:
    found = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    return html.unescape(found[1]) if found else "Page"


def _age(path: Path) -> float:
    """The time since when a file is as it is, so that the newest comes first."""
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0
