"""A batch of segments through the search: options become a request, its limits and rules, and a selection."""

from __future__ import annotations

from typing import Any

import numpy as np

from seq2seq.search import (
    BeamSelection,
    Engine,
    Hypothesis,
    MinimumLength,
    NoRepeat,
    Rule,
    SampleSelection,
    SearchRequest,
    Selection,
    search,
)
from seq2seq.search.constraint_lexicon import ConstraintLexicon
from seq2seq.search.constraints import GridSelection, WordConstraints
from seq2seq.translation.batching import padded_rows
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.segments import Segment


def decode(
    engine: Engine[Any],
    segments: list[Segment],
    options: DecodingOptions,
    lexicon: ConstraintLexicon | None,
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
        attention: Whether hypotheses carry attention weights; they do in any case where a segment needs them.

    Returns:
        The hypotheses of each segment, best first.
    """
    attention = attention or any(segment.form.needs_attention for segment in segments)
    ids, lengths = padded_rows([segment.ids for segment in segments])
    prefixes = [segment.prefix for segment in segments]
    limits = np.maximum(options.limits(lengths), np.array([len(prefix) for prefix in prefixes], np.int32))
    rules: list[Rule] = []
    constraints = None
    if lexicon is not None:
        width = 1 if options.sample else options.beam_size
        # A long line's required words go into its first segment.
        constraints = WordConstraints(lexicon, limits, width, [segment.number == 0 for segment in segments])
        rules.append(constraints)
    if options.min_length:
        rules.append(MinimumLength(np.full(len(segments), options.min_length)))
    if options.no_repeat_ngram:
        rules.append(NoRepeat(options.no_repeat_ngram, len(segments)))
    request = SearchRequest(
        ids,
        lengths,
        limits,
        length_penalty=options.length_penalty,
        coverage_penalty=options.coverage_penalty,
        prefixes=prefixes if any(prefixes) else None,
        rules=rules,
        n_best=options.n_best,
        attention=attention,
        stop_early=options.n_best == 1 and not options.sample,
    )
    selection: Selection
    if options.sample:
        seeds = [(options.seed, first_line + segment.line, segment.number) for segment in segments]
        selection = SampleSelection.of(
            request,
            seeds,
            engine.vocabulary_size,
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
        )
    elif constraints is not None and options.require:
        selection = GridSelection(constraints, options.beam_size, engine.vocabulary_size)
    else:
        selection = BeamSelection(options.beam_size)
    return search(engine, request, selection)
