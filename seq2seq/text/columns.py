"""Pairs from the columns of one file: tab-separated, comma-separated, or as Tatoeba and its friends give them."""

import csv
import itertools
from collections.abc import Iterable, Iterator

from seq2seq.errors import UserError
from seq2seq.text.file_names import are_credited_pairs, is_csv

_SEPARATORS = ",;\t"
_HEADINGS = frozenset(
    {"source", "target", "src", "tgt", "trg", "input", "output", "original", "translation", "reference"}
)
Pair = tuple[str, str]


def pairs_of(lines: Iterable[str], name: str) -> Iterator[Pair]:
    """Gives the pair of each line of a file with both sides.

    In a `.csv`, cells may be quoted and may then hold line breaks, which become spaces; a first row of headings such as
    source, target is left out. In every other file a tab stands between the columns and there is no quoting.

    Args:
        lines: Lines of the file.
        name: Name of the file, which decides on its form and stands in errors.

    Raises:
        UserError: A line does not hold a pair.

    Example:
        >>> list(pairs_of(["Go.\\tGeh.\\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 (CM) & #2 (me)"], "deu.txt"))
        [('Go.', 'Geh.')]
        >>> list(pairs_of(['source,target', '"Go, now.",Geh jetzt.'], "pairs.csv"))
        [('Go, now.', 'Geh jetzt.')]
    """
    return _csv_pairs(lines, name) if is_csv(name) else _tab_pairs(lines, name)


def _tab_pairs(lines: Iterable[str], name: str) -> Iterator[Pair]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            yield "", ""
            continue
        columns = line.split("\t")
        match columns:
            case [source, target]:
                yield source, target
            # manythings.org's pairs from Tatoeba end with the licence and the sentences' numbers.
            case [source, target, _] if are_credited_pairs(line):
                yield source, target
            # Tatoeba's own: number, sentence, number, sentence.
            case [_, source, _, target] if are_credited_pairs(line):
                yield source, target
            case _:
                raise UserError(
                    f"{name}, line {number}: {_count(columns)}, where source, tab, target should stand" + _hint(columns)
                )


def _csv_pairs(lines: Iterable[str], name: str) -> Iterator[Pair]:
    lines = iter(lines)
    first = list(itertools.islice(lines, 20))
    separator = _separator(first)
    rows = csv.reader((f"{line}\n" for line in itertools.chain(first, lines)), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(rows):
            if number == 0 and len(row) == 2 and {cell.strip().lower() for cell in row} <= _HEADINGS:
                continue
            if not any(cell.strip() for cell in row):
                yield "", ""
            elif len(row) == 2:
                yield _one_line(row[0]), _one_line(row[1])
            else:
                raise UserError(
                    f"{name}, line {rows.line_num}: {_count(row)}, where source and target should stand: keep these "
                    "two, and put cells that hold a comma into quotation marks"
                )
    except csv.Error as error:
        raise UserError(f"{name}, line {rows.line_num}: no valid CSV ({error}): write it again, or as .tsv") from error


def _separator(lines: list[str]) -> str:
    """The character that parts the most of the first lines into two cells; spreadsheets write what the country has."""

    def pairs(separator: str) -> int:
        return sum(len(row) == 2 for row in csv.reader((f"{line}\n" for line in lines), delimiter=separator))

    return max(_SEPARATORS, key=pairs)


def _one_line(cell: str) -> str:
    return " ".join(cell.split("\n")) if "\n" in cell else cell


def _count(columns: list[str]) -> str:
    return "1 column" if len(columns) == 1 else f"{len(columns)} columns"


def _hint(columns: list[str]) -> str:
    if len(columns) == 1:
        return ": put a tab between the two, or give two files, source and target"
    return ": keep two (cut -f 1,2)"
