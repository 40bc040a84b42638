"""What is different between two texts, marked in one of them."""

import difflib

from markupsafe import Markup, escape

from seq2seq.pages.text import printable


def marked(text: str, other: str) -> Markup:
    """`text`, with what `other` does not say at that place in `<mark>`.

    Words are compared; where a text has no spaces, characters.
    """
    words, others = _units(text), _units(other)
    between = " " if " " in text.strip() else ""
    matcher = difflib.SequenceMatcher(None, others, words, autojunk=False)
    parts = []
    for kind, _, _, first, last in matcher.get_opcodes():
        if first == last:
            continue
        said = escape(between.join(words[first:last]))
        parts.append(said if kind == "equal" else Markup("<mark>{}</mark>").format(said))
    return Markup(between).join(parts)


def _units(text: str) -> list[str]:
    return printable(text).split() if " " in text.strip() else list(printable(text))
