"""The error report as a file: a page, or its numbers as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from seq2seq.evaluation.report.report import Report
from seq2seq.files import write_file
from seq2seq.quiet import quiet_libraries


def write_report(report: Report, path: Path, spaces: Mapping[str, Mapping[str, bool]] | None = None) -> None:
    """Writes a report to a file whose ending tells the format: .json for its numbers, anything else for a page.

    Args:
        report: what to write.
        path: the file.
        spaces: for each system that is a model, whether its "source" and "target" language separate words by spaces.

    Raises:
        UserError: the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        write_file(path, json.dumps(report.to_dict(), ensure_ascii=False, allow_nan=False) + "\n")
        return
    with quiet_libraries():  # matplotlib reports on its font cache
        from seq2seq.evaluation.report.report_page import report_page
    write_file(path, report_page(report, spaces))
