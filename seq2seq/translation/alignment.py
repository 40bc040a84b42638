"""Which source word each target word looked at: word alignments from attention weights.

Attention is between pieces. The weights of a target word are the mean over its pieces, those of a source word the sum
over its; a target word is linked to the source word of the highest weight (the first, if several have it). Every target
word has exactly one link, a source word any number. Words are numbered from 0 and written as Pharaoh does: i-j.

Attention is not trained to align: read the links as where the model looked, which is mostly, not always, what was
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
        attention: [target pieces, source pieces] weights; what goes beyond the words on either side (the end of
            sentence) is left out.
        source_words: [source pieces] the word of each piece, see `word_numbers`.
        target_words: [target pieces] likewise.

    Returns:
        (source word, target word) for each target word, in their order; nothing where a side has no word.
    """
    if not len(source_words) or not len(target_words):
        return ()
    weights = np.asarray(attention, np.float64)[: len(target_words), : len(source_words)]
    source = np.eye(source_words[-1] + 1)[source_words]  # [source pieces, source words]
    target = np.eye(target_words[-1] + 1)[target_words]  # [target pieces, target words]
    # Sums and means over a target word's pieces have their maximum at the same place.
    joined = target.T @ weights @ source  # [target words, source words]
    return tuple((int(i), j) for j, i in enumerate(joined.argmax(axis=1)))
