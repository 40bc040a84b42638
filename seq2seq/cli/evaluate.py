"""`seq2seq evaluate`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seq2seq.cli.decoding_options import ENGINE

FILE = click.Path(path_type=Path)
# Those of `seq2seq.evaluation`, written out: it loads sacrebleu and numpy, for which no help should wait.
METRICS = ("bleu", "chrf", "chrf++", "ter")
TOKENIZERS = (
    "none",
    "zh",
    "13a",
    "intl",
    "char",
    "ja-mecab",
    "ko-mecab",
    "spm",
    "flores101",
    "flores200",
    "spBLEU-1K",
)


@click.command("evaluate")
@click.argument("models", metavar="[MODEL]...", nargs=-1, type=FILE)
@click.option("--source", type=FILE, help="Text to translate with each MODEL.")
@click.option("--hypothesis", "hypotheses", type=FILE, multiple=True, help="Translations to score; may be repeated.")
@click.option(
    "--reference", "references", type=FILE, multiple=True, help="What they should say, line by line; may be repeated."
)
@click.option("--test-set", metavar="NAME", help="Source and references by sacrebleu's name, such as wmt20.")
@click.option("--languages", metavar="PAIR", help="Of the test set, such as en-de.")
@click.option(
    "--metric",
    "metrics",
    type=click.Choice(METRICS),
    multiple=True,
    help="May be repeated.  [default: bleu, chrf, ter]",
)
@click.option("--tokenize", type=click.Choice(TOKENIZERS), help="How BLEU finds words.  [default: 13a]")
@click.option("--lowercase", is_flag=True, help="BLEU and chrF ignore case, as TER always does.")
@click.option(
    "--significance",
    type=click.Choice(["bootstrap", "randomization"]),
    help="Test each system against the first: paired bootstrap resampling, or paired approximate randomization.",
)
@click.option("--samples", type=click.IntRange(1), help="Of that test.  [default: 1,000, or 10,000 randomizations]")
@click.option("--beam-size", type=click.IntRange(1), help="Of each MODEL's search.  [default: the model's]")
@click.option("--length-penalty", type=click.FloatRange(0), help="Of each MODEL's search.  [default: the model's]")
@click.option("--engine", **ENGINE)
@click.option("--output", "-o", type=FILE, help="File for the one MODEL's translations.")
@click.option(
    "--report",
    "reports",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="Also write an error report: a page (.html) or its numbers (.json); may be repeated.",
)
@click.option(
    "--report-training",
    metavar="FILE",
    type=FILE,
    help="Source side of the training text, in which the report counts how rare words are.  [default: --source]",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="jsonl: a line per sentence, with its scores.",
)
def command(metrics: tuple[str, ...], tokenize: str | None, lowercase: bool, style: str, **given: Any) -> None:
    """Score translations: BLEU, chrF and TER, with sacrebleu's signatures.

    Several systems (each MODEL in turn, then each --hypothesis) make a table; --significance tells whether they differ
    from the first by more than chance.

    \b
      seq2seq evaluate runs/quickstart/model --source test.en --reference test.de
      seq2seq evaluate --hypothesis mine.de --reference test.de --format json
      seq2seq evaluate runs/a/model runs/b/model --test-set wmt20 --languages en-de --significance bootstrap
      seq2seq evaluate runs/mine/model --source test.en --reference test.de --report report.html
    """
    from seq2seq.cli.evaluate_output import print_evaluation
    from seq2seq.evaluation import DEFAULT_METRICS, MetricOptions
    from seq2seq.evaluation.evaluating import run_evaluation
    from seq2seq.evaluation.evaluation_request import EvaluationRequest, RequestError
    from seq2seq.evaluation.report.report_files import write_report

    request = EvaluationRequest(
        options=MetricOptions(metrics or DEFAULT_METRICS, tokenize, lowercase), by_sentence=style == "jsonl", **given
    )
    try:
        evaluation = run_evaluation(request, note=_note, warn=_warn)
    except RequestError as error:
        raise click.UsageError(str(error)) from error
    print_evaluation(evaluation, style)
    if request.reports:
        report = evaluation.report(request.report_training)
        for path in request.reports:
            write_report(report, path, {name: one.tokenizers for name, one in evaluation.translators.items()})
            click.echo(f"report: {path}", err=True)


def _note(text: str) -> None:
    click.echo(f"note: {text}", err=True)


def _warn(path: Path, line: int, problem: str) -> None:
    click.echo(f"warning: {path}, line {line + 1}: {problem}", err=True)
