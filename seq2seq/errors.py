"""Errors that a user can mend.

Every other exception is a defect of the program. The command line prints a `UserError` as its one sentence and exits
with `exit_status`; `--debug` shows the traceback.
"""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """A user's mistake. Its message is one sentence: what is wrong, where (file, line, key), and what to do.

    Attributes:
        exit_status: Exit status of the command line.

    Example:
        >>> from seq2seq import UserError, evaluate
        >>> try:
        ...     evaluate(["one line"], ["two", "lines"])
        ... except UserError as error:
        ...     print(error)
        there are 1 hypotheses but 2 references: line i of one must belong to line i of the other
    """

    exit_status = 1

    def __init__(self, message: str) -> None:
        """Takes the sentence, which may quote foreign input: what cannot be printed in one line is escaped.

        Example:
            >>> print(UserError("my\\x1b[31mfile: no such key"))
            my\\x1b[31mfile: no such key
        """
        super().__init__(legible(message))


class ConfigError(UserError):
    """A mistake in a configuration: an unknown key, a wrong type, a value out of range."""

    exit_status = 2


class ProbabilityError(UserError, FloatingPointError):
    """A model gives no probabilities, or none above zero."""


def legible(text: str, longest: int = 1500) -> str:
    """Makes one printable line of a text of any kind: controls are escaped, and of a long text the middle is left out.

    Args:
        text: The text.
        longest: About the most characters of the result.

    Example:
        >>> legible("a" * 9, longest=4)
        'aa … aa'
    """
    if len(text) > longest:
        text = f"{text[: longest // 2]} … {text[len(text) - longest // 2 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of an error message about an unknown word: the nearest known word, or all known words.

    Args:
        word: The unknown word.
        known: All words that would be right.

    Example:
        >>> nearest("blue", ["bleu", "chrf"])
        "did you mean 'bleu'?"
        >>> nearest("meteor", ["bleu", "chrf"])
        'known are: bleu, chrf'
    """
    names = sorted(known)
    word = word[:200]  # the time grows with the square of the length
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(names)}"
