"""Forced scores: how probable a model finds translations that are given."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seq2seq.search import Engine, forced_scores, length_normalizer
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.batching import each_in_batches, padded_rows
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.results import Token, finite
from seq2seq.translation.segments import checked_lines


@dataclass(frozen=True)
class ForcedScore:
    """The score of a given translation.

    Example:
        >>> ForcedScore("Hi", "Hallo", -0.5, -0.6, (Token("▁Hallo", -0.4), Token("</s>", -0.2))).log_probability
        -0.6
    """

    source: str
    target: str
    score: float
    """`log_probability`, normalized by length as a translation's score is, without coverage penalty."""
    log_probability: float
    """Natural logarithm of the target's probability given the source, end of sentence included."""
    tokens: tuple[Token, ...]
    """The target's tokens, the end of sentence included."""

    def to_json(self) -> str:
        """One line of JSON; a probability of zero, which has no logarithm, becomes null.

        Example:
            >>> ForcedScore("Hi", "Hallo", -0.5, -0.6, ()).to_json()
            '{"source": "Hi", "target": "Hallo", "score": -0.5, "log_probability": -0.6, "tokens": []}'
        """
        record = {
            "source": self.source,
            "target": self.target,
            "score": finite(self.score),
            "log_probability": finite(self.log_probability),
            "tokens": [{"token": piece, "log_probability": finite(value)} for piece, value in self.tokens],
        }
        return json.dumps(record, ensure_ascii=False, allow_nan=False)


def score_pairs(
    engine: Engine[Any],
    tokenizers: TokenizerPair,
    options: DecodingOptions,
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    parallel: int = 1,
) -> list[ForcedScore]:
    """Scores pairs of source and translation; a score depends on its own pair only.

    Long lines are scored whole. A blank target is scored as the empty output. If the source is blank too, the
    probability is 1: blank lines never reach the model. A target is cut into the tokens that the tokenizer finds most
    probable, which are not always those of a translation that reads the same.

    Args:
        engine: Encodes and steps.
        tokenizers: Tokenizers of source and target.
        options: Options, of which `length_penalty` and `batch_tokens` are used.
        sources: Source text.
        targets: A translation of each line.
        parallel: Number of batches that are scored at once, in threads.

    Returns:
        The score of each pair, in the order of the pairs.

    Raises:
        TypeError: Something is no line, or all is one string.
        ValueError: There are not as many targets as sources.
    """
    sources, targets = checked_lines(sources, "sources"), checked_lines(targets, "targets")
    if len(sources) != len(targets):
        raise ValueError(f"Expected as many sources as targets, got {len(sources)} and {len(targets)}.")
    source_ids = [[*ids, EOS] for ids in tokenizers.source.tokenizer.encode(sources)]
    target_ids = tokenizers.target.tokenizer.encode(targets)
    scores = [ForcedScore(source, target, 0.0, 0.0, ()) for source, target in zip(sources, targets, strict=True)]
    pairs = [
        n for n, (source, target) in enumerate(zip(source_ids, target_ids, strict=True)) if len(source) > 1 or target
    ]
    sizes = [max(len(source_ids[n]), len(target_ids[n]) + 1) for n in pairs]

    def run(batch: list[int]) -> list[Any]:
        source = padded_rows([source_ids[n] for n in batch])
        target = padded_rows([target_ids[n] for n in batch])
        return forced_scores(engine, *source, *target)

    for i, values in each_in_batches(pairs, sizes, run, batch_tokens=options.batch_tokens, parallel=parallel):
        n = pairs[i]
        total = math.fsum(values)
        pieces = tokenizers.target.tokenizer.pieces([*target_ids[n], EOS])
        normalized = total / float(length_normalizer(len(pieces), options.length_penalty))
        scores[n] = ForcedScore(sources[n], targets[n], normalized, total, tuple(map(Token, pieces, values.tolist())))
    return scores
