"""Marks the differences between two texts in one of them."""

import difflib

from markupsafe import Markup, escape

from seq2seq.pages.text import printable


def marked(text: str, other: str) -> Markup:
    """Puts what another text does not have at the same place into `<mark>`.

    Words are compared, or characters if neither text has spaces.

    Args:
        text: The text to mark.
        other: The text to compare it with.

    Example:
        >>> print(marked("the old house", "the house"))
        the <mark>old</mark> house
    """
    between = " " if " " in text.strip() or " " in other.strip() else ""
    words, others = _units(text, between), _units(other, between)
    matcher = difflib.SequenceMatcher(None, others, words, autojunk=False)
    parts = []
    for kind, _, _, first, last in matcher.get_opcodes():
        if first == last:
            continue
        span = escape(between.join(words[first:last]))
        parts.append(span if kind == "equal" else Markup("<mark>{}</mark>").format(span))
    return Markup(between).join(parts)


def _units(text: str, between: str) -> list[str]:
    return printable(text).split() if between else list(printable(text))
