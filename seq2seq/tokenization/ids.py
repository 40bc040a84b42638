"""The ids that mean no piece of text, and rows of ids as one padded array.

Nothing heavy is imported here: every room may use it.
"""

import numpy as np
from numpy.typing import NDArray

PAD, UNK, BOS, EOS = 0, 1, 2, 3
"""Padding, unknown, begin and end of sentence."""

Ids = NDArray[np.int32]


def pad(rows: list[list[int]]) -> Ids:
    """Rows of ids, padded on the right. Shape [rows, longest row]."""
    width = max(map(len, rows), default=0)
    padded = np.full((len(rows), width), PAD, np.int32)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded
