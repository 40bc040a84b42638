"""A batch of segments through the search: options become limits, rules and the arguments of `seq2seq.search`."""

from __future__ import annotations

from typing import Any

import numpy as np

from seq2seq.search import Engine, Hypothesis, MinimumLength, NoRepeat, Rule, beam_search, sample
from seq2seq.search.constraint_lexicon import Lexicon
from seq2seq.search.constraints import Banks, Words
from seq2seq.translation.batching import padded_rows
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.segments import Segment


def decode(
    engine: Engine[Any],
    segments: list[Segment],
    options: DecodingOptions,
    lexicon: Lexicon | None,
    *,
    first_line: int = 0,
    attention: bool = False,
) -> list[list[Hypothesis]]:
    """Searches for the outputs of a batch.

    Args:
        engine: Encodes and steps.
        segments: The batch.
        options: How to search.
        lexicon: The words to avoid and to require; None if the options name none.
        first_line: Number of the first line of the text, for the seeds of sampling.
        attention: Whether hypotheses carry attention weights.

    Returns:
        The hypotheses of each segment, best first.
    """
    ids, lengths = padded_rows([segment.ids for segment in segments])
    limits = options.limits(lengths)
    limits = np.maximum(limits, np.array([len(segment.prefix) for segment in segments], np.int32))
    rules: list[Rule] = []
    words: Words | None = None
    if lexicon is not None:
        width = 1 if options.sample else options.beam_size
        # A long line's required words go into its first segment.
        words = Words(lexicon, limits, width, [segment.number == 0 for segment in segments])
        rules.append(words)
    if options.min_length:
        rules.append(MinimumLength(np.full(len(segments), options.min_length)))
    if options.no_repeat_ngram:
        rules.append(NoRepeat(options.no_repeat_ngram, len(segments)))
    common: dict[str, Any] = {
        "max_lengths": limits,
        "length_penalty": options.length_penalty,
        "coverage_penalty": options.coverage_penalty,
        "prefixes": [segment.prefix for segment in segments] if any(s.prefix for s in segments) else None,
        "rules": rules,
        "attention": attention,
    }
    if options.sample:
        return sample(
            engine,
            ids,
            lengths,
            seeds=[(options.seed, first_line + segment.line, segment.number) for segment in segments],
            samples=options.n_best,
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
            **common,
        )
    selection = None
    if words is not None and options.require:
        selection = Banks(words, options.beam_size, engine.vocabulary_size)
    common |= {"beam_size": options.beam_size, "n_best": options.n_best, "selection": selection}
    return beam_search(engine, ids, lengths, **common)
