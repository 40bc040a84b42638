"""Lines in, lines out: sort by length, batch, search, restore the order."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seq2seq.batches import pad
from seq2seq.model_folder import ModelFolder
from seq2seq.search import Engine, beam_search
from seq2seq.tokenizer import EOS, Tokenizer

# Where a line may be cut, best place first: after a sentence, after a clause, between words.
_CUTS = (
    re.compile(r"(?<=[.!?…])(?=[\s\"'»«“”)])[\"'»«“”)]*\s+|(?<=[。！？])"),
    re.compile(r"(?<=[,;:–—])\s+|(?<=[、，；：])"),
    re.compile(r"\s+"),
)
_WITHOUT_SPACES = {"ja", "zh", "th", "lo", "km", "my"}


@dataclass(frozen=True)
class Translation:
    """A line's translation."""

    text: str
    score: float
    """Length-normalized log-probability (Wu et al., 2016, equation 14); of a line that was split, the parts' sum."""
    log_probability: float
    """Natural logarithm of the probability, end of sentence included; of a line that was split, the parts' sum."""


@dataclass(frozen=True)
class Part:
    """What goes through the search at once: a line, or a piece of one that is too long."""

    line: int
    ids: list[int]


class Translator:
    """A model that translates lines.

    Attributes:
        decoding: `beam_size`, `length_penalty` and the other keys of `DecodingConfig`; read at each call.
    """

    def __init__(
        self,
        engine: Engine[Any],
        tokenizer: Tokenizer,
        decoding: dict[str, Any],
        target_language: str | None = None,
        target_tokenizer: Tokenizer | None = None,
    ) -> None:
        """Joins an engine with a tokenizer, or one for each side; most people want `load`."""
        self.engine = engine
        self.tokenizer = tokenizer
        self.target_tokenizer = target_tokenizer or tokenizer
        self.decoding = dict(decoding)
        language = (target_language or "").lower().split("-")[0]  # zh-CN is zh
        self._joint = "" if language in _WITHOUT_SPACES else " "

    @classmethod
    def load(cls, path: str | Path) -> "Translator":
        """Opens a model folder.

        Raises:
            UserError: the folder is missing, incomplete, changed or of a newer format.
        """
        folder = ModelFolder.open(Path(path))
        from seq2seq.engines.keras_engine import KerasEngine

        return cls(
            KerasEngine.load(folder),
            folder.tokenizer("source"),
            folder.metadata["decoding"],
            folder.metadata["target_language"],
            folder.tokenizer("target"),
        )

    def translate(self, lines: Sequence[str], *, warn: Callable[[int, str], None] | None = None) -> list[str]:
        """Translates lines; a line without any piece gives an empty one. See `translations`."""
        return [translation.text for translation in self.translations(lines, warn=warn)]

    def translations(
        self, lines: Sequence[str], *, warn: Callable[[int, str], None] | None = None
    ) -> list[Translation]:
        """Translates lines, with their scores.

        Args:
            lines: one sentence each; a line of more than `max_source_tokens` pieces is split and joined again.
            warn: called with a line's index and what was done about it.

        Returns:
            As many translations as lines, in their order.
        """
        parts = list(self._parts(lines, warn))
        results: list[list[Translation]] = [[] for _ in parts]
        # Longest first: if memory does not suffice, it shows at once and not after an hour.
        order = sorted(range(len(parts)), key=lambda n: -len(parts[n].ids))
        for chosen in self._batches(order, parts):
            for n, translation in zip(chosen, self._search([parts[n].ids for n in chosen]), strict=True):
                results[n].append(translation)
        by_line: list[list[Translation]] = [[] for _ in lines]
        for part, result in zip(parts, results, strict=True):
            by_line[part.line] += result
        return [self._join(translations) for translations in by_line]

    def _join(self, parts: list[Translation]) -> Translation:
        if len(parts) == 1:
            return parts[0]
        return Translation(
            self._joint.join(part.text for part in parts if part.text),
            math.fsum(part.score for part in parts),
            math.fsum(part.log_probability for part in parts),
        )

    def _parts(self, lines: Sequence[str], warn: Callable[[int, str], None] | None) -> Iterator[Part]:
        limit = self.decoding["max_source_tokens"] - 1  # EOS is one of them
        for n, (line, ids) in enumerate(zip(lines, self.tokenizer.encode(lines), strict=True)):
            if not ids or line.isspace():  # not every normalization takes all white space away
                continue
            if len(ids) <= limit:
                yield Part(n, [*ids, EOS])
                continue
            texts = split_line(line, limit, lambda text: len(self.tokenizer.encode([text])[0]))
            if warn:
                warn(n, f"{len(ids)} pieces are over the limit of {limit}: translated in {len(texts)} parts")
            for part_ids in self.tokenizer.encode(texts):
                if part_ids:
                    # A single character may still spell more bytes than a tiny limit allows.
                    yield Part(n, [*part_ids[:limit], EOS])

    def _batches(self, order: list[int], parts: list[Part]) -> Iterator[list[int]]:
        """Cuts parts, longest first, into batches of at most `batch_tokens` source positions."""
        start = 0
        while start < len(order):
            rows = max(1, self.decoding["batch_tokens"] // len(parts[order[start]].ids))
            yield order[start : start + rows]
            start += rows

    def _search(self, rows: list[list[int]]) -> list[Translation]:
        lengths = np.array([len(ids) for ids in rows], np.int32)
        ratio, offset = self.decoding["max_length_ratio"], self.decoding["max_length_offset"]
        found = beam_search(
            self.engine,
            pad(rows),
            lengths,
            beam_size=self.decoding["beam_size"],
            length_penalty=self.decoding["length_penalty"],
            max_lengths=(lengths * ratio).astype(np.int32) + offset,
        )
        return [
            Translation(self.target_tokenizer.decode(best.tokens), best.score, best.log_probability)
            for best, *_ in found
        ]


def split_line(line: str, limit: int, count: Callable[[str], int], level: int = 0) -> list[str]:
    """Cuts a line into parts of at most `limit` pieces, as few and at as good places as can be.

    Args:
        line: what is too long.
        limit: pieces per part.
        count: the number of pieces of a text.
        level: which kind of place to try first (index into sentence ends, clause ends, spaces, characters).

    Returns:
        The parts in order, without the white space between them.
    """
    if count(line) <= limit:
        return [line]
    if level == len(_CUTS):
        if len(line) == 1:
            return [line]
        middle = len(line) // 2
        return [*split_line(line[:middle], limit, count, level), *split_line(line[middle:], limit, count, level)]
    parts: list[str] = []
    packed: tuple[int, int] | None = None  # where the part that is being filled begins and ends
    for start, end in _spans(line, _CUTS[level]):
        if packed and count(line[packed[0] : end]) <= limit:
            packed = packed[0], end
            continue
        if packed:
            parts.append(line[slice(*packed)])
            packed = None
        if count(line[start:end]) <= limit:
            packed = start, end
        else:
            parts += split_line(line[start:end], limit, count, level + 1)
    return [*parts, line[slice(*packed)]] if packed else parts


def _spans(line: str, cut: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the segments between the cuts begin and end; quotation marks and brackets stay with what they close."""
    start = 0
    for match in cut.finditer(line):
        end = match.start() + len(match[0].rstrip())
        if end > start:
            yield start, end
        start = match.end()
    if start < len(line):
        yield start, len(line)
