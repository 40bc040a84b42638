"""What a text file's name, or else its first line, tells: whether it holds both sides of a corpus, and its language."""

import contextlib
import re
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.text.reading import PACKED, open_bytes

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
    """Whether a file holds a pair a line: it is a .tsv or .csv by name, packed or not, or begins as Tatoeba's pairs do.

    Example:
        >>> holds_both_sides("pairs.tsv.gz"), holds_both_sides("pairs.csv"), holds_both_sides("train.en")
        (True, True, False)
    """
    return unpacked_name(path).lower().endswith((".tsv", ".csv")) or are_credited_pairs(_first_line(Path(path)))


def are_credited_pairs(line: str) -> bool:
    """Whether a line is a pair as Tatoeba, or manythings.org with Tatoeba's licence, writes it.

    Example:
        >>> are_credited_pairs("1276\\tGo.\\t77\\tGeh."), are_credited_pairs("Go.\\tGeh.\\tCC-BY 2.0 (France)")
        (True, True)
        >>> are_credited_pairs("Go.\\tGeh.")
        False
    """
    match line.removeprefix("\ufeff").rstrip("\r\n").split("\t"):
        case [_, _, licence]:
            return licence.startswith(("CC-", "CC0"))
        case [one, _, other, _]:
            return one.isdecimal() and other.isdecimal()
    return False


def _first_line(path: Path) -> str:
    """The first line of a file; nothing of what is no regular file, which reading might eat."""
    # A name may be too long for the file system, or hold what no path can.
    with contextlib.suppress(UserError, OSError, ValueError):
        if path.is_file():
            with open_bytes(path) as file:
                return file.readline(1 << 16).decode("utf-8", "replace")
    return ""


def language_of(path: Path | str) -> str | None:
    """Gives the language that a file's ending names, or None.

    Example:
        >>> language_of("train.de.gz"), language_of("train.zh-CN"), language_of("train.txt")
        ('de', 'zh-CN', None)
    """
    code = Path(unpacked_name(path)).suffix.removeprefix(".")
    return code if _LANGUAGE.fullmatch(code) and code.lower() not in _NOT_LANGUAGES else None
