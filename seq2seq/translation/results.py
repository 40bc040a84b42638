"""A line's translation: text, scores, tokens, alignment, and the outputs beside the best one."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple


class Token(NamedTuple):
    """A token of an output."""

    piece: str
    """The token's own spelling: U+2581 for a space, <0x41> for a byte, </s> for the end."""
    log_probability: float
    """Natural logarithm of its probability, given the source and the tokens before it."""


@dataclass(frozen=True)
class Output:
    """One output for one line; for a line that was cut, the outputs of its segments one after the other.

    Example:
        >>> Output("Ja.", -0.1, -0.2, alignment=((0, 0),)).to_dict()["alignment"]
        '0-0'
    """

    text: str
    score: float
    """Length-normalized log-probability less the coverage penalty (Wu et al., 2016, equation 14).
    It is summed over segments."""
    log_probability: float
    """Natural logarithm of the probability, end of sentence included, summed over segments."""
    tokens: tuple[Token, ...] = ()
    """All tokens, the end of sentence included."""
    alignment: tuple[tuple[int, int], ...] = ()
    """Pairs of source word and target word, numbered from 0, see `seq2seq.translation.alignment`; none without
    attention."""
    source_words: int = 0
    """Number of words of the source, as `alignment` numbers them."""
    target_words: int = 0
    """Number of words of the output, as `alignment` numbers them."""

    def to_dict(self) -> dict[str, Any]:
        """An output for JSON; a probability of zero, which has no logarithm, becomes null."""
        return {
            "translation": self.text,
            "score": finite(self.score),
            "log_probability": finite(self.log_probability),
            "tokens": [{"token": piece, "log_probability": finite(value)} for piece, value in self.tokens],
            "alignment": " ".join(f"{source}-{target}" for source, target in self.alignment),
        }


class TranslatedSegment(NamedTuple):
    """A segment of a line, and what became of it."""

    source: str
    """The text that was translated at once, a sentence as a rule."""
    text: str
    """Its best output."""
    score: float
    """The output's score, see `Output`."""
    log_probability: float
    """The output's log-probability, see `Output`."""

    def to_dict(self) -> dict[str, Any]:
        """A segment for JSON."""
        return {
            "source": self.source,
            "translation": self.text,
            "score": finite(self.score),
            "log_probability": finite(self.log_probability),
        }


@dataclass(frozen=True)
class Translation(Output):
    """A line's translation: its best output."""

    source: str = ""
    """The line."""
    n_best: tuple[Output, ...] = ()
    """Outputs, best first, as many as the options ask for and the search found; the first is this one. A blank line has
    none."""
    segments: tuple[TranslatedSegment, ...] = ()
    """What was translated at once, sentence by sentence, and the best output of each; one for a line that was not cut,
    none for a blank one."""

    @classmethod
    def of_segments(
        cls,
        source: str,
        segments: Sequence[tuple[str, Sequence[Output]]],
        n_best: int = 1,
        sources: Sequence[str] | None = None,
    ) -> Translation:
        """Joins the outputs of a line's segments.

        Args:
            source: The line.
            segments: For each segment the text between it and the one before, and its outputs, best first; none for a
                line without any token.
            n_best: Number of outputs to keep: those whose scores have the highest sums.
            sources: The text of each segment, if `Translation.segments` is to name them.

        Example:
            >>> one, other = Output("Ja.", -0.1, -0.2), Output("Nein.", -0.3, -0.4)
            >>> Translation.of_segments("Yes. No.", [("", [one]), (" ", [other])]).text
            'Ja. Nein.'
        """
        if not segments:
            return cls("", 0.0, 0.0, source=source)
        outputs = list(segments[0][1])
        for separator, more in segments[1:]:
            pairs = [(first, second) for first in outputs for second in more]
            likeliest = heapq.nlargest(n_best, pairs, key=lambda pair: pair[0].score + pair[1].score)
            outputs = [_join(first, second, separator) for first, second in likeliest]
        values = {field.name: getattr(outputs[0], field.name) for field in fields(Output)}
        best = [found[0] for _, found in segments]
        parts = tuple(
            TranslatedSegment(text, output.text, output.score, output.log_probability)
            for text, output in zip(sources or (), best, strict=False)
        )
        return cls(**values, source=source, n_best=tuple(outputs), segments=parts)

    def to_json(self, n_best: bool = False) -> str:
        """One line of JSON; a line that was cut lists its segments.

        Args:
            n_best: Whether to list all outputs.
        """
        record = {"source": self.source} | self.to_dict()
        if len(self.segments) > 1:
            record["segments"] = [segment.to_dict() for segment in self.segments]
        if n_best:
            record["n_best"] = [output.to_dict() for output in self.n_best]
        return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _join(first: Output, second: Output, separator: str) -> Output:
    return Output(
        first.text + separator + second.text,
        first.score + second.score,
        first.log_probability + second.log_probability,
        first.tokens + second.tokens,
        first.alignment
        + tuple((source + first.source_words, target + first.target_words) for source, target in second.alignment),
        first.source_words + second.source_words,
        first.target_words + second.target_words,
    )


def finite(value: float) -> float | None:
    """The value, or None if it is not finite: JSON knows no infinity."""
    return value if math.isfinite(value) else None
