"""How BLEU finds words: sacrebleu's tokenizers, and which of them fits a language."""

import contextlib
import re
from collections.abc import Iterator

from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.downloads import Say, fetching, silent

_EXTRAS = {"ja-mecab": "ja", "ko-mecab": "ko"}
"""The extra of this package that installs a tokenizer's library."""


def tokenizers() -> list[str]:
    """The names of all tokenizers of the sacrebleu that is installed."""
    return list(BLEU.TOKENIZERS)


def suited_tokenizer(language: str | None) -> str | None:
    """The tokenizer that sacrebleu itself takes for a target language, where that is not its general default.

    Args:
        language: a code such as "ja" or "zh-CN", or nothing if it is not known.
    """
    name: str | None = BLEU._TOKENIZER_MAP.get(re.split("[-_]", language or "")[0].lower())
    return name


@contextlib.contextmanager
def loading_tokenizer(name: str | None, say: Say = silent) -> Iterator[None]:
    """Around the making of a BLEU metric with the tokenizer `name`.

    Raises:
        UserError: there is no such tokenizer, its library is not installed, or its model cannot be had.
    """
    if name is not None and name not in BLEU.TOKENIZERS:
        raise UserError(f"there is no tokenizer '{name}': {nearest(name, BLEU.TOKENIZERS)}")
    with fetching(f"the tokenizer {name or BLEU.TOKENIZER_DEFAULT}", say):
        try:
            yield
        # sacrebleu: RuntimeError where a library is missing, AssertionError where its dictionary is another one.
        except (RuntimeError, AssertionError) as error:
            if name not in _EXTRAS:
                raise
            raise UserError(
                f"the tokenizer {name} needs a library or dictionary that is not installed: "
                f"pip install 'seq2seq-keras[{_EXTRAS[name]}]'"
            ) from error


def check_tokenizer(name: str | None, say: Say = silent) -> None:
    """Loads a tokenizer, so that what it lacks is known before any work is done.

    Args:
        name: one of `tokenizers()`; by default sacrebleu's default.
        say: told what is downloaded from where.

    Raises:
        UserError: see `loading_tokenizer`.
    """
    with loading_tokenizer(name, say):
        BLEU(tokenize=name)
