"""From hypotheses to a line's translation: the best form of each sentence, and the sentences joined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from seq2seq.search import Hypothesis
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.words import word_numbers
from seq2seq.translation.alignment import align
from seq2seq.translation.results import Output, Token, Translation
from seq2seq.translation.segments import Segment, Warn

MARGIN = 0.1
"""How much likelier, in nats per token, the output for a sentence with a mark added must be than that for the sentence
as it is. A model that has learned from sentences without marks is left to what it has learned."""


class Found(NamedTuple):
    """The outputs for one form of a sentence."""

    outputs: list[Output]
    """Outputs, best first."""
    rate: float
    """Log-probability per token of the best one."""
    whole: bool
    """Whether its protected tokens all came back by themselves."""
    breaks_rule: bool
    """Whether it breaks a rule, because the length limit left no other."""


def found_outputs(tokenizers: TokenizerPair, segment: Segment, hypotheses: Sequence[Hypothesis]) -> Found:
    """Makes outputs of a segment's hypotheses."""
    outputs = [_output(tokenizers, segment, hypothesis) for hypothesis in hypotheses]
    best = hypotheses[0]
    rate = best.log_probability / (len(best.tokens) + 1)
    return Found([output for output, _ in outputs], rate, outputs[0][1], best.breaks_rule)


def copied_outputs(segment: Segment) -> Found:
    """Makes the output of a segment that has nothing to translate: itself."""
    words = len(segment.source.split())
    alignment = tuple((n, n) for n in range(words))
    output = Output(segment.source, 0.0, 0.0, alignment=alignment, source_words=words, target_words=words)
    return Found([output], 0.0, True, False)


def join(
    lines: Sequence[str], segments: Sequence[Segment], found: Sequence[Found], n_best: int, warn: Warn | None
) -> list[Translation]:
    """Chooses the best form of each sentence and joins the sentences of each line.

    Args:
        lines: The lines.
        segments: Their segments, forms of one text one after the other.
        found: The outputs for each segment.
        n_best: Number of outputs to keep of each line.
        warn: Called with a line's index and what was done about it.

    Returns:
        The translation of each line.
    """
    by_line: list[list[tuple[Segment, Found]]] = [[] for _ in lines]
    pairs = zip(segments, found, strict=True)
    for (line, _), forms in groupby(pairs, lambda pair: pair[0][:2]):
        segment, best = _best_form(list(forms))
        by_line[line].append((segment, best))
        if warn and best.breaks_rule:
            warn(line, "the length limit left no translation that keeps to the given words")
        if warn and not best.whole:
            tokens = " ".join(segment.form.masked.tokens)
            warn(line, f"the model lost its way with what must not change, put back where attention shows: {tokens}")
    return [
        Translation.of_segments(
            line,
            [(segment.separator, best.outputs) for segment, best in parts],
            n_best,
            [segment.source for segment, _ in parts],
        )
        for line, parts in zip(lines, by_line, strict=True)
    ]


def _best_form(forms: Sequence[tuple[Segment, Found]]) -> tuple[Segment, Found]:
    """Chooses a form whose protected tokens came back, and of such forms the likeliest, the first by preference."""

    def key(pair: tuple[Segment, Found]) -> tuple[bool, float]:
        segment, found = pair
        return found.whole, found.rate - (MARGIN if segment.form.mark else 0.0)

    return max(forms, key=key)


def _output(tokenizers: TokenizerPair, segment: Segment, hypothesis: Hypothesis) -> tuple[Output, bool]:
    """An output in the form of the source, and whether its protected tokens all came back by themselves."""
    source, target = tokenizers.source, tokenizers.target
    attention, form, ids = hypothesis.attention, segment.form, segment.ids[:-1]
    tokens = [int(token) for token in hypothesis.tokens]
    text = target.tokenizer.decode(tokens)
    text, whole = form.restore(text, (source, target), tokens, ids, attention)
    if attention is None:
        return Output(text, hypothesis.score, hypothesis.log_probability), whole
    pieces = target.tokenizer.pieces([*tokens, EOS])
    source_words = word_numbers(source.tokenizer.pieces(ids), source.spaces)
    target_words = word_numbers(pieces[:-1], target.spaces)
    # Emoji around the text stand there in the output, too.
    before, after = form.masked.words_around
    shifted = tuple((i + before, j + before) for i, j in align(attention, source_words, target_words))
    sizes = [int(words.max(initial=-1)) + 1 for words in (source_words, target_words)]
    return (
        Output(
            text,
            hypothesis.score,
            hypothesis.log_probability,
            tuple(map(Token, pieces, hypothesis.token_log_probabilities.tolist())),
            (
                *((n, n) for n in range(before)),
                *shifted,
                *((sizes[0] + before + n, sizes[1] + before + n) for n in range(after)),
            ),
            sizes[0] + before + after,
            sizes[1] + before + after,
        ),
        whole,
    )
