"""Attention as a heat map: which source tokens the model attended to while it generated each target token."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from seq2seq.pages.axis import Axis
from seq2seq.pages.heatmap import Heatmap
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
) -> Heatmap:
    """A heat map of attention weights, target tokens downwards, source tokens across, both joined to words.

    Args:
        weights: The attention weights, each row a distribution. [target tokens, source tokens]
        source_pieces: Spellings of the source tokens, with or without the end of sentence.
        target_pieces: Spellings of the target tokens, with or without the end of sentence.
        key: A text that no other figure of the page has.
        title: What the matrix is; it names the head if there are several.
        source_spaces: Whether the source language separates words by spaces, see `seq2seq.tokenization.words.spaced`.
        target_spaces: Whether the target language does.
    """
    matrix = np.asarray(weights, np.float64)  # [target, source]
    rows = piece_axis("target piece", target_pieces, target_spaces)
    columns = piece_axis("source piece", source_pieces, source_spaces)
    return Heatmap(
        matrix,
        rows,
        columns,
        key=key,
        title=title,
        summary=_most_attended(matrix, rows, columns),
        low=0.0,
        high=1.0,
    )


def piece_axis(name: str, pieces: Sequence[str], spaces: bool = True) -> Axis:
    """Tokens as the rows or columns of a matrix; those of one word form a group."""
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


def _most_attended(matrix: np.ndarray, rows: Axis, columns: Axis) -> str:
    """The source token that each target token attends to most."""
    pairs = [
        f"{printable(rows.labels[n])} → {printable(columns.labels[int(matrix[n].argmax())])}"
        for n in range(len(matrix))
    ]
    return "The source piece that each target piece attends to most: " + ", ".join(pairs) + "."
