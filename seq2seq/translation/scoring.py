"""How probable a model finds translations that are given."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seq2seq.search import forced_scores, length_normalizer
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.translation.results import Token, finite

if TYPE_CHECKING:
    from seq2seq.translation.translator import Translator


@dataclass(frozen=True)
class ForcedScore:
    """What a model says of a pair."""

    source: str
    target: str
    score: float
    """`log_probability`, normalized by length as a translation's score is, without coverage penalty."""
    log_probability: float
    """Natural logarithm of the target's probability, given the source; its end included."""
    tokens: tuple[Token, ...]
    """The target's pieces, the end included."""

    def to_json(self) -> str:
        """One line of JSON; a probability of zero, which has no logarithm, becomes null."""
        record = {
            "source": self.source,
            "target": self.target,
            "score": finite(self.score),
            "log_probability": finite(self.log_probability),
            "tokens": [{"token": piece, "log_probability": finite(value)} for piece, value in self.tokens],
        }
        return json.dumps(record, ensure_ascii=False, allow_nan=False)


def score_pairs(translator: Translator, sources: Sequence[str], targets: Sequence[str]) -> list[ForcedScore]:
    """Scores pairs; each score depends on its own pair only.

    Long lines are scored whole. A blank target has the probability of saying nothing; of a blank source that is 1, as a
    blank line's translation is blank without asking the model. A target is cut into the pieces that the tokenizer likes
    best, which are not always those of a translation that reads the same.

    Args:
        translator: whose engine, tokenizers, `length_penalty` and `batch_tokens` are used.
        sources: one line each.
        targets: as many.

    Returns:
        As many scores, in the same order.

    Raises:
        ValueError: there are not as many targets as sources.
    """
    if len(sources) != len(targets):
        raise ValueError(f"Expected as many sources as targets, got {len(sources)} and {len(targets)}.")
    from seq2seq.translation.options import Decoding

    decoding = Decoding.of(translator.decoding)
    source_ids = [[*ids, EOS] for ids in translator.tokenizer.encode(sources)]
    target_ids = translator.target_tokenizer.encode(targets)
    sizes = [max(len(source), len(target) + 1) for source, target in zip(source_ids, target_ids, strict=True)]
    blank = [n for n, ids in enumerate(source_ids) if len(ids) == 1 and not target_ids[n]]
    scores = {n: ForcedScore(sources[n], targets[n], 0.0, 0.0, ()) for n in blank}
    order = sorted(scores.keys() ^ range(len(sizes)), key=lambda n: (-sizes[n], n))
    while order:
        rows = max(1, decoding.batch_tokens // sizes[order[0]])
        chosen, order = order[:rows], order[rows:]
        ids, wanted = [source_ids[n] for n in chosen], [target_ids[n] for n in chosen]
        found = forced_scores(
            translator.engine,
            pad(ids),
            np.array([len(row) for row in ids], np.int32),
            pad(wanted),
            np.array([len(row) for row in wanted], np.int32),
        )
        for n, values in zip(chosen, found, strict=True):
            total = math.fsum(values)
            pieces = translator.target_tokenizer.pieces([*target_ids[n], EOS])
            normalized = total / float(length_normalizer(len(pieces), decoding.length_penalty))
            scores[n] = ForcedScore(
                sources[n], targets[n], normalized, total, tuple(map(Token, pieces, values.tolist()))
            )
    return [scores[n] for n in range(len(sources))]
