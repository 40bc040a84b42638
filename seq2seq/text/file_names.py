"""What the name of a text file tells: whether it holds both sides of a corpus, and its language."""

import re
from pathlib import Path

_LANGUAGE = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_NOT_LANGUAGES = frozenset({"csv", "gz", "tmp", "tsv", "txt", "xml"})


def holds_both_sides(path: Path | str) -> bool:
    """Whether a file holds a pair a line (source, tab, target): its name ends in .tsv or .tsv.gz.

    Example:
        >>> holds_both_sides("pairs.tsv.gz"), holds_both_sides("train.en")
        (True, False)
    """
    return Path(path).name.removesuffix(".gz").endswith(".tsv")


def language_of(path: Path | str) -> str | None:
    """Gives the language that a file's ending names, or None.

    Example:
        >>> language_of("train.de.gz"), language_of("train.zh-CN"), language_of("train.txt")
        ('de', 'zh-CN', None)
    """
    code = Path(Path(path).name.removesuffix(".gz")).suffix.removeprefix(".")
    return code if _LANGUAGE.fullmatch(code) and code.lower() not in _NOT_LANGUAGES else None
