"""An error report: where systems are good, where they are not, and what is wrong with their output.

    report = make_report({"mine": lines}, references, sources=sources)
    print(report.systems[0].scores, report.systems[0].by_length)

`seq2seq.evaluation.report.report_page` makes a page of it.
"""

from seq2seq.evaluation.report.report import Report, SystemReport
from seq2seq.evaluation.report.report_making import make_report

__all__ = ["Report", "SystemReport", "make_report"]
