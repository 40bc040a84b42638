"""The tokenizers by which BLEU finds words, and the one that fits a language."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.downloads import Note, fetching, silent

_EXTRAS = {"ja-mecab": "ja", "ko-mecab": "ko"}
"""The extra of this package that installs a tokenizer's library."""

CHARACTERS = "char"
"""The tokenizer to which each character is a word."""
_WITHOUT_SPACES = {"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE"}
"""Scripts, as the first word of their letters' Unicode names, that put no spaces between words."""


def tokenizers() -> list[str]:
    """The names of all tokenizers of the installed sacrebleu."""
    return list(BLEU.TOKENIZERS)


def suited_tokenizer(language: str | None) -> str | None:
    """The tokenizer that sacrebleu itself uses for a target language, if that is not its general default.

    Args:
        language: Code of the language, such as "ja" or "zh-CN"; None if it is not known.

    Example:
        >>> suited_tokenizer("zh-CN"), suited_tokenizer("de")
        ('zh', None)
    """
    name: str | None = BLEU._TOKENIZER_MAP.get(re.split("[-_]", language or "")[0].lower())
    return name


def validation_tokenizer(language: str | None, lines: Sequence[str]) -> str | None:
    """The tokenizer for BLEU of text in a language that may not be known, without asking for more than is installed.

    Args:
        language: of the lines, a code, if it is known.
        lines: for example the references.

    Returns:
        That which sacrebleu takes for the language, if its library is installed; else `CHARACTERS` where most letters
        are of scripts without spaces between words, or nothing, which is sacrebleu's general default.

    Example:
        >>> validation_tokenizer("zh", ["你好"]), validation_tokenizer(None, ["สวัสดี"])
        ('zh', 'char')
    """
    suited = suited_tokenizer(language)
    if suited is not None:
        with contextlib.suppress(UserError):
            check_tokenizer(suited)
            return suited
    letters = [character for line in lines for character in line if character.isalpha()]
    unspaced = sum(unicodedata.name(letter, "").split(" ")[0].split("-")[0] in _WITHOUT_SPACES for letter in letters)
    return CHARACTERS if 2 * unspaced > len(letters) else None


@contextlib.contextmanager
def loading_tokenizer(name: str | None, note: Note = silent) -> Iterator[None]:
    """Turns the errors of making a BLEU metric in this block into a `UserError`.

    Args:
        name: Name of the metric's tokenizer; None for sacrebleu's default.
        note: Called with what is downloaded from where.

    Raises:
        UserError: There is no such tokenizer, its library is not installed, or its model cannot be downloaded.
    """
    if name is not None and name not in BLEU.TOKENIZERS:
        raise UserError(f"there is no tokenizer '{name}': {nearest(name, BLEU.TOKENIZERS)}")
    with fetching(f"the tokenizer {name or BLEU.TOKENIZER_DEFAULT}", note):
        try:
            yield
        # sacrebleu raises RuntimeError if a library is missing, and AssertionError if its dictionary is another one.
        except (RuntimeError, AssertionError) as error:
            if name not in _EXTRAS:
                raise
            raise UserError(
                f"the tokenizer {name} needs a library or dictionary that is not installed: "
                f"pip install 'seq2seq-keras[{_EXTRAS[name]}]'"
            ) from error


def check_tokenizer(name: str | None, note: Note = silent) -> None:
    """Loads a tokenizer, so that errors are raised before any work is done.

    Args:
        name: One of `tokenizers()`; None for sacrebleu's default.
        note: Called with what is downloaded from where.

    Raises:
        UserError: There is no such tokenizer, its library is not installed, or its model cannot be downloaded.
    """
    with loading_tokenizer(name, note):
        BLEU(tokenize=name)
