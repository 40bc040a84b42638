"""The error report as a file: a page, or its numbers as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from seq2seq.evaluation.report.report import Report
from seq2seq.output import write_output
from seq2seq.quiet import quiet_libraries
from seq2seq.tokenization.pair import TokenizerPair


def write_report(report: Report, path: Path, tokenizers: Mapping[str, TokenizerPair] | None = None) -> None:
    """Writes a report to a file in the format of its ending: .json for its numbers, anything else for a page.

    A page is linked, both ways, with the other pages in its folder and with the training pages of its models.

    Args:
        report: what to write.
        path: the file.
        tokenizers: The tokenizers of each system that is a model, by its name.

    Raises:
        UserError: the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        write_output(path, json.dumps(report.to_dict(), ensure_ascii=False, allow_nan=False) + "\n")
        return
    with quiet_libraries():  # matplotlib reports on its font cache
        from seq2seq.evaluation.report.report_page import report_page
        from seq2seq.pages.related import known_pages, link_pages
    write_output(path, report_page(report, tokenizers))
    if path.is_file():  # no pipe: links are added to what is there
        link_pages(path, known_pages(path, map(Path, tokenizers or ())))
