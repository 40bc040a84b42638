"""`seq2seq translate`"""

import sys
from pathlib import Path
from typing import IO

import click


@click.command("translate")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("input", type=click.Path(path_type=Path), required=False)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@click.option(
    "--beam-size", type=click.IntRange(1), help="Hypotheses per sentence; 1 is greedy.  [default: the model's]"
)
@click.option("--length-penalty", type=click.FloatRange(0), help="Higher prefers longer ones.  [default: the model's]")
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace"]),
    default="strict",
    show_default=True,
    help="What to do with bytes that are not UTF-8: stop there, or go on with U+FFFD in their place.",
)
def command(
    model: Path,
    input: Path | None,
    output: Path | None,
    beam_size: int | None,
    length_penalty: float | None,
    errors: str,
) -> None:
    """Translate lines: N lines in, N lines out, in the same order.

    MODEL is a model folder, INPUT a file (plain or .gz), by default standard input. Translations appear while the
    input is still open.

    \b
      echo "Where is the station?" | seq2seq translate runs/quickstart/model
      seq2seq translate runs/quickstart/model letters.en -o letters.de --beam-size 1
    """
    from seq2seq.corpora import open_bytes
    from seq2seq.errors import UserError
    from seq2seq.files import file_to_be, write_errors
    from seq2seq.quiet import quiet_libraries
    from seq2seq.streams import translate_stream
    from seq2seq.translator import Translator

    source = open_bytes(input) if input else sys.stdin.buffer
    with quiet_libraries():
        translator = Translator.load(model)
    if beam_size is not None:
        translator.decoding["beam_size"] = beam_size
    if length_penalty is not None:
        translator.decoding["length_penalty"] = length_penalty

    def run(sink: IO[bytes]) -> None:
        translate_stream(
            translator,
            source,
            sink,
            name=str(input or "standard input"),
            errors=errors,
            warn=lambda text: click.echo(f"{click.style('warning', fg='yellow')}: {text}", err=True),
        )

    if output is None:
        try:
            run(sys.stdout.buffer)
        except BrokenPipeError:
            raise  # nobody reads on: the command group knows what to do
        except OSError as error:
            raise UserError(f"standard output cannot be written ({error.strerror})") from error
    else:
        with write_errors(output), file_to_be(output) as sink:
            run(sink)
