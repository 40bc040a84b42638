"""What attention says about missing and superfluous content.

Summed over the output, the attention that a source piece gets tells how much of the output it stands behind. A piece
that gets far less than 1 may have been left out, one that gets far more may have been said more than once (Tu et al.
2016, "Modeling Coverage for Neural Machine Translation"). With c_i the sum of piece i, as the coverage penalty of Wu
et al. 2016 (equation 14) counts it:

    missing = 1 − mean of min(c_i, 1)        excess = mean of max(c_i − 1, 0)

over the pieces of the source, its end left out. Attention is no alignment: function words get little of it even where
nothing is missing. Read both as where to look first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seq2seq.search import forced_attention
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.tokenization.words import SPACE, word_numbers
from seq2seq.translation.options import Decoding

if TYPE_CHECKING:
    from seq2seq.translation.translator import Translator

BARELY = 0.3
"""A source word whose pieces get less than this each, on the mean, counts as hardly looked at."""


@dataclass(frozen=True, eq=False)
class Attention:
    """Where a model looked while it said a translation."""

    weights: NDArray[np.float64]
    """[target pieces, source pieces], the end of sentence last on both sides."""
    source: list[str]
    """Pieces, the end included."""
    target: list[str]


@dataclass(frozen=True)
class Coverage:
    """What a sentence's attention sums to."""

    missing: float
    excess: float
    words: tuple[tuple[str, float], ...]
    """Source words with the mean attention that their pieces got."""


def attentions(
    translator: Translator, sources: Sequence[str], hypotheses: Sequence[str], lines: Sequence[int]
) -> Iterator[tuple[int, Attention]]:
    """Says given translations once more and watches; the translation's pieces are those that its text is cut into.

    Lines without any piece on either side are left out, and so are those that are too long to be translated in one.

    Args:
        translator: whose translations they are.
        sources: all lines.
        hypotheses: as many.
        lines: which of them to watch, from 0.

    Yields:
        A line's number and its attention; not in order.
    """
    decoding = Decoding.of(translator.decoding)
    source_ids = [[*ids, EOS] for ids in translator.tokenizer.encode([sources[n] for n in lines])]
    target_ids = translator.target_tokenizer.encode([hypotheses[n] for n in lines])
    sizes = [max(len(s), len(t) + 1) for s, t in zip(source_ids, target_ids, strict=True)]
    usable = [n for n, t in enumerate(target_ids) if t and 1 < len(source_ids[n]) <= decoding.max_source_tokens]
    order = sorted(usable, key=lambda n: (-sizes[n], n))
    while order:
        rows = max(1, decoding.batch_tokens // sizes[order[0]])
        chosen, order = order[:rows], order[rows:]
        said = [source_ids[n] for n in chosen], [target_ids[n] for n in chosen]
        lengths = [np.array([len(row) for row in side], np.int32) for side in said]
        found = forced_attention(translator.engine, pad(said[0]), lengths[0], pad(said[1]), lengths[1])
        for n, weights in zip(chosen, found, strict=True):
            source = translator.tokenizer.pieces(source_ids[n])
            yield lines[n], Attention(weights, source, translator.target_tokenizer.pieces([*target_ids[n], EOS]))


def coverage(attention: Attention, spaces: bool = True) -> Coverage:
    """Sums up a sentence's attention; `spaces` tells whether the source language separates words by spaces."""
    sums = attention.weights[:, :-1].sum(0)  # [source pieces without the end]
    pieces = attention.source[:-1]
    numbers = word_numbers(pieces, spaces)
    words = [""] * (int(numbers[-1]) + 1)
    for piece, n in zip(pieces, numbers, strict=True):
        words[n] += piece.replace(SPACE, "")
    means = np.bincount(numbers, sums) / np.bincount(numbers)
    return Coverage(
        float(1 - np.minimum(sums, 1).mean()),
        float(np.maximum(sums - 1, 0).mean()),
        tuple(zip(words, means.tolist(), strict=True)),
    )
