"""Which lines of a text a tokenizer cannot give back: what a model that learns with it can never write."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from seq2seq.text.mapped_lines import blocks, select
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.data.selection import spread
from seq2seq.training.monitoring.reporter import Reporter

MOST_LINES = 100_000
"""So many lines, spread evenly, tell enough."""


def unwritable(lines: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """The lines that do not survive `decode(encode(line))`.

    Canonically equivalent spellings (Unicode, annex 15) are the same text, and so are runs of spaces.

    Example:
        >>> tokenizer = Tokenizer.train(["some text"] * 9, vocabulary_size=270, normalization="nmt_nfkc")
        >>> unwritable(["some  text", "x²"], tokenizer)
        ['x²']
    """
    decoded = (tokenizer.decode(ids) for ids in tokenizer.encode(lines))
    return [line for line, text in zip(lines, decoded, strict=True) if _same(line) != _same(text)]


def report_unwritable(lines: Sequence[str], tokenizer: Tokenizer, reporter: Reporter) -> None:
    """Reports how many target lines a model cannot write, and which characters they lose most often."""
    if len(lines) > MOST_LINES:
        lines = select(lines, spread(len(lines), MOST_LINES, (1,)))
    odd = [line for block in blocks(lines) for line in unwritable(block, tokenizer)]
    if not odd:
        return
    lost: Counter[str] = Counter()
    for line, ids in zip(odd, tokenizer.encode(odd), strict=True):
        lost.update(set(_same(line)) - set(_same(tokenizer.decode(ids))))
    reporter.say(_report(len(odd), len(lines), lost))


def _same(line: str) -> str:
    """What lines that are the same text have in common."""
    return " ".join(word for word in unicodedata.normalize("NFC", line).split(" ") if word)


def _report(odd: int, checked: int, lost: Counter[str]) -> str:
    text = f"{odd:,} of {checked:,} target lines cannot be written as they are"
    if lost:
        named = (f"{character} (U+{ord(character):04X}) in {count:,}" for character, count in lost.most_common(5))
        text += f": the tokenizer changes {', '.join(named)}"
    return f"{text}; tokenizer.normalization nfc, the default, keeps all text but the sign U+2581"
