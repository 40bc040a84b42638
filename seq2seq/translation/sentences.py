"""Cutting a line at the ends of sentences, by the rules of its language.

sentencex (Wikimedia, MIT) knows the marks, abbreviations and quotation marks of about 300 languages and loses no
character. An exported folder of before 2026-11 does not ask for it; without it a plain rule cuts, which knows no
abbreviations.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import re
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

WITHOUT_SEGMENTER = (
    "sentencex is not installed: lines are cut into sentences by a plain rule that knows no abbreviations; "
    "install it (pip install sentencex), or leave lines whole with one_sentence"
)

_PLAIN = re.compile(r"(?<=[.!?…])[\"'»”’)\]]*\s+(?=[\"'«„“‘(\[¿¡]*[A-ZÀ-ÖØ-ÞΑ-ΩА-Я\d])|(?<=[。！？])")
# A sentence may follow these marks, or the quotation mark that closes them, without white space.
_NEEDS_NO_SPACE = re.compile(r"[。！？｡][」』）”’)]*$")


class Sentence(NamedTuple):
    """A sentence of a line."""

    text: str
    """The sentence without white space around it."""
    space: str
    """White space between the sentence before and this one; for the first, "" whatever the line begins with."""


def cut_sentences(line: str, language: str | None) -> list[Sentence]:
    """Cuts a line at the ends of sentences.

    What has neither letter nor digit stays with the sentence before it, and no cut is where no white space stands but
    after the full stops of scripts that write none.

    Args:
        line: The line.
        language: Code of its language, such as "en" or "zh-CN"; None if it is not known.

    Returns:
        The sentences; with the white space between them they are the line, except for white space at its ends.

    Example:
        >>> cut_sentences("Dr. Smith is here.  Where is Anna?", "en")
        [Sentence(text='Dr. Smith is here.', space=''), Sentence(text='Where is Anna?', space='  ')]
    """
    found: list[Sentence] = []
    for text, space in _with_spaces(line, language or "en"):
        if found and (
            not (space or _NEEDS_NO_SPACE.search(found[-1].text))
            or not any(map(str.isalnum, text))
            or not any(map(str.isalnum, found[-1].text))
        ):
            text = found[-1].text + space + text
            space = found.pop().space
        found.append(Sentence(text, space if found else ""))
    return found


def _with_spaces(line: str, language: str) -> Iterator[tuple[str, str]]:
    """Yields each sentence without white space at its ends, and the white space before it."""
    sentences = segmenter()(language.replace("_", "-").split("-")[0].lower(), line)
    if "".join(sentences) != line:  # it promises not to lose a character; a translation must not depend on it
        sentences = [line]
    space = ""
    for sentence in sentences:
        text = sentence.strip()
        if not text:
            space += sentence
            continue
        start = sentence.index(text)
        yield text, space + sentence[:start]
        space = sentence[start + len(text) :]


@functools.cache
def segmenter() -> Callable[[str, str], list[str]]:
    """Returns what cuts text of a language into sentences, white space at their ends included."""
    try:
        from sentencex import segment
    except ImportError:
        warnings.warn(WITHOUT_SEGMENTER, stacklevel=2)
        return _plain_rule
    return segment


def missing_segmenter() -> str | None:
    """Tells whether lines will be cut by the plain rule, for a program that has a way of its own to say so.

    Returns:
        The sentence that would else be a Python warning when the first line is cut; None if sentencex is there.
    """
    with contextlib.suppress(ValueError):  # None in sys.modules, which is another way to be missing
        if importlib.util.find_spec("sentencex") is not None:
            return None
    warnings.filterwarnings("ignore", re.escape(WITHOUT_SEGMENTER))
    return WITHOUT_SEGMENTER


def _plain_rule(language: str, line: str) -> list[str]:
    """Cuts after full stops, question and exclamation marks before a capital letter or a digit."""
    ends = [match.end() for match in _PLAIN.finditer(line)]
    return [line[start:end] for start, end in zip([0, *ends], [*ends, len(line)], strict=True) if end > start]
