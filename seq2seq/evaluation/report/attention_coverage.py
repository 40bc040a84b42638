"""Coverage of the source by attention, a sign of missing and superfluous content.

Summed over the output, the attention that a source token gets tells how much of the output depends on it. A token that
gets far less than 1 may have been left out, one that gets far more may have been translated more than once (Tu et al.
2016, "Modeling Coverage for Neural Machine Translation"). With c_i the sum of token i, as the coverage penalty of Wu
et al. 2016 (equation 14) counts it:

    missing = 1 − mean of min(c_i, 1)        excess = mean of max(c_i − 1, 0)

over the tokens of the source, its end left out. Attention is no alignment: function words get little of it even where
nothing is missing. Read both as where to look first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seq2seq.search import forced_attention
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.words import SPACE, word_numbers
from seq2seq.translation.batching import each_in_batches, padded_rows

if TYPE_CHECKING:
    from seq2seq.translation.translator import Translator

BARELY = 0.3
"""A source word whose tokens get less attention than this each, on average, counts as hardly attended to."""


@dataclass(frozen=True, eq=False)
class SentenceAttention:
    """A model's attention weights over a translation.

    Attributes:
        weights: Attention weights, the end of sentence last on both sides. [target tokens, source tokens]
        source: Spellings of the source tokens, the end included.
        target: Spellings of the target tokens, the end included.
    """

    weights: NDArray[np.float64]
    source: list[str]
    target: list[str]


@dataclass(frozen=True)
class AttentionCoverage:
    """The sums of a sentence's attention.

    Attributes:
        missing: Mean over the source tokens of the attention that they lack of 1.
        excess: Mean over the source tokens of the attention that they get beyond 1.
        words: Source words, each with the mean attention of its tokens.
    """

    missing: float
    excess: float
    words: tuple[tuple[str, float], ...]


def attentions(
    translator: Translator, sources: Sequence[str], hypotheses: Sequence[str], lines: Sequence[int]
) -> Iterator[tuple[int, SentenceAttention]]:
    """Attention weights over given translations, which are fed to the decoder as their text is tokenized.

    Lines without any token on either side are left out, and so are those that are too long to be translated in one.

    Args:
        translator: The model that made the translations.
        sources: All source lines.
        hypotheses: All translations, as many as source lines.
        lines: Numbers of the lines to compute attention for, from 0.

    Yields:
        A line's number and its attention, not in the order of the lines.
    """
    options, tokenizers = translator.options, translator.tokenizers
    source_ids = [[*ids, EOS] for ids in tokenizers.source.tokenizer.encode([sources[n] for n in lines])]
    target_ids = tokenizers.target.tokenizer.encode([hypotheses[n] for n in lines])
    usable = [n for n, t in enumerate(target_ids) if t and 1 < len(source_ids[n]) <= options.max_source_tokens]
    sizes = [max(len(source_ids[n]), len(target_ids[n]) + 1) for n in usable]

    def run(batch: list[int]) -> list[NDArray[np.float64]]:
        source = padded_rows([source_ids[n] for n in batch])
        target = padded_rows([target_ids[n] for n in batch])
        return forced_attention(translator.engine, *source, *target)

    for i, weights in each_in_batches(usable, sizes, run, batch_tokens=options.batch_tokens):
        n = usable[i]
        pieces = (
            tokenizers.source.tokenizer.pieces(source_ids[n]),
            tokenizers.target.tokenizer.pieces([*target_ids[n], EOS]),
        )
        yield lines[n], SentenceAttention(weights, *pieces)


def coverage(attention: SentenceAttention, spaces: bool = True) -> AttentionCoverage:
    """Sums up a sentence's attention.

    Args:
        attention: The attention weights.
        spaces: Whether the source language separates words by spaces.

    Example:
        >>> weights = np.array([[0.9, 0.0, 0.1], [0.6, 0.2, 0.2]])
        >>> covered = coverage(SentenceAttention(weights, ["▁A", "▁b", "</s>"], ["▁X", "</s>"]))
        >>> [(word, round(attention, 3)) for word, attention in covered.words]
        [('A', 1.5), ('b', 0.2)]
        >>> round(covered.missing, 3), round(covered.excess, 3)
        (0.4, 0.25)
    """
    sums = attention.weights[:, :-1].sum(0)  # [source tokens without the end]
    pieces = attention.source[:-1]
    numbers = word_numbers(pieces, spaces)
    words = [""] * (int(numbers[-1]) + 1)
    for piece, n in zip(pieces, numbers, strict=True):
        words[n] += piece.replace(SPACE, "")
    means = np.bincount(numbers, sums) / np.bincount(numbers)
    return AttentionCoverage(
        float(1 - np.minimum(sums, 1).mean()),
        float(np.maximum(sums - 1, 0).mean()),
        tuple(zip(words, means.tolist(), strict=True)),
    )
