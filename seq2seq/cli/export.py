"""`seq2seq export`"""

from pathlib import Path
from typing import Literal

import click


@click.command("export")
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="DIR", help="A new folder.  [default: into MODEL itself]"
)
@click.option(
    "--quantize",
    type=click.Choice(["int8", "none"]),
    default="int8",
    show_default=True,
    help="int8: a quarter of the size and two or three times as fast; none: float32, equal to MODEL.",
)
def command(model: Path, output: Path | None, quantize: Literal["int8", "none"]) -> None:
    """Write MODEL as ONNX graphs, which translate fast and without TensorFlow.

    With --output, DIR is complete for translating: what it needs on another machine is in its requirements.txt.
    Without, the graphs join MODEL, and 'translate', 'evaluate' and 'score' use them from then on (see their --engine).

    \b
      seq2seq export runs/quickstart/model --output quickstart-en-de
      seq2seq export runs/quickstart/model --quantize none
    """
    from seq2seq.export.export import export

    folder = export(model, output, quantize)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    how = "int8" if quantize == "int8" else "float32"
    click.echo(f"{folder}: ONNX graphs in {how}, {size / 1e6:.1f} MB in all")
