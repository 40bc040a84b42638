"""Cutting a line that is too long for the model, at sentence or clause ends where it can be."""

import re
from collections.abc import Callable, Iterator

# Where a line may be cut, best place first: after a sentence, after a clause, between words.
_CUTS = (
    re.compile(r"(?<=[.!?…])(?=[\s\"'»«“”)])[\"'»«“”)]*\s+|(?<=[。！？])"),
    re.compile(r"(?<=[,;:–—])\s+|(?<=[、，；：])"),
    re.compile(r"\s+"),
)


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
