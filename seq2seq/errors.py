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


class ConfigError(UserError):
    """A mistake in a configuration: an unknown key, a wrong type, a value out of range."""

    exit_status = 2


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
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(names)}"
