"""Beam search; greedy search is a beam of one."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from seq2seq.search.hypothesis import Hypothesis
from seq2seq.search.interface import Engine, MemoryT
from seq2seq.search.loop import search
from seq2seq.search.rules import Rule
from seq2seq.search.selection import Best, Selection


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
    """Find the best outputs of every sentence.

    Each sentence has `beam_size` slots. A hypothesis that ends keeps its slot for good, and the free slots
    go to the live candidates of highest log-probability; a sentence is done when none is live. What a
    sentence gets depends on no other sentence of the batch.

    Args:
        engine: what encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        beam_size: slots per sentence, at least 1.
        length_penalty: alpha of `length_normalizer`, at least 0.
        max_lengths: [sentences] limits in output tokens, EOS not counted. A hypothesis that reaches its
            limit is ended with EOS, whose true log p counts like any other.
        n_best: how many outputs to return per sentence, at most `beam_size`. There are fewer when the
            search met fewer.
        attention: also return attention weights.
        coverage_penalty: beta of `Coverage`, at least 0. It joins the score when a hypothesis ends; while
            they are live they compete by log-probability alone.
        prefixes: for each sentence the tokens its output must begin with, [] for none. A prefix longer than
            the sentence's limit becomes its limit, and the rules do not apply to it.
        rules: what must not be said, see `seq2seq.search.rules`.
        selection: another way to choose than the best `beam_size`, such as `lexical.Banks`.

    Returns:
        For each sentence its hypotheses, best score first; those that a limit ended in breach of a rule come last.

    Raises:
        ValueError: when an argument is out of range or shapes do not fit.
        FloatingPointError: when the engine returns NaN, or no possible output.
    """
    return search(
        engine,
        ids,
        lengths,
        selection or Best(beam_size),
        max_lengths=max_lengths,
        length_penalty=length_penalty,
        coverage_penalty=coverage_penalty,
        prefixes=prefixes,
        rules=rules,
        n_best=n_best,
        attention=attention,
        # The bound speaks of the best output only.
        stop_early=_stop_early and n_best == 1,
    )
