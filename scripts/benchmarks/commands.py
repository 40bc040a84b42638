"""The command line of `scripts/benchmark`."""

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from scripts.benchmarks.sides import ROOT, SIDES
from seq2seq.errors import UserError

PATH = click.Path(path_type=Path)
CONFIG = ROOT / "configs" / "multi30k-en-de.yaml"

_rounds = click.option(
    "--rounds",
    type=click.IntRange(1),
    default=15,
    show_default=True,
    help="Number of rounds of every side; the sides take turns.",
)
_threads = click.option(
    "--threads", type=click.IntRange(1), help="Number of threads of every side.  [default: number of cores]"
)
_mirror = click.option("--mirror", metavar="URL", help="URL to fetch corpora from, as in seq2seq corpora fetch.")
_json = click.option("--json", "output", type=PATH, metavar="FILE", help="File to write all rounds and facts to.")
_source = click.option(
    "--source", type=PATH, metavar="FILE", help="Text to translate.  [default: Multi30k's test set 2016, English]"
)
_engine = click.option(
    "--engine", default="auto", show_default=True, help="Engine of this project, as in Translator.load."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """This project and its rivals in turn (A B A B …): same data, same batches, same model size.

    Every side is prepared (warmed up, its settings tried) in a process of its own, and sleeps while others compute.
    On a machine that others use, trust the ratios: they are medians over pairs of neighbouring rounds.

    \b
      scripts/benchmark train --against torch --precision bfloat16 --json runs/train-torch.json
      scripts/benchmark translate runs/exported --against ctranslate2 --held-to 15
      scripts/benchmark deploy runs/exported
      scripts/benchmark picture runs/*.json -o docs/benchmark.svg
    """


@cli.command()
@click.argument("config", type=PATH, default=CONFIG)
@click.option(
    "--against", type=click.Choice(list(SIDES["train"])[1:]), multiple=True, help="Rival to run; may be repeated."
)
@click.option("--precision", type=click.Choice(["float32", "bfloat16"]), default="float32", show_default=True)
@_rounds
@click.option(
    "--updates", type=click.IntRange(1), default=6, show_default=True, help="Number of updates of every round."
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Value to set in the config, as in seq2seq train."
)
@click.option(
    "--torch-keeps-memory", is_flag=True, help="Have torch's memory kept when freed, as ours is: it is faster then."
)
@_threads
@_mirror
@_json
def train(
    config: Path,
    against: tuple[str, ...],
    precision: str,
    rounds: int,
    updates: int,
    overrides: tuple[str, ...],
    torch_keeps_memory: bool,
    threads: int | None,
    mirror: str | None,
    output: Path | None,
) -> None:
    """Real target tokens a second in training.

    CONFIG is one of seq2seq train, by default configs/multi30k-en-de.yaml, whose corpus is fetched. Without --against,
    this project runs alone, which still tells its share of the machine's peak.
    """
    from scripts.benchmarks.competition import compete, peak_share
    from scripts.benchmarks.data import fetch, write_training_data
    from scripts.benchmarks.ours import WARM_UP
    from seq2seq.config.loading import load_config

    options = load_config(config, overrides)
    if options.data.corpus:
        fetch(options.data.corpus, mirror)
    with tempfile.TemporaryDirectory() as name:
        data = write_training_data(options, Path(name), WARM_UP + rounds * updates)
        specification = {
            "model": options.model.model_dump(),
            "training": options.training.model_dump(),
            "batches": str(Path(name) / "batches.npz"),
            "vocabulary_size": data["vocabulary_size"],
            "precision": precision,
            "threads": threads or _cores(),
        }
        calls = [{"start": WARM_UP + n * updates, "updates": updates} for n in range(rounds)]
        theirs = {"torch": {"keep_memory": torch_keeps_memory}}
        result = compete("train", against, specification, calls, "tokens", _tell, theirs)
    result["peak"] = peak_share(result["rounds"])
    result |= {"title": f"training in {precision}", "data": data, "updates": updates, "precision": precision}
    _finish(result, output)


@cli.command()
@click.argument("model", type=PATH)
@click.option(
    "--against", type=click.Choice(list(SIDES["translate"])[1:]), multiple=True, help="Rival to run; may be repeated."
)
@click.option("--beam-size", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--held-to",
    type=click.IntRange(1),
    metavar="N",
    help="Number of tokens that every output has, its end not counted.",
)
@click.option("--rival-weights", metavar="FOLDER", type=PATH, help="Model folder with weights.  [default: MODEL]")
@click.option("--torch-int8", is_flag=True, help="Let torch's dynamic int8 layers compete with its float32 ones.")
@click.option("--lines", type=click.IntRange(1), help="Number of lines of the text to translate.  [default: all]")
@_source
@_engine
@_rounds
@_threads
@_mirror
@_json
def translate(
    model: Path,
    against: tuple[str, ...],
    beam_size: int,
    held_to: int | None,
    rival_weights: Path | None,
    torch_int8: bool,
    lines: int | None,
    source: Path | None,
    engine: str,
    rounds: int,
    threads: int | None,
    mirror: str | None,
    output: Path | None,
) -> None:
    """Sentences and target tokens a second in translating a text, from lines to lines, model loaded.

    MODEL is a model folder, exported or not. An exported one holds no weights: --rival-weights then names the folder
    that it was exported from, for the torch rival, which translates with the same weights. The weights of ctranslate2
    are random, so that outputs must be held to a length; so are those of marian, which generates as many tokens as it
    reads.
    """
    from scripts.benchmarks.competition import compete
    from scripts.benchmarks.data import lines_to_translate

    if "ctranslate2" in against and not held_to:
        raise click.UsageError("ctranslate2 has random weights: add --held-to 15, so that all outputs are as long.")
    text = lines_to_translate(source, mirror, lines)
    specification = {
        "model": str(model.absolute()),
        "lines": text,
        "beam_size": beam_size,
        "held_to": held_to,
        "engine": engine,
        "threads": threads or _cores(),
        "quantized": torch_int8,
    }
    theirs = {"torch": {"model": str((rival_weights or model).absolute())}}
    result = compete("translate", against, specification, [{}] * rounds, "tokens", _tell, theirs)
    held = f", {held_to} tokens each" if held_to else ""
    result |= {"title": f"translating with beam {beam_size}{held}", "lines": len(text)}
    _finish(result, output)


@cli.command()
@click.argument("model", type=PATH)
@click.option("--beam-size", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--sentences",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Number of sentences that latency is measured on.",
)
@click.option(
    "--stream",
    type=click.IntRange(0),
    default=1_000_000,
    show_default=True,
    help="Number of lines streamed to measure memory; 0 for none.",
)
@click.option(
    "--stream-words",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Number of words of each of those lines.",
)
@click.option("--stream-beam-size", type=click.IntRange(1), default=1, show_default=True)
@_source
@_engine
@_rounds
@_threads
@_mirror
@_json
def deploy(
    model: Path,
    beam_size: int,
    sentences: int,
    stream: int,
    stream_words: int,
    stream_beam_size: int,
    source: Path | None,
    engine: str,
    rounds: int,
    threads: int | None,
    mirror: str | None,
    output: Path | None,
) -> None:
    """Size, latency, start-up and memory of a model folder, best to be made by seq2seq export."""
    from scripts.benchmarks import deployment, machine
    from scripts.benchmarks.data import cut, lines_to_translate

    lines = lines_to_translate(source, mirror, None)
    chosen = [] if engine == "auto" else ["--engine", engine]
    options = ["--beam-size", str(beam_size), *chosen]
    result: dict[str, Any] = {
        "kind": "deploy",
        "title": f"{model}, beam {beam_size}",
        "machine": machine.describe(),
        "bytes": deployment.folder_bytes(model),
        "latency": deployment.latency(model, lines[:sentences], beam_size, engine, rounds, threads or _cores()),
        "start_to_exit": deployment.start_to_exit(model, lines[0], options, rounds),
    }
    if stream:
        options = ["--beam-size", str(stream_beam_size), *chosen]
        result["stream"] = deployment.stream_memory(model, cut(lines, stream_words), stream, options, _tell)
    _finish(result, output)


@cli.command()
@click.argument("results", nargs=-1, required=True, type=PATH)
@click.option("--output", "-o", type=PATH, default=Path("docs/benchmark.svg"), show_default=True)
def picture(results: tuple[Path, ...], output: Path) -> None:
    """Draw RESULTS, files that --json wrote, as one SVG."""
    from scripts.benchmarks.picture import draw
    from seq2seq.files import write_file

    contents = [_read(path) for path in results]
    write_file(output, draw(contents))
    click.echo(f"{output} shows {len(contents)} results")


@cli.command()
@click.argument("results", nargs=-1, required=True, type=PATH)
def table(results: tuple[Path, ...]) -> None:
    """Print RESULTS, files that --json wrote, as Markdown, for a README."""
    from scripts.benchmarks.report import markdown

    click.echo(markdown([_read(path) for path in results]))


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): give files that --json wrote") from error
    except ValueError as error:
        raise UserError(f"{path} is not JSON: give files that --json wrote") from error
    if not isinstance(result, dict) or "summary" not in result:
        raise UserError(f"{path} is no result of train or translate: give files that their --json wrote")
    return result


def _finish(result: dict[str, Any], output: Path | None) -> None:
    """Prints a result, and writes it where that was asked for."""
    from scripts.benchmarks.report import competition, deployment, print_table
    from seq2seq.files import write_file

    if output is not None:
        write_file(output, json.dumps(result, indent=1) + "\n")
    print_table(*(deployment if result["kind"] == "deploy" else competition)(result))


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _cores() -> int:
    from scripts.benchmarks.machine import describe

    return int(describe()["cores"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command; a user's mistake is one sentence."""
    with ExitStack() as stack:
        stack.callback(sys.stdout.flush)
        try:
            sys.exit(cli(arguments, standalone_mode=False) or 0)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(130)
        except UserError as error:
            click.echo(f"{click.style('error', fg='red', bold=True)}: {error}", err=True)
            sys.exit(error.exit_status)
