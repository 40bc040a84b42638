"""How to translate: every option of the search as one frozen value, checked when it is made.

A model's metadata.json holds defaults for some of the options (the config's `decoding` section, see
`seq2seq.config.schema.DecodingConfig`); the command line and Python put others over them, call by call. No pydantic
here: a translator starts without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from numbers import Integral, Real
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.errors import UserError, nearest


class DecodingChanges(TypedDict, total=False):
    """Options by name, to put over others; for their meanings see `DecodingOptions`."""

    beam_size: int
    length_penalty: float
    coverage_penalty: float
    n_best: int
    max_length_ratio: float
    max_length_offset: int
    max_length: int | None
    min_length: int
    max_source_tokens: int
    one_sentence: bool
    literal: bool
    batch_tokens: int
    no_repeat_ngram: int
    sample: bool
    temperature: float
    top_k: int
    top_p: float
    seed: int
    avoid: Sequence[str]
    require: Sequence[str]


@dataclass(frozen=True)
class DecodingOptions:
    """Options for translating.

    Attributes:
        beam_size: Number of hypotheses per sentence; 1 is greedy search.
        length_penalty: Alpha of Wu et al. (2016), equation 14.
        coverage_penalty: Beta of the same equation.
        n_best: Number of outputs per line, at most `beam_size`; with `sample`, the number of draws.
        max_length_ratio: Without `max_length`, an output has at most this number of tokens for each source token, end
            of sentence included ...
        max_length_offset: ... and this number of tokens more.
        max_length: Maximum number of target tokens, end of sentence not counted, whatever the source; None for a limit
            by the source's length. It holds for each segment of a line that is cut.
        min_length: Minimum number of target tokens, end of sentence not counted. It raises a limit that follows from
            the source's length if that is lower.
        max_source_tokens: A sentence of more tokens, end of sentence included, is cut into segments, whose
            translations are joined again.
        one_sentence: Takes every line for one sentence. Otherwise a line is cut at the ends of sentences, and their
            translations are joined by the white space that stood between them.
        literal: Gives the model every line as it is written. Otherwise a line in capitals, without capitals or without
            a mark at its end is read in the form that the model knows, and what must not change (addresses,
            placeholders, emoji, numbers, unknown names) is masked.
        batch_tokens: Maximum number of source positions, padding included, that are translated at once.
        no_repeat_ngram: No n-gram of tokens of this n occurs twice in an output; 0 allows all.
        sample: Draws outputs at random instead of searching for the best.
        temperature: Divides log-probabilities before sampling; below 1 is safer, above 1 is bolder.
        top_k: Samples from this number of most probable tokens; 0 for all.
        top_p: Samples from the fewest most probable tokens that together have this probability; 1 for all.
        seed: Seed for sampling. A line's random numbers depend on it and on the line's number, and on nothing else.
        avoid: Words or phrases that no output may contain.
        require: Words or phrases that every output must contain.

    Raises:
        UserError: An option has a wrong type or is out of range, or two options cannot go together.

    Example:
        >>> DecodingOptions(beam_size=2).with_(length_penalty=0.6)
        DecodingOptions(beam_size=2, length_penalty=0.6)
        >>> DecodingOptions(beam_size=0)
        Traceback (most recent call last):
        seq2seq.errors.UserError: beam_size must be at least 1, not 0
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
    one_sentence: bool = False
    literal: bool = False
    batch_tokens: int = 2500
    no_repeat_ngram: int = 0
    sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    avoid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Makes tuples of lists of words and checks all options."""
        for name in ("avoid", "require"):
            words = getattr(self, name)
            if isinstance(words, str):
                raise UserError(f"{name} takes a list of words, not {words!r}: write [{words!r}]")
            words = tuple(words) if isinstance(words, Iterable) else words
            if not isinstance(words, tuple) or not all(isinstance(word, str) for word in words):
                raise UserError(f"{name} takes a list of words, not {words!r}")
            object.__setattr__(self, name, words)
        self._check_types()
        self._check_ranges()
        self._check_together()

    def __repr__(self) -> str:
        """Names the options that differ from the defaults."""
        changed = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if getattr(self, f.name) != f.default)
        return f"{type(self).__name__}({', '.join(changed)})"

    @classmethod
    def of_model(cls, options: Mapping[str, Any]) -> DecodingOptions:
        """Takes the defaults in a model's metadata; options that only a newer program knows are left out.

        Raises:
            UserError: An option is out of range.

        Example:
            >>> DecodingOptions.of_model({"beam_size": 4, "from_the_future": True})
            DecodingOptions(beam_size=4)
        """
        return cls(**{name: value for name, value in options.items() if name in _NAMES})

    def with_(self, **changes: Unpack[DecodingChanges]) -> DecodingOptions:
        """Puts options over these.

        Args:
            **changes: Options by name.

        Raises:
            UserError: An option is unknown or out of range, or two options cannot go together.

        Example:
            >>> DecodingOptions().with_(beam_size=1).beam_size
            1
        """
        for name in changes:
            if name not in _NAMES:
                raise UserError(f"unknown decoding option '{name}': {nearest(name, _NAMES)}")
        return replace(self, **changes) if changes else self  # type: ignore[arg-type]  # lists become tuples

    def limits(self, lengths: ArrayLike) -> NDArray[np.int32]:
        """Computes how many tokens an output may have, end of sentence not counted.

        Args:
            lengths: [sentences] numbers of source tokens, end of sentence counted.

        Returns:
            [sentences] limits.

        Example:
            >>> DecodingOptions(max_length_ratio=2.0, max_length_offset=10).limits([4, 7]).tolist()
            [18, 24]
        """
        lengths = np.asarray(lengths, np.int32)
        if self.max_length is not None:
            return np.full(lengths.shape, self.max_length, np.int32)
        limits = (lengths * self.max_length_ratio).astype(np.int32) + self.max_length_offset
        return np.maximum(limits, self.min_length).astype(np.int32)

    def _check_types(self) -> None:
        for field in fields(self):
            value, kind = getattr(self, field.name), str(field.type)
            if kind.startswith("int") and not (value is None and kind.endswith("None")):
                right = isinstance(value, Integral) and not isinstance(value, bool)
            elif kind == "float":
                right = isinstance(value, Real) and not isinstance(value, bool)
            elif kind == "bool":
                right = isinstance(value, bool | np.bool_)
            else:
                continue
            if not right:
                wanted = {"int": "a whole number", "flo": "a number", "boo": "True or False"}[kind[:3]]
                raise UserError(f"{field.name} must be {wanted}, not {value!r}")

    def _check_ranges(self) -> None:
        for name, least in _AT_LEAST.items():
            value = getattr(self, name)
            if value is not None and not least <= value < inf:
                raise UserError(f"{name} must be at least {least}, not {value}")
        for name in ("temperature", "top_p", "max_length_ratio"):
            if not 0 < getattr(self, name) < inf:
                raise UserError(f"{name} must be above 0, not {getattr(self, name)}")
        if self.top_p > 1:
            raise UserError(f"top_p must be at most 1, not {self.top_p}")
        for word in (*self.avoid, *self.require):
            if not word.strip():
                raise UserError("a word to avoid or to require must have a character other than white space")

    def _check_together(self) -> None:
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


_NAMES = frozenset(field.name for field in fields(DecodingOptions))
_AT_LEAST = {
    **dict.fromkeys(("beam_size", "n_best", "batch_tokens", "max_length"), 1),
    **dict.fromkeys(("length_penalty", "coverage_penalty", "min_length", "no_repeat_ngram", "top_k", "seed"), 0),
    "max_source_tokens": 2,
    "max_length_offset": 1,
}
"""The least value of each option that has one."""

DEFAULT_OPTIONS = DecodingOptions()
