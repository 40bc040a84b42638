"""The command `seq2seq export`."""

from pathlib import Path
from typing import Literal

import click

from seq2seq.cli.paths import FILE, MODEL


@click.command("export", short_help="Write a model as ONNX graphs, which need no TensorFlow.")
@click.argument("model", type=MODEL)
@click.option(
    "--output",
    "-o",
    type=FILE,
    metavar="DIR",
    help="Write a new folder, complete for translating.  [default: add to MODEL]",
)
@click.option(
    "--quantize",
    type=click.Choice(["int8", "none"]),
    default="int8",
    show_default=True,
    help="int8: a quarter of the size, two or three times as fast; none: float32, the same output as MODEL.",
)
def command(model: Path, output: Path | None, quantize: Literal["int8", "none"]) -> None:
    """Write MODEL as ONNX graphs, which translate fast and without TensorFlow.

    With --output, DIR is complete for translating; its requirements.txt lists what it needs on another machine.
    Without --output, the graphs are added to MODEL, and 'translate', 'evaluate' and 'score' use them from then on (see
    their --engine).

    \b
      seq2seq export runs/quickstart/model --output quickstart-en-de
      seq2seq export runs/quickstart/model --quantize none
    """
    from seq2seq.exporting.exporting import export

    folder = export(model, output, quantize)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    precision = "int8" if quantize == "int8" else "float32"
    click.echo(f"{folder}: ONNX graphs in {precision}, {size / 1e6:.1f} MB in all")
