"""The command `seq2seq inspect`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from seq2seq.cli.paths import FILE, MODEL


@click.command("inspect", short_help="Show the inside of a model while it translates.")
@click.argument("model", type=MODEL)
@click.argument("sentence")
@click.option(
    "--reference", metavar="TEXT", help="Feed this translation to the decoder instead of the model's own output."
)
@click.option(
    "--output",
    "-o",
    type=FILE,
    metavar="FILE",
    help="File to write; - is standard output.  [default: inspect.html, .json or .npz]",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["html", "json", "npz"]),
    default="html",
    show_default=True,
    help="html: a page; json, npz: the arrays behind it.",
)
@click.option(
    "--compare",
    multiple=True,
    type=MODEL,
    metavar="MODEL",
    help="Draw the forgetting curve of this model too, such as one trained with model.cell=gru; may be repeated.",
)
@click.option(
    "--text",
    type=FILE,
    metavar="FILE",
    help="Measure memory and units over the sentences in FILE too.",
)
@click.option(
    "--lines",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="N",
    help="Use at most the first N lines of --text.",
)
@click.option(
    "--feature",
    "features",
    multiple=True,
    metavar="NAME=FILE",
    help="Find the units that follow a feature of your own: FILE has a label for each line of --text, an empty line "
    "for none; may be repeated.",
)
@click.option(
    "--ablate",
    multiple=True,
    metavar="SPEC",
    help="Translate once more with a part of the network held, and show what changes: LAYER:GATE=VALUE, "
    "LAYER:GATE=UNIT=VALUE, LAYER:unit=UNIT=VALUE, attention=cut or attention=uniform; repeated, all hold at once.",
)
@click.option(
    "--beam-size", type=click.IntRange(1), metavar="N", help="Beam size of the search.  [default: the model's]"
)
@click.option(
    "--length-penalty",
    type=click.FloatRange(0),
    metavar="X",
    help="Length penalty of the search.  [default: the model's]",
)
@click.option(
    "--max-length", type=click.IntRange(1), metavar="N", help="Maximum number of tokens.  [default: the model's]"
)
def command(
    model: Path,
    sentence: str,
    reference: str | None,
    output: Path | None,
    style: str,
    compare: tuple[Path, ...],
    text: Path | None,
    lines: int,
    features: tuple[str, ...],
    ablate: tuple[str, ...],
    **options: Any,
) -> None:
    """Look inside MODEL while it translates SENTENCE: one page of pictures.

    The page shows the cell with its numbers step by step, attention, gates and memory cells over time, units that
    follow a feature with a name, how long the model remembers, and the search as a tree. It needs no network.

    \b
      seq2seq inspect runs/quickstart/model "Where is the station?"
      seq2seq inspect runs/quickstart/model "Where is the station?" --reference "Wo ist der Bahnhof?" -o station.html
      seq2seq inspect runs/lstm/model "Where is the station?" --compare runs/gru/model --compare runs/rnn/model
      seq2seq inspect runs/quickstart/model "Where is the station?" --ablate decoder/lstm_0:forget=0
      seq2seq inspect runs/quickstart/model "Where is the station?" --text lines.en --feature number=labels.txt
    """
    from seq2seq.output import STANDARD, check_output, write_output
    from seq2seq.quiet import quiet_libraries
    from seq2seq.text.lines import read_lines

    path = output or Path(f"inspect.{style}")
    check_output(path)
    more = [] if text is None else read_lines(text)
    labels = {name: values[:lines] for name, values in _read_features(features, text, len(more)).items()}
    given = {name: value for name, value in options.items() if value is not None}
    with quiet_libraries():
        from seq2seq.inspection.inspecting import inspect

        inspection = inspect(
            model,
            sentence,
            reference=reference,
            text=more[:lines],
            compare=compare,
            ablate=ablate,
            features=labels,
            **given,
        )
        write: dict[str, Callable[[], str | bytes]] = {
            "html": inspection.to_html,
            "json": inspection.to_json,
            "npz": inspection.to_npz,
        }
        content = write[style]()
    write_output(path, content)
    if path == STANDARD:
        return
    if style == "html":
        from seq2seq.pages.related import known_pages, link_pages

        link_pages(path, known_pages(path, [model]))
    click.echo(f"{inspection.translation}\n{path}")


def _read_features(features: tuple[str, ...], text: Path | None, lines: int) -> dict[str, list[str]]:
    """Reads the labels of each feature; each file must have as many lines as --text."""
    from seq2seq.errors import UserError
    from seq2seq.text.lines import read_lines

    found: dict[str, list[str]] = {}
    for given in features:
        name, sign, file = given.partition("=")
        if not (name.strip() and sign and file):
            raise UserError(f"--feature {given} must be NAME=FILE, such as number=labels.txt")
        if text is None:
            raise UserError("--feature needs --text FILE, the sentences that its labels belong to")
        if name in found:
            raise UserError(f"--feature {name} is given twice: give each feature a name of its own")
        found[name] = read_lines(Path(file))
        if len(found[name]) != lines:
            raise UserError(
                f"{file} has {len(found[name])} lines and {text} has {lines}: give a label for each line of --text, an "
                "empty line for none"
            )
    return found
