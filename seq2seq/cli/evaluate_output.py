"""What `seq2seq evaluate` prints: a table, or JSON."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from seq2seq.evaluation import Comparison, Score, sentence_scores, significant
from seq2seq.evaluation.significance import LEVEL

_TESTS = {"bootstrap": "paired bootstrap resampling", "randomization": "paired approximate randomization"}


@dataclass(frozen=True)
class Report:
    """Corpus scores of one or several systems."""

    what: str
    """What was translated, or the translations."""
    lines: int
    references: int
    """How many of them each line has."""
    systems: Mapping[str, Sequence[Score]]
    comparison: Comparison | None = None
    """Where the systems were tested against the first."""


def print_text(report: Report) -> None:
    """For people: plain lines, or a table of several systems, which a terminal gets in colour."""
    several = f", {report.references} references each" if report.references > 1 else ""
    click.echo(f"{report.lines:,} lines of {report.what}{several}")
    first = next(iter(report.systems.values()))
    width = max(len(score.name) for score in first) + 1
    if len(report.systems) == 1:
        for score in first:
            click.echo(f"{click.style(f'{score.name:{width}}{score.score:6.2f}', bold=True)}   {score.signature}")
        return
    header = ["system", *(score.name for score in first)]
    rows = [[name, *(_cell(score) for score in scores)] for name, scores in report.systems.items()]
    if sys.stdout.isatty():
        _print_rich(header, rows)
    else:
        _print_plain([header, *rows])
    if report.comparison is not None:
        against = next(iter(report.systems))
        click.echo(
            f"* differs from {against} with p ≤ {LEVEL} "
            f"({_TESTS[report.comparison.test]}, {report.comparison.samples:,} samples)"
        )
        if report.comparison.test == "bootstrap":
            click.echo("In brackets: the mean over all samples ± half the width of its 95 % confidence interval")
    for score in first:
        click.echo(f"{score.name:{width}}  {score.signature}")


def _cell(score: Score) -> str:
    text = f"{score.score:.2f}"
    if score.mean is not None and score.interval is not None:
        text += f" ({score.mean:.2f} ± {score.interval:.2f})"
    if score.p_value is not None:
        text += f" p={score.p_value:.4f}{'*' if significant(score) else ''}"
    return text


def _print_plain(rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_rich(header: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column, name in enumerate(header):
        table.add_column(name, overflow="fold", no_wrap=False, justify="left" if column == 0 else "right")
    for row in rows:
        # Text, not markup: a path may hold square brackets.
        table.add_row(*(Text(cell, style="bold" if cell.endswith("*") else "") for cell in row))
    Console().print(table)


def print_json(report: Report) -> None:
    """For programs: all systems with all scores; `scores` at the top is a single system's."""
    systems = [{"name": name, "scores": [_score(s) for s in scores]} for name, scores in report.systems.items()]
    result: dict[str, Any] = {"lines": report.lines, "references": report.references}
    if len(systems) == 1:
        result["scores"] = systems[0]["scores"]
    result["systems"] = systems
    if report.comparison is not None:
        result["significance"] = {
            "test": report.comparison.test,
            "against": next(iter(report.systems)),
            "samples": report.comparison.samples,
            "seed": report.comparison.seed,
            "level": LEVEL,
        }
    click.echo(json.dumps(result, indent=2, ensure_ascii=False))


def _score(score: Score) -> dict[str, Any]:
    result: dict[str, Any] = {"name": score.name, "score": score.score, "signature": score.signature}
    if score.mean is not None:
        result |= {"mean": score.mean, "interval": score.interval}
    if score.p_value is not None:
        result |= {"p_value": score.p_value, "significant": significant(score)}
    return result


def print_sentences(
    systems: Mapping[str, Sequence[str]],
    sources: Sequence[str] | None,
    references: Sequence[Sequence[str]],
    metrics: Sequence[str],
    *,
    tokenize: str | None,
    lowercase: bool,
) -> None:
    """A line of JSON per sentence and system: all sentences of the first system, then all of the next.

    Args:
        systems: hypotheses by name.
        sources: what was translated, if it is known.
        references: lists as long as the hypotheses.
        metrics: what to score by.
        tokenize: BLEU's tokenizer, or its default.
        lowercase: whether BLEU and chrF ignore case.
    """
    for name, hypotheses in systems.items():
        scored = sentence_scores(hypotheses, references, metrics, tokenize=tokenize, lowercase=lowercase)
        for n, scores in enumerate(scored):
            sentence = {
                "system": name,
                "line": n + 1,
                "source": None if sources is None else sources[n],
                "hypothesis": hypotheses[n],
                "references": [lines[n] for lines in references],
                **{score.name: score.score for score in scores},
                "signatures": {score.name: score.signature for score in scores},
            }
            click.echo(json.dumps(sentence, ensure_ascii=False))
