"""`seq2seq score`"""

from pathlib import Path
from typing import Any

import click

from seq2seq.cli.decoding_options import ENGINE, THREADS, WEIGHTS, model_weights
from seq2seq.cli.paths import FILE, MODEL


@click.command("score")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=MODEL)
@click.option("--source", type=FILE, metavar="FILE", required=True, help="Source text.")
@click.option("--target", type=FILE, metavar="FILE", required=True, help="Translations to score, line by line.")
@click.option("--output", "-o", type=FILE, metavar="FILE", help="File to write.  [default: standard output]")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="text: the log-probability of each line; jsonl: per line an object with those of all tokens.",
)
@click.option(
    "--length-penalty",
    type=click.FloatRange(0),
    metavar="X",
    help="Exponent of the length in the score that jsonl gives.  [default: the model's]",
)
@click.option(
    "--batch-tokens",
    type=click.IntRange(1),
    metavar="N",
    help="Number of tokens that are scored at once.  [default: the model's]",
)
@click.option("--weights", **WEIGHTS)
@click.option("--engine", **ENGINE)
@click.option("--threads", **THREADS)
def command(
    models: tuple[Path, ...],
    source: Path,
    target: Path,
    output: Path | None,
    style: str,
    length_penalty: float | None,
    batch_tokens: int | None,
    weights: str | None,
    engine: str,
    threads: int | None,
) -> None:
    """Score given translations: the logarithm of the probability that MODEL gives to each line.

    Logarithms are natural and include the end of sentence. Several MODELs score together, as an ensemble.

    \b
      seq2seq score runs/quickstart/model --source test.en --target test.de
      seq2seq score runs/quickstart/model --source test.en --target test.de --format jsonl
    """
    from seq2seq.output import output_stream
    from seq2seq.quiet import quiet_libraries
    from seq2seq.text.aligned import read_aligned
    from seq2seq.translation.translator import Translator

    numbers = model_weights(weights, len(models))
    with output_stream(output, sources=[source, target]) as sink:
        sources, targets = read_aligned([source, target])
        with quiet_libraries():
            translator = Translator.load(models, weights=numbers, threads=threads, engine=engine)
        given: dict[str, Any] = {"length_penalty": length_penalty, "batch_tokens": batch_tokens}
        options = translator.options.with_(**{name: value for name, value in given.items() if value is not None})
        # In portions, so that what is done is written.
        for start in range(0, len(sources), 1024):
            scores = translator.score(sources[start : start + 1024], targets[start : start + 1024], options)
            lines = [score.to_json() if style == "jsonl" else f"{score.log_probability:.6f}" for score in scores]
            sink.write("".join(f"{line}\n" for line in lines).encode())
            sink.flush()
