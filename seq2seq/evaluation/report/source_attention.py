"""Attention over given translations, and source words that get less of it than they usually do.

Summed over the output, the attention that a source token gets tells how much of the output depends on it. One that
gets far less than 1 may have been left out (Tu et al. 2016, "Modeling Coverage for Neural Machine Translation"). But
function words get little attention even where nothing is missing: the mean of what is lacking was 22 % for a model of
BLEU 88, and 31 % for one of BLEU 8. So each token is compared with what the same token gets in the other lines:

    shortfall = max(0, median of min(c, 1) over all lines − min(c, 1))        with c the sum of the token's attention

On translations from which two words were deleted on purpose, the mean shortfall tells the damaged lines from the others
with an area under the ROC curve of 0.96, what is lacking of 1 with 0.87.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

NEGLECTED = 0.4
"""A source word whose tokens get this much less attention than usual, on average, may have been left out."""
SEEN = 3
"""Number of occurrences from which on a token's own median tells what is usual; below, that of all tokens does."""


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
class Shortfall:
    """How much less attention the words of a sentence get than they usually do.

    Attributes:
        mean: Mean of the tokens' shortfalls.
        words: Source words, each with the mean shortfall of its tokens.
    """

    mean: float
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


def shortfalls(attended: Iterable[tuple[int, SentenceAttention]], spaces: bool = True) -> dict[int, Shortfall]:
    """Compares the attention of every source token with what the same token gets in other lines.

    Args:
        attended: Numbers of lines with their attention.
        spaces: Whether the source language separates words by spaces.

    Returns:
        The shortfall of each line by its number, in the order of the lines.

    Example:
        >>> line = lambda *sums: SentenceAttention(np.array([[*sums, 0.0]]), ["▁A", "▁b", "</s>"], ["</s>"])
        >>> found = shortfalls([(0, line(0.9, 0.5)), (1, line(0.9, 0.5)), (2, line(0.9, 0.1))])
        >>> [(word, round(lack, 2)) for word, lack in found[2].words]
        [('A', 0.0), ('b', 0.4)]
    """
    # [source tokens without the end]
    lines = {n: (one.source[:-1], np.minimum(one.weights[:, :-1].sum(0), 1)) for n, one in attended}
    by_piece: dict[str, list[float]] = defaultdict(list)
    for pieces, sums in lines.values():
        for piece, value in zip(pieces, sums, strict=True):
            by_piece[piece].append(float(value))
    every = float(np.median([value for values in by_piece.values() for value in values])) if by_piece else 0.0
    usual = {piece: float(np.median(v)) if len(v) >= SEEN else every for piece, v in by_piece.items()}
    return {n: _shortfall(*lines[n], usual, spaces) for n in sorted(lines)}


def _shortfall(pieces: list[str], sums: NDArray[np.float64], usual: Mapping[str, float], spaces: bool) -> Shortfall:
    lacks = np.maximum(0, [usual[piece] for piece in pieces] - sums)
    numbers = word_numbers(pieces, spaces)
    words = [""] * (int(numbers[-1]) + 1)
    for piece, n in zip(pieces, numbers, strict=True):
        words[n] += piece.replace(SPACE, "")
    means = np.bincount(numbers, lacks) / np.bincount(numbers)
    return Shortfall(float(lacks.mean()), tuple(zip(words, means.tolist(), strict=True)))
