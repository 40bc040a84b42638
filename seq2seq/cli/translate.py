"""`seq2seq translate`"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from seq2seq.cli.decoding_options import (
    ENGINE,
    LIMITS,
    SAMPLING,
    SEARCH,
    THREADS,
    WEIGHTS,
    given_options,
    model_weights,
)
from seq2seq.cli.option_groups import GroupedCommand, option, option_group

if TYPE_CHECKING:
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.pools.pool import Pool

_FILES = option_group(
    "Input and output",
    option(
        "--output",
        "-o",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="File to write.  [default: standard output]",
    ),
    option(
        "--format",
        "style",
        type=click.Choice(["text", "jsonl"]),
        default="text",
        show_default=True,
        help="text: the translations; jsonl: per line an object with source, translation, scores and word alignment.",
    ),
    option(
        "--prefix",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Text that each translation must begin with, line by line.",
    ),
    option("--prefix-column", is_flag=True, help="Take that text from each line of the input, after a tab."),
    option(
        "--errors",
        type=click.Choice(["strict", "replace"]),
        default="strict",
        show_default=True,
        help="Bytes that are not UTF-8: stop there (strict), or go on with U+FFFD in their place (replace).",
    ),
)
_MACHINE = option_group(
    "Machine",
    option("--weights", **WEIGHTS),
    option("--engine", **ENGINE),
    option("--threads", **THREADS),
    option(
        "--workers",
        type=click.IntRange(1),
        metavar="N",
        help="Number of processes of one thread each, for long texts.  [default: one process with --threads]",
    ),
)


@click.command("translate", cls=GroupedCommand)
@click.argument("models", metavar="MODEL... [INPUT]", nargs=-1, required=True, type=click.Path(path_type=Path))
@_FILES
@SEARCH
@LIMITS
@SAMPLING
@_MACHINE
def command(
    models: tuple[Path, ...],
    output: Path | None,
    style: str,
    prefix: Path | None,
    prefix_column: bool,
    errors: str,
    weights: str | None,
    engine: str,
    threads: int | None,
    workers: int | None,
    **given: Any,
) -> None:
    """Translate lines: N lines in, N lines out, in the same order.

    MODEL is a model folder; several translate together, as an ensemble. INPUT is a file (plain or .gz), by default
    standard input. Translations appear while the input is still open.

    \b
      echo "Where is the station?" | seq2seq translate runs/quickstart/model
      seq2seq translate runs/quickstart/model letters.en -o letters.de --beam-size 1
      seq2seq translate runs/1/model runs/2/model letters.en --format jsonl --n-best 5
    """
    input = models[-1] if len(models) > 1 and not models[-1].is_dir() else None
    models = models if input is None else models[:-1]
    decoding = given_options(given)
    if "n_best" in decoding and style != "jsonl":
        raise click.UsageError("--n-best lists several translations of a line: add --format jsonl.")
    if prefix is not None and prefix_column:
        raise click.UsageError("Give --prefix FILE or --prefix-column, not both.")
    if workers is not None and threads is not None:
        raise click.UsageError("--workers are processes of one thread each: leave --threads out.")

    from seq2seq.files import replacing_file, write_errors
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.text.lines import open_bytes
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.pools.pool import OutputFormat
    from seq2seq.translation.streams import translate_stream

    load = {"path": models, "weights": model_weights(weights, len(models)), "threads": threads, "engine": engine}
    # What is wrong with the options shows before the model is loaded.
    options = DecodingOptions.of_model(ModelFolder.open(models[0]).metadata["decoding"]).with_(**decoding)

    with contextlib.ExitStack() as stack:
        source = open_bytes(input) if input else sys.stdin.buffer
        prefixes: Iterator[str] | Literal["column"] | None = "column" if prefix_column else None
        if prefix is not None:
            prefixes = _lines_of(stack.enter_context(open_bytes(prefix)), str(prefix), errors)
        pool = _open_pool(stack, workers, load, options)
        stack.enter_context(write_errors(output or Path("standard output")))
        sink: IO[bytes] = sys.stdout.buffer
        if output is not None:
            sink = stack.enter_context(replacing_file(output))
        translate_stream(
            pool,
            source,
            sink,
            name=str(input or "standard input"),
            errors=errors,
            style=OutputFormat(style == "jsonl", "n_best" in decoding),
            prefixes=prefixes,
            warn=lambda text: click.echo(f"{click.style('warning', fg='yellow')}: {text}", err=True),
        )


def _open_pool(
    stack: contextlib.ExitStack, workers: int | None, load: dict[str, Any], options: DecodingOptions
) -> Pool:
    """A translator in this process, or worker processes that end with the stack."""
    if workers is not None:
        from seq2seq.translation.pools.processes import Workers

        return stack.enter_context(Workers(workers, load, options))

    from seq2seq.quiet import quiet_libraries
    from seq2seq.translation.pools.single import SinglePool
    from seq2seq.translation.translator import Translator

    with quiet_libraries():
        return SinglePool(Translator.load(**load), options)


def _lines_of(file: IO[bytes], name: str, errors: str) -> Iterator[str]:
    from seq2seq.files import read_errors
    from seq2seq.text.lines import decode_lines

    with read_errors(name):
        yield from decode_lines(file, name, errors)
