"""`seq2seq score`"""

from pathlib import Path
from typing import IO, Any

import click

from seq2seq.cli.decoding_options import ENGINE, model_weights


@click.command("score")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="FILE", required=True, help="Text (plain or .gz).")
@click.option("--target", type=click.Path(path_type=Path), metavar="FILE", required=True, help="Its translation.")
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="[default: standard output]")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="text: the log-probability of each line; jsonl: an object per line, with every piece's.",
)
@click.option(
    "--length-penalty", type=click.FloatRange(0), metavar="X", help="For jsonl's score. [default: the model's]"
)
@click.option("--batch-tokens", type=click.IntRange(1), metavar="N", help="Pieces at once.  [default: the model's]")
@click.option("--weights", metavar="W,W…", help="Of several MODELs, in their order.  [default: all alike]")
@click.option("--engine", **ENGINE)
@click.option("--threads", type=click.IntRange(1), metavar="N", help="Of the engine.  [default: as many as cores]")
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

    Natural logarithms, end of sentence included. Several MODELs score together, as an ensemble.

    \b
      seq2seq score runs/quickstart/model --source test.en --target test.de
      seq2seq score runs/quickstart/model --source test.en --target test.de --format jsonl
    """
    import contextlib
    import sys

    from seq2seq.files import replacing_file, write_errors
    from seq2seq.quiet import quiet_libraries
    from seq2seq.text.aligned import read_aligned
    from seq2seq.translation.translator import Translator

    numbers = model_weights(weights, len(models))
    sources, targets = read_aligned([source, target])
    with quiet_libraries():
        translator = Translator.load(models, weights=numbers, threads=threads, engine=engine)
    given: dict[str, Any] = {"length_penalty": length_penalty, "batch_tokens": batch_tokens}
    options = translator.options.with_(**{name: value for name, value in given.items() if value is not None})
    with contextlib.ExitStack() as stack:
        sink: IO[bytes] = sys.stdout.buffer
        if output is not None:
            stack.enter_context(write_errors(output))
            sink = stack.enter_context(replacing_file(output))
        # In portions: what is done is written.
        for start in range(0, len(sources), 1024):
            scores = translator.score(sources[start : start + 1024], targets[start : start + 1024], options)
            lines = [score.to_json() if style == "jsonl" else f"{score.log_probability:.6f}" for score in scores]
            sink.write("".join(f"{line}\n" for line in lines).encode())
            sink.flush()
