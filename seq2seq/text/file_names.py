"""What the name of a text file tells: whether it holds both sides of a corpus, and its language."""

import re
from pathlib import Path

from seq2seq.text.reading import PACKED

_LANGUAGE = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_NOT_LANGUAGES = frozenset({"csv", "gz", "tmp", "tsv", "txt", "xml"})


def unpacked_name(path: Path | str) -> str:
    """The name of a file without the ending of its compression.

    Example:
        >>> unpacked_name("data/pairs.tsv.xz")
        'pairs.tsv'
    """
    name = Path(path).name
    return next((name.removesuffix(ending) for ending in PACKED if name.endswith(ending)), name)


def is_csv(path: Path | str) -> bool:
    """Whether a file holds comma-separated values, by its name."""
    return unpacked_name(path).lower().endswith(".csv")


def holds_both_sides(path: Path | str) -> bool:
    """Whether a file holds a pair a line (source, tab, target): its name ends in .tsv or .csv, packed or not.

    Example:
        >>> holds_both_sides("pairs.tsv.gz"), holds_both_sides("pairs.csv"), holds_both_sides("train.en")
        (True, True, False)
    """
    return unpacked_name(path).lower().endswith((".tsv", ".csv"))


def language_of(path: Path | str) -> str | None:
    """Gives the language that a file's ending names, or None.

    Example:
        >>> language_of("train.de.gz"), language_of("train.zh-CN"), language_of("train.txt")
        ('de', 'zh-CN', None)
    """
    code = Path(unpacked_name(path)).suffix.removeprefix(".")
    return code if _LANGUAGE.fullmatch(code) and code.lower() not in _NOT_LANGUAGES else None
