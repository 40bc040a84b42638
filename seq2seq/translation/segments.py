"""Lines are cut into segments: what goes through the search at once, a sentence as a rule."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.sentences import cut_sentences
from seq2seq.translation.source_form import SourceForm, source_forms
from seq2seq.translation.splitting import split_line

Warn = Callable[[int, str], None]
"""Takes the index of a line and a sentence about what was done with it."""

_LINE_BREAK = re.compile(r"(\r?\n)")


class Segment(NamedTuple):
    """A line, or a part of it, in a form that the model is to read."""

    line: int
    """Index of the line."""
    number: int
    """Number of the segment in its line, from 0; segments of one number are forms of one text."""
    ids: list[int]
    """Source tokens, end of sentence included; none for what is copied."""
    prefix: list[int]
    """Tokens that the output must begin with."""
    separator: str
    """Text that stands between the outputs of the segment before and of this one."""
    source: str
    """The text as it stands in the line."""
    form: SourceForm
    """The form in which the model reads it."""


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
    options: DecodingOptions,
    warn: Warn | None = None,
    carriers: Callable[[], Sequence[str]] = tuple,
) -> Iterator[Segment]:
    """Cuts lines into segments.

    A line is cut at the line breaks inside it, at the ends of sentences unless `options.one_sentence`, and where a
    sentence has too many tokens at the ends of clauses or of words. What has no token, or is white space, is no
    segment. A line with a prefix of several sentences, and one that must contain words, is cut only where it must be.

    Args:
        lines: Source text.
        prefixes: Text that each line's translation must begin with; None for none.
        tokenizers: Tokenizers of source and target.
        options: How to translate.
        warn: Called for each sentence with too many tokens.
        carriers: Gives the words that stand for protected tokens, see `seq2seq.translation.carriers`.

    Yields:
        The segments in the order of the text, forms of one text one after the other.
    """
    source, target = tokenizers.source, tokenizers.target
    prefix_ids = target.tokenizer.encode(prefixes) if prefixes else [[]] * len(lines)
    texts: list[tuple[int, str, str]] = []
    for line, separator, text in _at_line_breaks(lines):
        whole = options.one_sentence or options.require
        if whole or (prefixes and len(cut_sentences(prefixes[line], target.language)) > 1):
            texts.append((line, separator, text))
            continue
        for n, sentence in enumerate(cut_sentences(text, source.language)):
            texts.append((line, _space_between(sentence.space, tokenizers) if n else separator, sentence.text))
    forms = [
        [SourceForm(text)]
        if options.literal or prefix_ids[line]
        else source_forms(text, source, carriers)[: 1 if options.sample else None]
        for line, _, text in texts
    ]
    rows = iter(source.tokenizer.encode([form.text for of_text in forms for form in of_text]))
    number: Counter[int] = Counter()
    for (line, separator, text), of_text in zip(texts, forms, strict=True):
        ids = [next(rows) for _ in of_text]
        if (ids and not ids[0]) or _is_invisible(text):  # not every normalization takes all of that away
            continue
        found = [(text, list(zip(of_text, ids, strict=True)))]
        if ids and len(ids[0]) > options.max_source_tokens - 1:  # EOS is one of them
            found = _parts(text, len(ids[0]), line, tokenizers, options, warn, carriers)
        for part, variants in found:
            n = number[line]
            number[line] += 1
            prefix = [] if n else prefix_ids[line]
            if not variants:
                yield Segment(line, n, [], prefix, separator, part, SourceForm(part))
            for form, tokens in variants:
                yield Segment(line, n, [*tokens, EOS], prefix, separator, part, form)
            separator = target.separator


def _parts(
    text: str,
    length: int,
    line: int,
    tokenizers: TokenizerPair,
    options: DecodingOptions,
    warn: Warn | None,
    carriers: Callable[[], Sequence[str]],
) -> list[tuple[str, list[tuple[SourceForm, list[int]]]]]:
    """Cuts a text that is too long; each part has one form."""
    side, limit = tokenizers.source, options.max_source_tokens - 1

    def form_of(part: str) -> list[SourceForm]:
        return [SourceForm(part)] if options.literal else source_forms(part, side, carriers, part=True)[:1]

    parts = split_line(text, limit, lambda part: sum(side.tokenizer.count(form.text) for form in form_of(part)))
    if warn:
        warn(line, f"{length} pieces are over the limit of {limit}: translated in {len(parts)} parts")
    found = []
    for part in parts:
        # A single character may still spell more bytes than a tiny limit allows.
        variants = [(form, side.tokenizer.encode([form.text])[0][:limit]) for form in form_of(part)]
        if not variants or variants[0][1]:
            found.append((part, variants))
    return found


def _is_invisible(text: str) -> bool:
    """Whether a text is empty, or white space and format characters such as U+200B, the space of no width."""
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def _space_between(space: str, tokenizers: TokenizerPair) -> str:
    """The white space between two sentences, as it stood; a lone space and none become what the target writes."""
    source, target = tokenizers.source, tokenizers.target
    if not space or (space == " " and source.spaces and not target.spaces):
        return target.separator
    return space


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
            elif not _is_invisible(piece):
                yield n, separator, piece
                separator = ""
