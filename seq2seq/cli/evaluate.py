"""The command `seq2seq evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seq2seq.cli.decoding_options import ENGINE, THREADS
from seq2seq.cli.paths import FILE, MODEL

# The names in `seq2seq.evaluation`, written out, so that --help need not load sacrebleu and NumPy; a test holds them
# equal.
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


@click.command("evaluate", short_help="Score translations by BLEU, chrF and TER.")
@click.argument("models", metavar="[MODEL]...", nargs=-1, type=MODEL)
@click.option("--source", metavar="FILE", type=FILE, help="Text that each MODEL translates.")
@click.option(
    "--hypothesis",
    "hypotheses",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="Translations to score; may be repeated.",
)
@click.option(
    "--reference",
    "references",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="Reference translations, line by line; may be repeated.",
)
@click.option(
    "--test-set", metavar="NAME", help="Take source and references from sacrebleu's test set NAME, such as wmt20."
)
@click.option("--languages", metavar="PAIR", help="Languages of the test set, such as en-de.")
@click.option(
    "--metric",
    "metrics",
    type=click.Choice(METRICS),
    multiple=True,
    help="Metric to compute; may be repeated.  [default: bleu, chrf, ter]",
)
@click.option("--tokenize", type=click.Choice(TOKENIZERS), help="Tokenizer of BLEU.  [default: 13a]")
@click.option("--lowercase", is_flag=True, help="Let BLEU and chrF ignore case, as TER always does.")
@click.option(
    "--significance",
    type=click.Choice(["bootstrap", "randomization"]),
    help="Test each system against the first: paired bootstrap resampling, or paired approximate randomization.",
)
@click.option(
    "--samples",
    metavar="N",
    type=click.IntRange(1),
    help="Number of resamples or trials for --significance.  [default: 1,000 resamples or 10,000 trials]",
)
@click.option(
    "--beam-size", metavar="N", type=click.IntRange(1), help="Beam size of each MODEL's search.  [default: the model's]"
)
@click.option(
    "--length-penalty",
    metavar="X",
    type=click.FloatRange(0),
    help="Length penalty of each MODEL's search.  [default: the model's]",
)
@click.option("--engine", **ENGINE)
@click.option("--threads", **THREADS)
@click.option("--output", "-o", metavar="FILE", type=FILE, help="Also write the one MODEL's translations to FILE.")
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
    help="Source side of the training text; the report counts in it how rare words are.  [default: --source]",
)
@click.option(
    "--report-training-target",
    metavar="FILE",
    type=FILE,
    help="Target side of the training text; the report lists its rare words that translations miss.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="text: a table; json: all scores; jsonl: a line per sentence, with its scores.",
)
def command(metrics: tuple[str, ...], tokenize: str | None, lowercase: bool, style: str, **given: Any) -> None:
    """Score translations: BLEU, chrF and TER, with sacrebleu's signatures.

    Several systems (each MODEL in turn, then each --hypothesis) make a table; --significance shows whether they differ
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
        report = evaluation.report(request.report_training, request.report_training_target)
        for path in request.reports:
            write_report(report, path, {name: one.tokenizers for name, one in evaluation.translators.items()})
            click.echo(f"report: {path}", err=True)


def _note(text: str) -> None:
    click.echo(f"note: {text}", err=True)


def _warn(path: Path, line: int, problem: str) -> None:
    click.echo(f"warning: {path}, line {line + 1}: {problem}", err=True)
