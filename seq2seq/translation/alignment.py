"""Word alignments from attention weights: the source word that each target word attends to most.

Attention is between tokens. The weight of a source word is the sum over its tokens, that of a target word the mean over
its tokens; a target word is linked to the source word of the highest weight (the first, if several have it). Every
target word has exactly one link, a source word any number. Words are numbered from 0 and written as Pharaoh does: i-j.

Attention is not trained to align: a link shows where the model attended, which is mostly, not always, what it
translated (Koehn and Knowles 2017, "Six Challenges for Neural Machine Translation").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import FloatArray


def align(
    attention: FloatArray, source_words: NDArray[np.int64], target_words: NDArray[np.int64]
) -> tuple[tuple[int, int], ...]:
    """Links every target word to a source word.

    Args:
        attention: [target tokens, source tokens] weights; tokens after the words on either side (the end of sentence)
            are left out.
        source_words: [source tokens] the word that each token belongs to, see `word_numbers`.
        target_words: [target tokens] the same for the target.

    Returns:
        A pair (source word, target word) for each target word, in their order; none if a side has no word.

    Example:
        >>> attention = np.array([[0.1, 0.9], [0.8, 0.2]])
        >>> align(attention, np.array([0, 1]), np.array([0, 1]))
        ((1, 0), (0, 1))
    """
    if not len(source_words) or not len(target_words):
        return ()
    weights = np.asarray(attention, np.float64)[: len(target_words), : len(source_words)]
    source = np.eye(source_words[-1] + 1)[source_words]  # [source tokens, source words]
    target = np.eye(target_words[-1] + 1)[target_words]  # [target tokens, target words]
    # The sum over a target word's tokens has its maximum where the mean has it.
    joined = target.T @ weights @ source  # [target words, source words]
    return tuple((int(i), j) for j, i in enumerate(joined.argmax(axis=1)))
