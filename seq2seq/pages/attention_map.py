"""Attention as a heat map: which source pieces were looked at when each target piece was said."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from seq2seq.pages.heatmap import Axis, heatmap
from seq2seq.pages.text import printable
from seq2seq.tokenization.words import SPACE, word_numbers


def attention_map(
    weights: ArrayLike,
    source_pieces: Sequence[str],
    target_pieces: Sequence[str],
    *,
    key: str,
    title: str = "Attention",
    source_spaces: bool = True,
    target_spaces: bool = True,
) -> Markup:
    """A heat map of attention weights, target pieces downwards, source pieces across, both joined to words.

    Args:
        weights: [target pieces, source pieces], each row a distribution.
        source_pieces: as the tokenizer spells them, with or without the end of sentence.
        target_pieces: likewise.
        key: what no other figure of the page has.
        title: what it is; name the head if there are several.
        source_spaces: whether the source language separates words by spaces, see `seq2seq.tokenization.words.spaced`.
        target_spaces: likewise.
    """
    matrix = np.asarray(weights, np.float64)  # [target, source]
    rows = piece_axis("target piece", target_pieces, target_spaces)
    columns = piece_axis("source piece", source_pieces, source_spaces)
    return heatmap(
        matrix,
        rows,
        columns,
        key=key,
        title=title,
        summary=_looked_at(matrix, rows, columns),
        low=0.0,
        high=1.0,
    )


def piece_axis(name: str, pieces: Sequence[str], spaces: bool = True) -> Axis:
    """Pieces as the rows or columns of a matrix; those of one word form a group."""
    end = len(pieces) > 0 and pieces[-1] == "</s>"
    plain = list(pieces[:-1] if end else pieces)
    numbers = [int(n) for n in word_numbers(plain, spaces)]
    words: dict[int, str] = {}
    for piece, n in zip(plain, numbers, strict=True):
        words[n] = words.get(n, "") + piece.replace(SPACE, "")
    counts = np.bincount(numbers) if numbers else np.zeros(0, int)
    details = [
        f"“{piece}” of “{words[n]}”" if counts[n] > 1 else f"“{piece}”" for piece, n in zip(plain, numbers, strict=True)
    ]
    if end:
        numbers.append(numbers[-1] + 1 if numbers else 0)
        details.append("end of sentence")
    labels = ["⏎" if piece == "</s>" else piece.replace(SPACE, "") or piece for piece in pieces]
    return Axis(name, labels, details, numbers)


def _looked_at(matrix: np.ndarray, rows: Axis, columns: Axis) -> str:
    """For each target piece, what it looked at most."""
    pairs = [
        f"{printable(rows.labels[n])} → {printable(columns.labels[int(matrix[n].argmax())])}"
        for n in range(len(matrix))
    ]
    return "The source piece that each target piece looked at most: " + ", ".join(pairs) + "."
