"""Results as a table: drawn by rich on a terminal, tab-free plain text in a pipe."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.machine import one_line, versions

Rows = Sequence[Sequence[str]]


def print_table(title: str, headings: Sequence[str], rows: Rows, notes: Sequence[str] = ()) -> None:
    """Prints a table, its first column to the left and all others to the right, and lines of notes."""
    console = Console()
    if console.is_terminal:
        table = Table(title=title, title_justify="left")
        for n, heading in enumerate(headings):
            table.add_column(heading, justify="right" if n else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        print(f"{title}\n")
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in (headings, ["-" * width for width in widths], *rows):
            cells = (f"{cell:{'>' if n else '<'}{widths[n]}}" for n, cell in enumerate(row))
            print("  ".join(cells).rstrip())
    print()
    for note in notes:
        print(note)


def competition(result: dict[str, Any]) -> tuple[str, list[str], list[list[str]], list[str]]:
    """Title, headings, rows and notes of a result of `train` or `translate`."""
    summary, unit = result["summary"], result["summary"]["of"]
    rows = []
    for name, figures in summary["sides"].items():
        ratio = summary["ratios"].get(name)
        rows.append(
            [
                label(name),
                f"{figures['median']:,.0f}",
                f"{figures['best']:,.0f}",
                "" if ratio is None else f"{ratio['median']:.2f}",
                "" if ratio is None else f"{ratio['lowest']:.2f} to {ratio['highest']:.2f}",
            ]
        )
    headings = ["", f"{unit}/s, median", "best", "seq2seq is × as fast, median of pairs", "from, to"]
    notes = [f"{label(name)}: {facts['settings']}" for name, facts in result["facts"].items()]
    if share := result.get("peak"):
        notes.append(
            f"seq2seq computes at {share['median']:.0%} (median; best {share['best']:.0%}) of the float32 GEMM peak, "
            f"{share['peak'] / 1e9:,.0f} GFLOP/s"
        )
    notes += [one_line(result["machine"]), versions(result["machine"])]
    return result["title"], headings, rows, notes


def deployment(result: dict[str, Any]) -> tuple[str, list[str], list[list[str]], list[str]]:
    """Title, headings, rows and notes of a result of `deploy`."""
    rows = [["folder", f"{result['bytes'] / 1e6:.1f} MB"]]
    for threads, figures in result["latency"].items():
        rows.append([f"one sentence, model loaded, {threads}", f"{1e3 * figures['best']:.1f} ms"])
    rows.append(["seq2seq translate, one line, start to exit", f"{min(result['start_to_exit']):.2f} s"])
    if stream := result.get("stream"):
        rate = stream["lines"] / stream["seconds"]
        rows.append([f"memory while {stream['lines']:,.0f} lines go through", f"{stream['bytes'] / 1e6:,.0f} MB"])
        rows.append(["lines a second meanwhile", f"{rate:,.0f}"])
    return result["title"], ["", ""], rows, [one_line(result["machine"]), versions(result["machine"])]


def label(name: str) -> str:
    """What to call a side."""
    names = {"ours": "seq2seq", "torch": "PyTorch", "keras": "Keras", "ctranslate2": "CTranslate2", "marian": "Marian"}
    return names.get(name, name)


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """Results of `train` and `translate` as a Markdown table: a row for every side."""
    lines = ["| what | side | median | best | seq2seq is × as fast (pairs) |", "| --- | --- | ---: | ---: | ---: |"]
    for result in results:
        _, _, rows, _ = competition(result)
        for n, (side, median, best, ratio, span) in enumerate(rows):
            what = f"{result['title']}, {result['summary']['of']}/s" if not n else ""
            lines.append(f"| {what} | {side} | {median} | {best} | {f'{ratio} ({span})' if ratio else ''} |")
        if share := result.get("peak"):
            lines.append(f"| | share of the float32 peak | {share['median']:.0%} | {share['best']:.0%} | |")
    return "\n".join([*lines, "", f"{one_line(results[0]['machine'])}; {versions(results[0]['machine'])}."])
