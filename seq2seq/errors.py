"""Errors that a user can mend.

Every other exception is a defect of the program. The command line prints a `UserError` as its one sentence
and exits with `exit_status`; `--debug` shows where it came from.
"""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """What is wrong, where it is (file, line, key), and what to do, in one sentence."""

    exit_status = 1


class ConfigError(UserError):
    """A configuration that does not say what to do: an unknown key, a wrong type, a value out of range."""

    exit_status = 2


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of an error about an unknown `word`: the nearest of the known ones, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(names)}"
