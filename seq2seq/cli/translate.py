"""`seq2seq translate`"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from seq2seq.cli.decoding_options import (
    ENGINE,
    FORM,
    LIMITS,
    SAMPLING,
    SEARCH,
    THREADS,
    WEIGHTS,
    given_options,
    model_weights,
)
from seq2seq.cli.option_groups import GroupedCommand, option, option_group
from seq2seq.cli.paths import FILE, MODEL

if TYPE_CHECKING:
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.pools.pool import Pool

_FILES = option_group(
    "Input and output",
    option(
        "--output",
        "-o",
        type=FILE,
        metavar="FILE",
        help="File to write, which appears when it is whole.  [default: standard output]",
    ),
    option("--partial", is_flag=True, help="Write to that file line by line, and keep it if the work is stopped."),
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
        type=FILE,
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
@click.argument("models", metavar="MODEL... [INPUT]", nargs=-1, required=True, type=MODEL)
@_FILES
@SEARCH
@LIMITS
@FORM
@SAMPLING
@_MACHINE
def command(
    models: tuple[Path, ...],
    output: Path | None,
    partial: bool,
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

    MODEL is a model folder, or a run folder for the best model in it; several translate together, as an ensemble. INPUT
    is a text (plain, .gz, .xz or .bz2), by default standard input, as is "-". Translations appear while the input is
    still open.

    \b
      echo "Where is the station?" | seq2seq translate runs/quickstart/model
      seq2seq translate runs/quickstart/model letters.en -o letters.de --beam-size 1
      seq2seq translate runs/1/model runs/2/model letters.en --format jsonl --n-best 5
    """
    input = models[-1] if len(models) > 1 and not models[-1].is_dir() else None
    models = models if input is None else models[:-1]
    decoding, is_json = given_options(given), style == "jsonl"
    for mistake, made in (
        ("--n-best lists several translations of a line: add --format jsonl.", "n_best" in decoding and not is_json),
        ("Give --prefix FILE or --prefix-column, not both.", prefix is not None and prefix_column),
        ("--workers are processes of one thread each: leave --threads out.", None not in (workers, threads)),
        ("--partial is about a file: add --output FILE.", partial and output is None),
    ):
        if made:
            raise click.UsageError(mistake)

    from seq2seq.cli.progress_line import progress_line
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.output import STANDARD, output_stream
    from seq2seq.text.reading import open_bytes, source_name
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.pools.pool import OutputFormat
    from seq2seq.translation.streams import translate_stream

    load = {"path": models, "weights": model_weights(weights, len(models)), "threads": threads, "engine": engine}
    # What is wrong with the options shows before the model is loaded.
    options = DecodingOptions.of_model(ModelFolder.open(models[0]).metadata["decoding"]).with_(**decoding)

    with contextlib.ExitStack() as stack:
        input = None if input == STANDARD else input
        source = _open_source(stack, input, pairs_are_meant=prefix_column)
        prefixes: Iterator[str] | Literal["column"] | None = "column" if prefix_column else None
        if prefix is not None:
            prefixes = _lines_of(stack.enter_context(open_bytes(prefix)), source_name(prefix), errors)
        sink = stack.enter_context(output_stream(output, sources=[input, prefix], partial=partial))
        pool = _open_pool(stack, workers, load, options)
        if input is None:
            _greet()
        stack.enter_context(_replacing_offered())
        translate_stream(
            pool,
            source,
            stack.enter_context(progress_line(sink, input)),
            name=source_name(input),
            errors=errors,
            style=OutputFormat(is_json, "n_best" in decoding),
            prefixes=prefixes,
            warn=_warn,
        )


@contextlib.contextmanager
def _replacing_offered() -> Iterator[None]:
    """Adds what this command has to offer to an error about bytes that are not UTF-8."""
    from seq2seq.errors import UserError
    from seq2seq.text.lines import EncodingError

    try:
        yield
    except EncodingError as error:
        raise UserError(f"{error}, or go on with --errors replace") from error


def _open_source(stack: contextlib.ExitStack, path: Path | None, *, pairs_are_meant: bool) -> Iterable[bytes]:
    """Opens the input; warns of a file with both sides of a corpus, whose lines are no sentences."""
    from seq2seq.text.file_names import holds_both_sides
    from seq2seq.text.reading import open_bytes

    if path is None:
        return _standard_lines()
    if holds_both_sides(path) and not pairs_are_meant:
        _warn(
            f"{path} holds pairs, and whole lines of it are translated: give the source side alone (cut -f 1), or add "
            "--prefix-column if translations must begin with what follows the tab"
        )
    return stack.enter_context(open_bytes(path))


def _standard_lines() -> Iterator[bytes]:
    """The lines of standard input, which is opened when the first is asked for: opening waits for its first bytes."""
    from seq2seq.output import STANDARD
    from seq2seq.text.reading import open_bytes

    with open_bytes(STANDARD) as file:
        yield from file


def _greet() -> None:
    """Says at a terminal that the program waits for lines, and how to end it."""
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        end = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
        click.echo(f"Type a line and press Enter to translate it; end with {end} on a line of its own.", err=True)


def _warn(text: str) -> None:
    click.echo(f"{click.style('warning', fg='yellow')}: {text}", err=True)


def _open_pool(
    stack: contextlib.ExitStack, workers: int | None, load: dict[str, Any], options: DecodingOptions
) -> Pool:
    """A translator in this process, or worker processes that end with the stack."""
    from seq2seq.translation.sentences import missing_segmenter

    if not options.one_sentence and (problem := missing_segmenter()):
        _warn(problem)
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
