"""The tables of `data/`: text, a line for each word, act, frame or sentence."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


def table(name: str) -> list[str]:
    """The lines of a table that are neither empty nor a comment."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
