"""The command that shows the inside of a model while it translates a sentence of a report."""

import shlex
from collections.abc import Sequence


def inspect_command(head: Sequence[str], sentence: str) -> str:
    """Writes the command for a POSIX shell.

    Args:
        head: Words of the command before the sentence, such as ["seq2seq", "inspect", "runs/mine/model"].
        sentence: The sentence.

    Example:
        >>> print(inspect_command(["seq2seq", "inspect", "runs/mine/model"], "It's $5."))
        seq2seq inspect runs/mine/model 'It'"'"'s $5.'
    """
    # A sentence that begins with a dash is no option.
    return shlex.join([*head, *(["--"] if sentence.startswith("-") else []), sentence])
