"""The output of `seq2seq evaluate`: a table, or JSON."""

import json
import sys
from typing import Any

import click

from seq2seq.evaluation import Score, sentence_scores, significant
from seq2seq.evaluation.evaluating import Evaluation
from seq2seq.evaluation.significance import LEVEL

_TESTS = {"bootstrap": "paired bootstrap resampling", "randomization": "paired approximate randomization"}


def print_evaluation(evaluation: Evaluation, style: str) -> None:
    """Prints an evaluation to standard output in the `style` "text", "json" or "jsonl"."""
    {"text": print_text, "json": print_json, "jsonl": print_sentences}[style](evaluation)


def print_text(evaluation: Evaluation) -> None:
    """Prints plain lines, or a table of several systems, in colour on a terminal."""
    references = len(evaluation.references)
    several = f", {references} references each" if references > 1 else ""
    click.echo(f"{evaluation.lines:,} lines of {evaluation.subject or evaluation.text}{several}")
    first = next(iter(evaluation.scores.values()))
    width = max(len(score.name) for score in first) + 1
    if len(evaluation.scores) == 1:
        for score in first:
            click.echo(f"{click.style(f'{score.name:{width}}{score.score:6.2f}', bold=True)}   {score.signature}")
        return
    header = ["system", *(score.name for score in first)]
    rows = [[name, *(_cell(score) for score in scores)] for name, scores in evaluation.scores.items()]
    if sys.stdout.isatty():
        _print_rich(header, rows)
    else:
        _print_plain([header, *rows])
    if evaluation.comparison is not None:
        against = next(iter(evaluation.scores))
        click.echo(
            f"* differs from {against} with p ≤ {LEVEL} "
            f"({_TESTS[evaluation.comparison.test]}, {evaluation.comparison.samples:,} samples)"
        )
        if evaluation.comparison.test == "bootstrap":
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


def print_json(evaluation: Evaluation) -> None:
    """Prints all systems with all scores as JSON; `scores` at the top are those of a single system."""
    systems = [{"name": name, "scores": [_score(s) for s in scores]} for name, scores in evaluation.scores.items()]
    result: dict[str, Any] = {"lines": evaluation.lines, "references": len(evaluation.references)}
    if len(systems) == 1:
        result["scores"] = systems[0]["scores"]
    result["systems"] = systems
    if evaluation.comparison is not None:
        result["significance"] = {
            "test": evaluation.comparison.test,
            "against": next(iter(evaluation.scores)),
            "samples": evaluation.comparison.samples,
            "seed": evaluation.comparison.seed,
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


def print_sentences(evaluation: Evaluation) -> None:
    """Prints a line of JSON per sentence and system: all sentences of the first system, then those of the next."""
    for name, hypotheses in evaluation.systems.items():
        for n, scores in enumerate(sentence_scores(hypotheses, evaluation.references, evaluation.options)):
            sentence = {
                "system": name,
                "line": n + 1,
                "source": None if evaluation.sources is None else evaluation.sources[n],
                "hypothesis": hypotheses[n],
                "references": [lines[n] for lines in evaluation.references],
                **{score.name: score.score for score in scores},
                "signatures": {score.name: score.signature for score in scores},
            }
            click.echo(json.dumps(sentence, ensure_ascii=False))
