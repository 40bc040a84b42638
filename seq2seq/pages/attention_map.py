"""Attention as a heat map: what of the source the model attended to while it generated the target.

By tokens, whose words are joined by bars, or by words: the attention of a target word is the mean of its tokens', that
to a source word the sum over its tokens (Clark et al. 2019, "What Does BERT Look at?", section 4.1).
"""

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
    by_words: bool = False,
) -> Heatmap:
    """A heat map of attention weights, target downwards, source across.

    Args:
        weights: The attention weights, each row a distribution. [target tokens, source tokens]
        source_pieces: Spellings of the source tokens, with or without the end of sentence.
        target_pieces: Spellings of the target tokens, with or without the end of sentence.
        key: A text that no other figure of the page has.
        title: What the matrix is; it names the head if there are several.
        source_spaces: Whether the source language separates words by spaces, see `seq2seq.tokenization.words.spaced`.
        target_spaces: Whether the target language does.
        by_words: Whether rows and columns are words; if not, they are tokens.

    Example:
        >>> weights = [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]
        >>> made = attention_map(weights, ["▁bi", "ke", "</s>"], ["▁Rad", "</s>"], key="a", by_words=True)
        >>> made.columns.labels, made.matrix.round(2).tolist()
        (['bike', '⏎'], [[0.8, 0.2], [0.2, 0.8]])
    """
    matrix = np.asarray(weights, np.float64)  # [target, source]
    if by_words:
        rows, row_words = word_axis("target word", target_pieces, target_spaces)
        columns, column_words = word_axis("source word", source_pieces, source_spaces)
        to_rows = np.equal.outer(np.arange(len(rows.labels)), row_words).astype(float)  # [words, tokens]
        to_columns = np.equal.outer(column_words, np.arange(len(columns.labels))).astype(float)  # [tokens, words]
        matrix = to_rows / to_rows.sum(1, keepdims=True) @ matrix @ to_columns
    else:
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


def word_axis(name: str, pieces: Sequence[str], spaces: bool = True) -> tuple[Axis, list[int]]:
    """Tokens joined to the words that are rows or columns of a matrix, and the number of the word of each token.

    Example:
        >>> axis, numbers = word_axis("word", ["▁Fahr", "rad", "▁ab", "</s>"])
        >>> axis.labels, numbers
        (['Fahrrad', 'ab', '⏎'], [0, 0, 1, 2])
    """
    groups = list(piece_axis(name, pieces, spaces).groups or ())
    labels = [""] * (groups[-1] + 1 if groups else 0)
    for piece, n in zip(pieces, groups, strict=True):
        labels[n] += "⏎" if piece == "</s>" else piece.replace(SPACE, "")
    labels = [label or "␣" for label in labels]
    return Axis(name, labels, ["end of sentence" if label == "⏎" else f"“{label}”" for label in labels]), groups


def _most_attended(matrix: np.ndarray, rows: Axis, columns: Axis) -> str:
    """What each row attends to most."""
    pairs = [
        f"{printable(rows.labels[n])} → {printable(columns.labels[int(matrix[n].argmax())])}"
        for n in range(len(matrix))
    ]
    return f"The {columns.name} that each {rows.name} attends to most: " + ", ".join(pairs) + "."
