"""What a search is asked for: a batch of sentences, the limits of their outputs, and how outputs are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seq2seq.search.interface import IntArray
from seq2seq.search.rules import Rule


@dataclass(frozen=True, eq=False)
class SearchRequest:
    """A batch for one search, checked.

    Attributes:
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        max_lengths: [sentences] limits in output tokens, EOS not counted. A hypothesis that reaches its limit is ended
            with EOS, whose true log-probability counts like any other.
        length_penalty: Alpha of `length_normalizer`, at least 0.
        coverage_penalty: Beta of `CoveragePenalty`, at least 0. It joins the score when a hypothesis ends; while
            hypotheses are live they compete by log-probability alone.
        prefixes: For each sentence the tokens that its output must begin with, [] for none; None for none at all. A
            prefix longer than the sentence's limit raises the limit, and the rules do not apply to it.
        rules: What outputs must not contain, see `seq2seq.search.rules`. A rule follows one search and cannot be used
            for a second one.
        n_best: Number of outputs to return per sentence; there are fewer if the search met fewer.
        attention: Whether to return attention weights.
        stop_early: Whether to leave a sentence as soon as no live hypothesis can become its best output.

    Raises:
        ValueError: A value is out of range or shapes do not fit.

    Example:
        >>> SearchRequest(np.array([[5, 3]]), np.array([2]), max_lengths=np.array([9])).n_best
        1
    """

    ids: IntArray
    lengths: IntArray
    max_lengths: IntArray
    length_penalty: float = 0.0
    coverage_penalty: float = 0.0
    prefixes: Sequence[Sequence[int]] | None = None
    rules: Sequence[Rule] = ()
    n_best: int = 1
    attention: bool = False
    stop_early: bool = False

    def __post_init__(self) -> None:
        """Checks shapes and ranges."""
        shape = self.ids.shape[:1]
        if self.ids.ndim != 2 or self.lengths.shape != shape or self.max_lengths.shape != shape:
            raise ValueError(
                "Expected ids [sentences, source], lengths [sentences] and max_lengths [sentences], "
                f"got shapes {self.ids.shape}, {self.lengths.shape} and {self.max_lengths.shape}."
            )
        for name in ("length_penalty", "coverage_penalty"):
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} must be at least 0, got {value}.")
        if self.n_best < 1:
            raise ValueError(f"n_best must be at least 1, got {self.n_best}.")
        if (self.max_lengths < 0).any():
            raise ValueError(f"max_lengths must be at least 0, got {self.max_lengths.min()}.")
        if self.prefixes is not None and len(self.prefixes) != len(self.ids):
            raise ValueError(f"Expected prefixes of {len(self.ids)} sentences, got {len(self.prefixes)}.")
