"""How to translate: every option of the search, checked together.

A model's metadata.json holds defaults for some of them (the config's `decoding` section, see
`seq2seq.config.options.DecodingConfig`); the command line and Python put others over them. No pydantic here: a
translator starts without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any

from seq2seq.errors import UserError, nearest


@dataclass(frozen=True)
class Decoding:
    """Options of the search.

    Attributes:
        beam_size: hypotheses per sentence; 1 is greedy.
        length_penalty: alpha of Wu et al. (2016), equation 14.
        coverage_penalty: beta of the same.
        n_best: outputs per line, at most `beam_size`; with `sample`, how many are drawn.
        max_length_ratio: without `max_length`, an output has at most this many pieces a source piece ...
        max_length_offset: ... and this many more.
        max_length: the limit in pieces of the target, EOS not counted, whatever the source; of each part of a line
            that is split.
        min_length: as few pieces; it raises a limit that comes from the ratio.
        max_source_tokens: a longer line is split and joined again.
        batch_tokens: source positions translated at once.
        no_repeat_ngram: no n-gram of pieces of this n occurs twice; 0 is off.
        sample: draw outputs at random instead of searching for the best.
        temperature: of sampling; below 1 is safer, above 1 bolder.
        top_k: sample from so many of the likeliest pieces; 0 is all.
        top_p: sample from the fewest likeliest pieces that have this probability together; 1 is all.
        seed: of sampling; a line's random numbers depend on it and on the line's number alone.
        avoid: words that no output may contain.
        require: words that every output must contain.
    """

    beam_size: int = 5
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    n_best: int = 1
    max_length_ratio: float = 2.0
    max_length_offset: int = 10
    max_length: int | None = None
    min_length: int = 0
    max_source_tokens: int = 128
    batch_tokens: int = 2500
    no_repeat_ngram: int = 0
    sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    avoid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Decoding:
        """Checks options by name.

        Raises:
            UserError: one is unknown or out of range, or two cannot go together.
        """
        known = {field.name for field in fields(cls)}
        for name in options:
            if name not in known:
                raise UserError(f"unknown decoding option '{name}': {nearest(name, known)}")
        words = {name: tuple(options.get(name, ())) for name in ("avoid", "require")}
        decoding = cls(**{**options, **words})
        decoding._check()
        return decoding

    @classmethod
    def known(cls, options: Mapping[str, Any]) -> dict[str, Any]:
        """Those of `options` that this program knows: a newer model may name more."""
        names = {field.name for field in fields(cls)}
        return {name: value for name, value in options.items() if name in names}

    def _check(self) -> None:
        at_least = {
            **dict.fromkeys(("beam_size", "n_best", "batch_tokens", "max_length"), 1),
            **dict.fromkeys(
                ("length_penalty", "coverage_penalty", "min_length", "no_repeat_ngram", "top_k", "seed"), 0
            ),
            "max_source_tokens": 2,
            "max_length_offset": 1,
        }
        for name, least in at_least.items():
            value = getattr(self, name)
            if value is not None and not least <= value < inf:
                raise UserError(f"{name} must be at least {least}, not {value}")
        for name in ("temperature", "top_p", "max_length_ratio"):
            if not 0 < getattr(self, name) < inf:
                raise UserError(f"{name} must be above 0, not {getattr(self, name)}")
        if self.top_p > 1:
            raise UserError(f"top_p must be at most 1, not {self.top_p}")
        if self.max_length is not None and self.min_length > self.max_length:
            raise UserError(
                f"min_length {self.min_length} is above max_length {self.max_length}: no output can be both"
            )
        if not self.sample and self.n_best > self.beam_size:
            raise UserError(
                f"n_best {self.n_best} is above beam_size {self.beam_size}: the search holds no more outputs than its "
                "beam, so widen it"
            )
        if self.sample and self.require:
            raise UserError("sample and require cannot go together: a required word is searched for, not drawn")
        if both := set(self.avoid) & set(self.require):
            raise UserError(f"'{min(both)}' cannot be avoided and required at once")
        for word in (*self.avoid, *self.require):
            if not word.strip():
                raise UserError("a word to avoid or to require must have a character other than white space")
