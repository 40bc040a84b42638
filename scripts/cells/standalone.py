"""A figure of `seq2seq.pages.figures` as a file of its own, light or dark as the reader's system is."""

from __future__ import annotations

import re
from pathlib import Path

from seq2seq.files import write_file
from seq2seq.pages.rendering import environment

FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'


def write_svg(path: Path, svg: str) -> None:
    """Writes an inline SVG as a file; its colours are those of the pages' style sheet."""
    light, dark = schemes()
    style = (
        f"svg {{ {light} font-family: {FONT}; background: var(--ground); }} "
        f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}"
    )
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{box[1]}" height="{box[2]}" '
    )
    text = str(svg).replace("<svg ", head, 1)  # `Markup` would escape what it puts in
    end = text.index(">") + 1
    write_file(path, f"{text[:end]}<style>{style}</style>{text[end:]}\n")


def schemes() -> tuple[str, str]:
    """The colours of the pages as CSS declarations, for light and for dark."""
    loader = environment().loader
    assert loader is not None
    sheet, _, _ = loader.get_source(environment(), "page.css")
    found = re.findall(r"(--[\w-]+): light-dark\(([^,]+), ([^)]+)\);", sheet)
    return tuple(" ".join(f"{name}: {pair[n]};" for name, *pair in found) for n in (0, 1))  # type: ignore[return-value]
