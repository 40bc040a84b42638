"""`seq2seq evaluate`"""

import json
from pathlib import Path

import click


@click.command("evaluate")
@click.argument("model", type=click.Path(path_type=Path), required=False)
@click.option("--source", type=click.Path(path_type=Path), help="Text to translate with MODEL.")
@click.option("--hypothesis", type=click.Path(path_type=Path), help="Instead of MODEL: translations to score.")
@click.option("--reference", type=click.Path(path_type=Path), required=True, help="What they should say, line by line.")
@click.option("--beam-size", type=click.IntRange(1), help="Of MODEL's search.  [default: the model's]")
@click.option("--length-penalty", type=click.FloatRange(0), help="Of MODEL's search.  [default: the model's]")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="File for MODEL's translations.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    model: Path | None,
    source: Path | None,
    hypothesis: Path | None,
    reference: Path,
    beam_size: int | None,
    length_penalty: float | None,
    output: Path | None,
    style: str,
) -> None:
    """Score translations: BLEU, chrF and TER, with sacrebleu's signatures.

    \b
      seq2seq evaluate runs/quickstart/model --source test.en --reference test.de
      seq2seq evaluate --hypothesis mine.de --reference test.de --format json
    """
    if (model is None) == (hypothesis is None):
        raise click.UsageError("Give a MODEL or --hypothesis, one of them.")
    if model is not None and source is None:
        raise click.UsageError("Give --source, the text to translate with MODEL.")
    if model is None and (source, beam_size, length_penalty, output) != (None, None, None, None):
        raise click.UsageError("--source, --beam-size, --length-penalty and --output go with a MODEL.")

    from seq2seq.corpora import read_parallel
    from seq2seq.evaluation import evaluate

    if model is not None and source is not None:
        hypotheses, references = _translate(model, source, reference, beam_size, length_penalty, output)
        what = str(source)
    else:
        assert hypothesis is not None
        text = read_parallel(hypothesis, reference)
        hypotheses, references, what = text.sources, text.targets, str(hypothesis)
    scores = evaluate(hypotheses, references)
    if style == "json":
        listed = [{"name": s.name, "score": s.score, "signature": s.signature} for s in scores]
        click.echo(json.dumps({"lines": len(hypotheses), "scores": listed}, indent=2))
        return
    click.echo(f"{len(hypotheses):,} lines of {what}")
    for score in scores:
        click.echo(f"{click.style(f'{score.name:6}{score.score:6.2f}', bold=True)}   {score.signature}")


def _translate(
    model: Path,
    source: Path,
    reference: Path,
    beam_size: int | None,
    length_penalty: float | None,
    output: Path | None,
) -> tuple[list[str], list[str]]:
    from seq2seq.corpora import read_parallel
    from seq2seq.files import file_to_be, write_errors
    from seq2seq.quiet import quiet_libraries
    from seq2seq.translator import Translator

    # The counts are compared before the work is done, not after.
    text = read_parallel(source, reference)
    with quiet_libraries():
        translator = Translator.load(model)
    given = {"beam_size": beam_size, "length_penalty": length_penalty}
    translator.decoding |= {key: value for key, value in given.items() if value is not None}
    hypotheses = translator.translate(
        text.sources, warn=lambda n, said: click.echo(f"warning: {source}, line {n + 1}: {said}", err=True)
    )
    if output is not None:
        with write_errors(output), file_to_be(output) as file:
            file.write("".join(f"{line}\n" for line in hypotheses).encode())
    return hypotheses, text.targets
