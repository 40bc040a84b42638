"""Cutting a line that is too long for the model, at sentence or clause ends where possible."""

import re
from collections.abc import Callable, Iterator

# Where a line may be cut, the best kind of place first: after a sentence, after a clause, between words.
_CUTS = (
    re.compile(r"(?<=[.!?…])(?=[\s\"'»«“”)])[\"'»«“”)]*\s+|(?<=[。！？])"),
    re.compile(r"(?<=[,;:–—])\s+|(?<=[、，；：])"),
    re.compile(r"\s+"),
)


def split_line(line: str, limit: int, count: Callable[[str], int], level: int = 0) -> list[str]:
    """Cuts a line into segments of at most `limit` tokens.

    The line is cut at sentence ends; a sentence that is too long by itself is cut at clause ends, a clause between
    words, a word between characters. Neighbours are put together as long as they fit.

    Args:
        line: The line.
        limit: Maximum number of tokens of a segment.
        count: Counts the tokens of a text.
        level: The kind of place to try first: 0 for sentence ends, 1 for clause ends, 2 for spaces, 3 for characters.

    Returns:
        The segments in order, without the white space between them.

    Example:
        >>> split_line("One. Two, three. Four.", limit=8, count=len)
        ['One.', 'Two,', 'three.', 'Four.']
    """
    if count(line) <= limit:
        return [line]
    if level == len(_CUTS):
        if len(line) == 1:
            return [line]
        middle = len(line) // 2
        return [*split_line(line[:middle], limit, count, level), *split_line(line[middle:], limit, count, level)]
    segments: list[str] = []
    packed: tuple[int, int] | None = None  # begin and end of the segment that is being filled
    for start, end in _spans(line, _CUTS[level]):
        if packed and count(line[packed[0] : end]) <= limit:
            packed = packed[0], end
            continue
        if packed:
            segments.append(line[slice(*packed)])
            packed = None
        if count(line[start:end]) <= limit:
            packed = start, end
        else:
            segments += split_line(line[start:end], limit, count, level + 1)
    return [*segments, line[slice(*packed)]] if packed else segments


def _spans(line: str, cut: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Begin and end of the text between the cuts; quotation marks and brackets stay with the text that they close."""
    start = 0
    for match in cut.finditer(line):
        end = match.start() + len(match[0].rstrip())
        if end > start:
            yield start, end
        start = match.end()
    if start < len(line):
        yield start, len(line)
