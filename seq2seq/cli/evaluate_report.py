"""`seq2seq evaluate --report`: the error report as a page or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seq2seq.errors import UserError
from seq2seq.files import write_file
from seq2seq.quiet import quiet_libraries

if TYPE_CHECKING:
    from seq2seq.evaluation import Comparison
    from seq2seq.translation.translator import Translator

MOST_SYSTEMS = 6


def check_reports(places: Sequence[Path], systems: int, training: Path | None) -> None:
    """Finds what is wrong with the options before any model does its work.

    Raises:
        click.UsageError: an ending that tells no format, or too many systems.
        UserError: a folder that is not there.
    """
    for place in places:
        if place.suffix.lower() not in (".html", ".htm", ".json"):
            raise click.UsageError(f"--report {place}: its ending tells the format; give .html or .json.")
        if not place.parent.is_dir():
            raise UserError(f"{place} cannot be written (there is no folder {place.parent}): make it first")
    if places and systems > MOST_SYSTEMS:
        raise click.UsageError(f"--report shows up to {MOST_SYSTEMS} systems: give fewer.")
    if training is not None and not places:
        raise click.UsageError("--report-training goes with --report.")
    if training is not None and not training.is_file():
        raise UserError(f"{training} cannot be read: give the source side of the training text")


def write_reports(
    places: Sequence[Path],
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]],
    *,
    what: str,
    sources: Sequence[str] | None,
    translators: Mapping[str, Translator],
    training: Path | None,
    metrics: Sequence[str],
    comparison: Comparison | None,
    tokenize: str | None,
    lowercase: bool,
) -> None:
    """Writes the report to each of `places`; the rest is as for `seq2seq.evaluation.report.make_report`."""
    from seq2seq.evaluation.report import make_report

    report = make_report(
        systems,
        references,
        what=what,
        sources=sources,
        translators=translators,
        training=None if training is None else (str(training), _lines(training)),
        metrics=metrics,
        comparison=comparison,
        tokenize=tokenize,
        lowercase=lowercase,
    )
    for place in places:
        if place.suffix.lower() == ".json":
            record: dict[str, Any] = report.to_dict()
            text = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        else:
            with quiet_libraries():  # matplotlib tells of its caches
                from seq2seq.evaluation.report.report_page import report_page
            text = report_page(report, {name: one.spaces for name, one in translators.items()})
        write_file(place, text)
        click.echo(f"report: {place}", err=True)


def _lines(path: Path) -> Iterator[str]:
    from seq2seq.text.lines import read_lines

    yield from read_lines(path)
