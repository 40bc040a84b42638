"""`seq2seq evaluate`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seq2seq.cli.decoding_options import ENGINE

if TYPE_CHECKING:
    from seq2seq.evaluation import Score
    from seq2seq.translation.translator import Translator

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
def command(
    models: tuple[Path, ...],
    source: Path | None,
    hypotheses: tuple[Path, ...],
    references: tuple[Path, ...],
    test_set: str | None,
    languages: str | None,
    metrics: tuple[str, ...],
    tokenize: str | None,
    lowercase: bool,
    significance: str | None,
    samples: int | None,
    beam_size: int | None,
    length_penalty: float | None,
    engine: str,
    output: Path | None,
    reports: tuple[Path, ...],
    report_training: Path | None,
    style: str,
) -> None:
    """Score translations: BLEU, chrF and TER, with sacrebleu's signatures.

    Several systems (each MODEL in turn, then each --hypothesis) make a table; --significance tells whether they differ
    from the first by more than chance.

    \b
      seq2seq evaluate runs/quickstart/model --source test.en --reference test.de
      seq2seq evaluate --hypothesis mine.de --reference test.de --format json
      seq2seq evaluate runs/a/model runs/b/model --test-set wmt20 --languages en-de --significance bootstrap
      seq2seq evaluate runs/mine/model --source test.en --reference test.de --report report.html
    """
    if not models and not hypotheses:
        raise click.UsageError("Give a MODEL or --hypothesis.")
    if (test_set is None) != (languages is None):
        raise click.UsageError("Give --test-set and --languages together, such as --test-set wmt20 --languages en-de.")
    if test_set is not None and (source or references):
        raise click.UsageError("--test-set brings its source and references: give it, or --source and --reference.")
    if test_set is None and not references:
        raise click.UsageError("Give --reference, what the translations should say, or --test-set.")
    if models and source is None and test_set is None:
        raise click.UsageError("Give --source, the text to translate with MODEL.")
    if not models and (beam_size, length_penalty, output) != (None, None, None):
        raise click.UsageError("--beam-size, --length-penalty and --output go with a MODEL.")
    if output is not None and len(models) > 1:
        raise click.UsageError("--output takes the translations of one MODEL: give one, or leave it out.")
    for place in {*models, *hypotheses}:
        if [*models, *hypotheses].count(place) > 1:
            raise click.UsageError(f"{place} is given twice: each system is known by its path.")
    if significance is not None and len(models) + len(hypotheses) < 2:
        raise click.UsageError("--significance compares systems: give two or more.")
    if significance is not None and style == "jsonl":
        raise click.UsageError("--significance is about the whole text: it does not go with --format jsonl.")
    if samples is not None and significance is None:
        raise click.UsageError("--samples goes with --significance.")
    if tokenize is not None and metrics and "bleu" not in metrics:
        raise click.UsageError("--tokenize is BLEU's: add --metric bleu, or leave it out.")

    from seq2seq.cli.evaluate_report import check_reports, write_reports

    check_reports(reports, len(models) + len(hypotheses), report_training)
    if report_training is not None and source is None and test_set is None:
        raise click.UsageError("--report-training tells how rare source words are: give --source too.")

    from seq2seq.cli.evaluate_output import Report, print_json, print_sentences, print_text
    from seq2seq.evaluation import DEFAULT_METRICS, check_tokenizer, compare, evaluate, find_test_set, suited_tokenizer
    from seq2seq.evaluation.texts import read_aligned

    if test_set is not None and languages is not None:
        source, found = find_test_set(test_set, languages, say=_note)
        references = tuple(found)
    metrics = metrics or DEFAULT_METRICS
    # Whatever can be wrong is found before the models do their work, not after it.
    language = _target_language(models, languages, references[0])
    if "bleu" in metrics:
        check_tokenizer(tokenize, say=_note)
        suited = suited_tokenizer(language) if tokenize is None else None
        if suited is not None:
            _note(f"BLEU finds words with 13a, the default; for {language}, --tokenize {suited} fits")
    texts = read_aligned([*([source] if source else []), *references, *hypotheses])
    sources = texts.pop(0) if source else None
    reference_lines, hypothesis_lines = texts[: len(references)], texts[len(references) :]

    systems: dict[str, list[str]] = {}
    translators: dict[str, Translator] = {}
    for model in models:
        assert source is not None and sources is not None
        translator, systems[str(model)] = _translate(model, source, sources, engine, beam_size, length_penalty)
        if reports:  # a model that is not asked where it looked need not stay in memory
            translators[str(model)] = translator
        if output is not None:
            from seq2seq.files import file_to_be, write_errors

            with write_errors(output), file_to_be(output) as file:
                file.write("".join(f"{line}\n" for line in systems[str(model)]).encode())
    systems |= {str(path): lines for path, lines in zip(hypotheses, hypothesis_lines, strict=True)}

    scores: dict[str, list[Score]] = {}
    comparison = None
    if significance is not None:
        comparison = compare(
            systems,
            reference_lines,
            metrics,
            test=significance,
            samples=samples,
            tokenize=tokenize,
            lowercase=lowercase,
        )
        scores = comparison.systems
    elif style != "jsonl":
        scores = {
            name: evaluate(lines, reference_lines, metrics, tokenize=tokenize, lowercase=lowercase)
            for name, lines in systems.items()
        }
    text = f"{test_set} {languages}" if test_set else source or references[0]
    if style == "jsonl":
        print_sentences(systems, sources, reference_lines, metrics, tokenize=tokenize, lowercase=lowercase)
    else:
        # One file of translations is what one asked about; several systems have only the text in common.
        what = str(hypotheses[0] if not models and len(hypotheses) == 1 else text)
        report = Report(what, len(reference_lines[0]), len(references), scores, comparison)
        (print_json if style == "json" else print_text)(report)
    if reports:
        write_reports(
            reports,
            systems,
            reference_lines,
            what=str(text),
            sources=sources,
            translators=translators,
            training=report_training,
            metrics=metrics,
            comparison=comparison,
            tokenize=tokenize,
            lowercase=lowercase,
        )


def _note(text: str) -> None:
    click.echo(f"note: {text}", err=True)


def _target_language(models: tuple[Path, ...], languages: str | None, reference: Path) -> str | None:
    """The translations' language, if anything tells it; fails where a MODEL is none."""
    from seq2seq.model_folder.folder import ModelFolder

    told = [ModelFolder.open(model).metadata.get("target_language") for model in models]
    ending = (reference.with_suffix("") if reference.suffix == ".gz" else reference).suffix
    known = [languages.partition("-")[2] if languages else None, *told, ending.removeprefix(".")]
    return next((language for language in known if language), None)


def _translate(
    model: Path, source: Path, lines: list[str], engine: str, beam_size: int | None, length_penalty: float | None
) -> tuple[Translator, list[str]]:
    from seq2seq.quiet import quiet_libraries
    from seq2seq.translation.translator import Translator

    with quiet_libraries():
        translator = Translator.load(model, engine=engine)
    given = {"beam_size": beam_size, "length_penalty": length_penalty}
    translator.decoding |= {key: value for key, value in given.items() if value is not None}
    translations = translator.translate(
        lines, warn=lambda n, said: click.echo(f"warning: {source}, line {n + 1}: {said}", err=True)
    )
    return translator, translations
