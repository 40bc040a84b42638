"""Lines are cut into segments: what goes through the search at once, a whole line or a part of a long one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.splitting import split_line

Warn = Callable[[int, str], None]
"""Takes the index of a line and a sentence about what was done with it."""

_LINE_BREAK = re.compile(r"(\r?\n)")


class Segment(NamedTuple):
    """A line, or a part of it."""

    line: int
    """Index of the line."""
    number: int
    """Number of the segment in its line, from 0."""
    ids: list[int]
    """Source tokens, end of sentence included."""
    prefix: list[int]
    """Tokens that the output must begin with."""
    separator: str
    """Text that stands between the outputs of the segment before and of this one."""


def checked_lines(lines: Iterable[str], name: str = "lines") -> list[str]:
    """Makes a list of lines.

    Raises:
        TypeError: Something is no line, or all is one string.

    Example:
        >>> checked_lines(line for line in ("a", "b"))
        ['a', 'b']
    """
    if isinstance(lines, str | bytes):
        raise TypeError(f"{name} must be a list of strings, not one string: pass [text] for a single text")
    rows = list(lines)
    for n, line in enumerate(rows):
        if not isinstance(line, str):
            raise TypeError(f"{name}[{n}] must be a string, not {type(line).__name__}: {line!r}")
    return rows


def cut_lines(
    lines: Sequence[str],
    prefixes: Sequence[str] | None,
    tokenizers: TokenizerPair,
    max_source_tokens: int,
    warn: Warn | None = None,
) -> Iterator[Segment]:
    """Cuts lines into segments.

    A line is cut at the line breaks inside it, and where it has too many tokens at the ends of sentences, of clauses
    or of words. What has no token, or is white space, is no segment.

    Args:
        lines: Source text.
        prefixes: Text that each line's translation must begin with; None for none.
        tokenizers: Tokenizers of source and target.
        max_source_tokens: Maximum number of tokens of a segment, end of sentence included.
        warn: Called for each line with too many tokens.

    Yields:
        The segments in the order of the text.
    """
    limit = max_source_tokens - 1  # EOS is one of them
    source, target = tokenizers.source.tokenizer, tokenizers.target.tokenizer
    prefix_ids = target.encode(prefixes) if prefixes else [[]] * len(lines)
    rows = list(_at_line_breaks(lines))
    last, number = -1, 0
    for (line, separator, text), ids in zip(rows, source.encode([text for _, _, text in rows]), strict=True):
        if not ids or text.isspace():  # not every normalization takes all white space away
            continue
        segments = [ids]
        if len(ids) > limit:
            texts = split_line(text, limit, lambda part: len(source.encode([part])[0]))
            if warn:
                warn(line, f"{len(ids)} pieces are over the limit of {limit}: translated in {len(texts)} parts")
            # A single character may still spell more bytes than a tiny limit allows.
            segments = [segment[:limit] for segment in source.encode(texts) if segment]
        for segment in segments:
            number = number + 1 if line == last else 0
            last = line
            yield Segment(line, number, [*segment, EOS], [] if number else prefix_ids[line], separator)
            separator = tokenizers.target.separator


def _at_line_breaks(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yields for each row of text the index of its line, the line breaks before it in the line, and its text."""
    for n, line in enumerate(lines):
        if "\n" not in line:
            yield n, "", line
            continue
        separator = ""
        for i, piece in enumerate(_LINE_BREAK.split(line)):
            if i % 2:
                separator += piece
            elif piece and not piece.isspace():
                yield n, separator, piece
                separator = ""
