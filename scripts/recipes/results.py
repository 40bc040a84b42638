"""The table on the disk: a row per experiment, each config once, and every look at a test set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.recipes.resolved_config import ResolvedConfig
from seq2seq.errors import UserError
from seq2seq.files import read_errors, write_file

Row = dict[str, Any]

EXPERIMENT = ("config_hash", "text", "held_out", "edition", "seed", "search")
"""The columns that say which experiment it is."""
_NEEDED = ("recipe", "source", "seed", "text", "wall_minutes", "cpu_minutes", "updates", "val")
_NEEDED_OF_VAL = ("BLEU", "chrF2", "length_ratio")


class Results:
    """The JSONL files of a folder.

    results.jsonl  a row per experiment
    configs.jsonl  the resolved config behind each `config_hash`, and what of it was not at its default
    tests.jsonl    a row per scoring of a test set
    """

    def __init__(self, folder: Path) -> None:
        """Names the files; they may not be there yet."""
        self.folder = folder
        self.rows_file = folder / "results.jsonl"
        self.configs_file = folder / "configs.jsonl"
        self.tests_file = folder / "tests.jsonl"

    def rows(self) -> list[Row]:
        """All experiments, the oldest first."""
        return _read(self.rows_file)

    def tests(self) -> list[Row]:
        """All scorings of a test set, the oldest first."""
        return _read(self.tests_file)

    def add(self, row: Row, config: ResolvedConfig | None) -> None:
        """Adds an experiment, after its config, so that a kill between the two leaves no row without one.

        Raises:
            UserError: the row lacks a column, or the file cannot be written.
        """
        check_row(row, str(self.rows_file))
        if config is not None and config.hash not in self._configs():
            _append(self.configs_file, {"config_hash": config.hash, "values": config.values, "changed": config.changed})
        _append(self.rows_file, row)

    def add_test(self, row: Row) -> None:
        """Adds a scoring of a test set."""
        _append(self.tests_file, row)

    def find(self, experiment: Mapping[str, Any], config: ResolvedConfig | None) -> Row | None:
        """The row of an experiment that was paid for already.

        Args:
            experiment: its `text` (with `sha256`), `seed`, `search` and `edition`.
            config: what it resolves to; None, where that is not known, is the same as no row.
        """
        if config is None:
            return None
        configs = self._configs()
        for row in self.rows():
            known = configs.get(row.get("config_hash", ""))
            if (
                known is not None
                and row["text"]["sha256"] == experiment["text"]["sha256"]
                and all(row[key] == experiment[key] for key in ("seed", "search", "edition", "held_out"))
                and known.same(config)
            ):
                return row
        return None

    def _configs(self) -> dict[str, ResolvedConfig]:
        return {row["config_hash"]: ResolvedConfig(row["values"], row["changed"]) for row in _read(self.configs_file)}


def looks_at(row: Row, tests: Iterable[Row]) -> list[Row]:
    """The scorings of a test set by the experiment of a row.

    A text is told by its checksum and a recipe by its config, so that no new name brings a second look.
    """
    return [
        test
        for test in tests
        if test["text"]["sha256"] == row["text"].get("sha256")
        and all(test[key] == row.get(key) for key in EXPERIMENT if key != "text")
    ]


def check_row(row: Row, where: str) -> None:
    """Raises a `UserError` that names the first column which a row lacks."""
    missing = [key for key in _NEEDED if key not in row]
    if "val" in row:
        missing += [f"val.{key}" for key in _NEEDED_OF_VAL if key not in row["val"]]
    if missing:
        raise UserError(f"{where}: a row lacks '{missing[0]}': see docs/recipes/README.md for the columns")


def read_json_lines(path: Path) -> list[Row]:
    """The objects of a JSONL file, one a line.

    Raises:
        UserError: it is missing, or a line is no JSON object (it is named).
    """
    with read_errors(str(path)):
        content = path.read_text("utf-8")
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UserError(f"{path}, line {number}: not a JSON object: mend or delete the line")
        rows.append(row)
    return rows


def _read(path: Path) -> list[Row]:
    return read_json_lines(path) if path.exists() else []


def _append(path: Path, row: Row) -> None:
    # The whole file anew, renamed into its place: a kill never leaves half of a row.
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    line = json.dumps(row, ensure_ascii=False)
    write_file(path, f"{before}{line}\n")
