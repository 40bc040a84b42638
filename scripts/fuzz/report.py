"""The table of a campaign, and the section of docs/reliability.md that holds it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from scripts.fuzz.campaign import Table

BEGIN, END = "<!-- fuzz: begin -->", "<!-- fuzz: end -->"
_RESULTS = ("error", "right", "other", "failure")


def table_of(table: Table) -> str:
    """Draws the table in Markdown.

    Example:
        >>> from scripts.fuzz.campaign import Counts
        >>> print(table_of({"config": Counts(Counter(error=3))}).splitlines()[2])
        | config | 3 | 3 | 0 | 0 | 0 |
    """
    rows = [
        "| kind | tried | clean errors | translated or read right | translated otherwise | failures |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    total: Counter[str] = Counter()
    for kind, counts in table.items():
        rows.append(_row(kind, counts.results))
        total += counts.results
    return "\n".join([*rows, _row("**all**", total)])


def _row(kind: str, results: Counter[str]) -> str:
    cells = [f"{number:,}" for number in (results.total(), *(results[result] for result in _RESULTS))]
    return f"| {' | '.join([kind, *cells])} |"


def write_section(page: Path, table: Table, facts: str) -> None:
    """Puts the table into a page, between the marks that are there or at the end.

    Args:
        page: The page; it is made if it is missing.
        table: The table.
        facts: A sentence with the command, the seed, the machine and the time.
    """
    text = page.read_text("utf-8") if page.exists() else "# Reliability\n"
    section = f"{BEGIN}\n{facts}\n\n{table_of(table)}\n{END}"
    if BEGIN in text:
        text = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: section, text, flags=re.DOTALL)
    else:
        text = f"{text.rstrip()}\n\n## Foreign input\n\n{section}\n"
    page.write_text(text, "utf-8")
