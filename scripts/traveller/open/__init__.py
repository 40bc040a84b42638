"""The open test: sentences written freely by hand, before and apart from the grammar, and never trained on."""

from __future__ import annotations

from pathlib import Path

from ..pairs import Pair


def written(name: str) -> list[Pair]:
    """The pairs of `test-NAME.tsv`."""
    text = (Path(__file__).resolve().parent / f"test-{name}.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.split("\n") if line]
    return [Pair(left, right) for left, right in rows]
