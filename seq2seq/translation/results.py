"""What is known of a line's translation."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple


class Token(NamedTuple):
    """A piece of an output."""

    piece: str
    """The piece's own spelling: U+2581 for a space, <0x41> for a byte, </s> for the end."""
    log_probability: float
    """Natural logarithm of its probability, given the source and the pieces before it."""


@dataclass(frozen=True)
class Output:
    """One output for one line; of a line that was split, the parts' outputs one after the other."""

    text: str
    score: float
    """Length-normalized log-probability less the coverage penalty (Wu et al., 2016, equation 14); parts are summed."""
    log_probability: float
    """Natural logarithm of the probability, end of sentence included; parts are summed."""
    tokens: tuple[Token, ...] = ()
    """Every piece, the end of sentence included."""
    alignment: tuple[tuple[int, int], ...] = ()
    """(source word, target word), both from 0, see `seq2seq.translation.alignment`; empty without attention."""
    source_words: int = 0
    """How many words the source has, in the numbers of `alignment`."""
    target_words: int = 0
    """How many words the output has, in the numbers of `alignment`."""

    def to_dict(self) -> dict[str, Any]:
        """What JSON says of an output; a probability of zero, which has no logarithm, becomes null."""
        return {
            "translation": self.text,
            "score": finite(self.score),
            "log_probability": finite(self.log_probability),
            "tokens": [{"token": piece, "log_probability": finite(value)} for piece, value in self.tokens],
            "alignment": " ".join(f"{source}-{target}" for source, target in self.alignment),
        }


@dataclass(frozen=True)
class Translation(Output):
    """A line's translation: its best output."""

    source: str = ""
    """The line."""
    n_best: tuple[Output, ...] = ()
    """As many outputs as were asked for and found, best first; the first is this one. None for a blank line."""

    @classmethod
    def of_segments(cls, source: str, segments: Sequence[tuple[str, Sequence[Output]]], n_best: int = 1) -> Translation:
        """Joins the outputs of a line's segments.

        Args:
            source: The line.
            segments: For each segment the text between it and the one before, and its outputs, best first; none for a
                line without any token.
            n_best: Number of outputs to keep: those whose scores have the highest sums.

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
            best = heapq.nlargest(n_best, pairs, key=lambda pair: pair[0].score + pair[1].score)
            outputs = [_join(first, second, separator) for first, second in best]
        values = {field.name: getattr(outputs[0], field.name) for field in fields(Output)}
        return cls(**values, source=source, n_best=tuple(outputs))

    def to_json(self, n_best: bool = False) -> str:
        """One line of JSON.

        Args:
            n_best: also all outputs.
        """
        record = {"source": self.source} | self.to_dict()
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
    """What JSON can say: it knows no infinity."""
    return value if math.isfinite(value) else None
