"""Beam search; greedy search is a beam of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from seq2seq.search.candidate_selection import BeamSelection, Selection
from seq2seq.search.hypothesis import Hypothesis
from seq2seq.search.interface import Engine, MemoryT
from seq2seq.search.loop import search
from seq2seq.search.request import SearchRequest
from seq2seq.search.rules import Rule


def beam_search(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    *,
    beam_size: int,
    length_penalty: float,
    max_lengths: ArrayLike,
    n_best: int = 1,
    attention: bool = False,
    coverage_penalty: float = 0.0,
    prefixes: Sequence[Sequence[int]] | None = None,
    rules: Sequence[Rule] = (),
    selection: Selection | None = None,
    _stop_early: bool = True,
) -> list[list[Hypothesis]]:
    """Finds the best outputs of every sentence, see `seq2seq.search.loop.search`.

    Args:
        engine: Encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        beam_size: Number of slots per sentence, at least 1.
        length_penalty: Alpha of `length_normalizer`, at least 0.
        max_lengths: [sentences] limits in output tokens, EOS not counted.
        n_best: Number of outputs to return per sentence, at most `beam_size`.
        attention: Whether to return attention weights.
        coverage_penalty: Beta of `CoveragePenalty`, at least 0.
        prefixes: For each sentence the tokens that its output must begin with, [] for none.
        rules: What outputs must not contain, see `seq2seq.search.rules`.
        selection: A way to choose in place of the best `beam_size`, such as `constraints.GridSelection`.

    Returns:
        For each sentence its hypotheses, best score first; those that a limit ended in breach of a rule come last.

    Raises:
        ValueError: An argument is out of range or shapes do not fit.
        FloatingPointError: The engine returns NaN, or no possible output.
    """
    request = SearchRequest(
        np.asarray(ids, np.int32),
        np.asarray(lengths, np.int32),
        np.asarray(max_lengths, np.int32),
        length_penalty=length_penalty,
        coverage_penalty=coverage_penalty,
        prefixes=prefixes,
        rules=rules,
        n_best=n_best,
        attention=attention,
        # The bound holds for the best output only.
        stop_early=_stop_early and n_best == 1,
    )
    return search(engine, request, selection or BeamSelection(beam_size))
