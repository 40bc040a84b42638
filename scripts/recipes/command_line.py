"""The command line of the workbench."""

from __future__ import annotations

import itertools
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from scripts.recipes.one_at_a_time import default_lock, holder_of
from scripts.recipes.program import ROOT, Program
from scripts.recipes.recipe_list import RecipeList, choose, read_list
from scripts.recipes.results import Results, check_row, read_json_lines
from scripts.recipes.results_table import markdown
from scripts.recipes.run_facts import updates_so_far
from scripts.recipes.training_process import Stopped
from scripts.recipes.workbench import Experiment, Workbench
from seq2seq.errors import UserError

PATH = click.Path(path_type=Path)
FOLDER = ROOT / "docs" / "recipes"

_list = click.option(
    "--list",
    "list_file",
    type=PATH,
    default=FOLDER / "recipes.yaml",
    help="List of recipes.  [default: docs/recipes/recipes.yaml]",
)
_results = click.option(
    "--results", type=PATH, default=FOLDER, metavar="DIR", help="Folder of the table.  [default: docs/recipes]"
)
_mirror = click.option("--mirror", metavar="URL", help="Where corpora are fetched from, as in seq2seq corpora fetch.")
_seed = click.option("--seed", "seeds", type=int, multiple=True, help="Only this one; may be repeated.  [default: all]")
_names = click.argument("names", metavar="[NAME]...", nargs=-1)


def _places(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where work is done, and by what."""
    for option in (
        click.option(
            "--no-wait", is_flag=True, help="Fail where another training has the machine, instead of waiting."
        ),
        click.option(
            "--command",
            "program",
            metavar="COMMAND",
            help="What to run as seq2seq.  [default: this Python's -m seq2seq, in the project's folder]",
        ),
        click.option(
            "--lock",
            type=PATH,
            default=default_lock,
            metavar="FILE",
            help="Lock of the machine.  [default: in the folder of temporary files]",
        ),
        click.option(
            "--work",
            type=PATH,
            default=ROOT / "runs" / "recipes",
            metavar="DIR",
            help="Folder of run folders, corpora and cut texts.  [default: runs/recipes]",
        ),
    ):
        command = option(command)
    return command


def _bench(
    results: Path, work: Path, lock: Path, program: str | None, no_wait: bool, mirror: str | None = None
) -> Workbench:
    command = Program(tuple(shlex.split(program))) if program else Program()
    return Workbench(command, Results(results), work.absolute(), lock, mirror, not no_wait, _tell)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """Recipes tried over seeds, judged on the validation split, kept in a table.

    An experiment that the table has is never paid for again; one that was killed goes on with the same command. Only
    one training runs at a time, whoever started it.

    \b
      python -m scripts.recipes run                    # all recipes of docs/recipes/recipes.yaml
      python -m scripts.recipes run today --seed 1
      python -m scripts.recipes status
      python -m scripts.recipes table
      python -m scripts.recipes test today             # once, when its choice is made
    """


@cli.command()
@_names
@_list
@_seed
@_mirror
@_results
@_places
def run(
    names: tuple[str, ...],
    list_file: Path,
    seeds: tuple[int, ...],
    mirror: str | None,
    results: Path,
    work: Path,
    lock: Path,
    program: str | None,
    no_wait: bool,
) -> None:
    """Do the experiments of recipes NAME, by default of all: first everyone's first seed, then the second, ….

    An experiment that fails is reported, and the others are done; the exit status is then 1.
    """
    recipes = read_list(list_file)
    bench = _bench(results, work, lock, program, no_wait, mirror)
    by_recipe, failed = [], 0
    for name in choose(recipes, names):
        try:
            by_recipe.append(bench.experiments(recipes, name, seeds=seeds))
        except UserError as error:
            _tell(f"{name}: {error}")
            failed += 1
    experiments = [each for turn in itertools.zip_longest(*by_recipe) for each in turn if each is not None]
    for number, experiment in enumerate(experiments, start=1):
        where = f"[{number}/{len(experiments)}]"
        try:
            row = bench.do(experiment, list_file.name, _baseline(bench, recipes, experiment))
        except UserError as error:
            _tell(f"{where} {experiment}: {error}")
            failed += 1
            continue
        if row is None:
            _tell(f"{where} {experiment}: in the table already")
        else:
            val = row["val"]
            _tell(
                f"{where} {experiment}: {row['updates']:,} updates in {row['wall_minutes']:.1f} minutes, val loss "
                f"{val['loss']:.3f}, BLEU {val['BLEU']:.2f}, chrF2 {val['chrF2']:.2f}, "
                f"length ratio {val['length_ratio']:.3f}"
            )
    if failed:
        raise UserError(f"{failed} failed, and why is reported above: mend it and give the same command again")


@cli.command()
@_names
@_list
@_results
@_places
def status(
    names: tuple[str, ...],
    list_file: Path,
    results: Path,
    work: Path,
    lock: Path,
    program: str | None,
    no_wait: bool,
) -> None:
    """Show what is done, under way, failed and still to do; starts nothing."""
    recipes = read_list(list_file)
    bench = _bench(results, work, lock, program, no_wait)
    for name in choose(recipes, names):
        try:
            for experiment in bench.experiments(recipes, name, fetch=False):
                click.echo(f"{experiment}: {_state(bench, experiment)}")
        except UserError as error:
            click.echo(f"{name}: {error}")
    holder = holder_of(lock)
    click.echo(f"the machine is taken by {holder}" if holder else "the machine is free")


@cli.command()
@_results
@click.option("--text", "texts", multiple=True, metavar="NAME", help="Only of this text; may be repeated.")
@_names
def table(results: Path, texts: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Print the table as markdown: mean ± spread over the seeds of each recipe, by default of all."""
    found = Results(results)
    rows = [
        row
        for row in found.rows()
        if (not texts or row["text"]["name"] in texts) and (not names or row["recipe"] in names)
    ]
    click.echo(markdown(rows, found.tests()), nl=False)


@cli.command()
@click.argument("name")
@_list
@click.option("--force", is_flag=True, help="Look again at what was looked at; recorded as such.")
@_results
@_places
def test(
    name: str,
    list_file: Path,
    force: bool,
    results: Path,
    work: Path,
    lock: Path,
    program: str | None,
    no_wait: bool,
) -> None:
    """Score the test split of NAME, all of its seeds, once.

    Choices are made on the validation split; this is for a recipe that is chosen. It is refused while a seed is
    missing, and a second time.
    """
    recipes = read_list(list_file)
    recipe = choose(recipes, (name,))[name]
    bench = _bench(results, work, lock, program, no_wait)
    experiments = bench.experiments(recipes, name)
    for experiment in experiments:
        if bench.row_of(experiment) is None:
            raise UserError(f"{experiment} is not finished: run it first, then all seeds are tested together")
    split = recipes.texts[recipe.text].test
    refused = []
    for experiment in experiments:
        try:
            row = bench.test(experiment, list_file.name, split, force=force)
        except UserError as error:
            refused.append(str(error))
            continue
        click.echo(f"{experiment}: {split} BLEU {row['BLEU']:.2f}, chrF2 {row['chrF2']:.2f}")
    if refused:
        raise UserError("; ".join(refused))


@cli.command()
@click.argument("file", type=PATH)
@_results
def add(file: Path, results: Path) -> None:
    """Add experiments that were done by hand: FILE has their rows, as JSONL, with the columns of the table.

    They are marked as done by hand. A row of the same recipe, text and seed is not added again.
    """
    found = Results(results)
    new = read_json_lines(file)
    for number, row in enumerate(new, start=1):
        row["source"] = "by hand"
        check_row(row, f"{file}, row {number}")
    known = {_key(row) for row in found.rows()}
    added = 0
    for row in new:
        if _key(row) not in known:
            found.add(row, None)
            known.add(_key(row))
            added += 1
    click.echo(f"{added} rows added, {len(new) - added} were there already")


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    text = row["text"]
    return row["source"], row["recipe"], row["seed"], text["name"], text["direction"], text["pairs"]


def _baseline(bench: Workbench, recipes: RecipeList, experiment: Experiment) -> Experiment | None:
    """The baseline's experiment of the same text and seed, where the list has one."""
    if recipes.baseline is None or recipes.baseline == experiment.name:
        return None
    found = bench.experiments(recipes, recipes.baseline, seeds=(experiment.seed,))
    return next((each for each in found if each.text.val == experiment.text.val), None)


def _state(bench: Workbench, experiment: Experiment) -> str:
    row = bench.row_of(experiment)
    if row is not None:
        other = f" (as {row['recipe']})" if row["recipe"] != experiment.name else ""
        return (
            f"done{other}: BLEU {row['val']['BLEU']:.2f}, {row['updates']:,} updates, {row['wall_minutes']:.1f} minutes"
        )
    ledger = experiment.ledger()
    if ledger.trained:
        return "trained, not scored yet"
    if ledger.failure is not None:
        return f"failed: {ledger.failure}"
    if ledger.sessions:
        return f"begun: {updates_so_far(experiment.run):,} updates, {ledger.wall_minutes:.1f} minutes"
    return "to do"


def _tell(text: str) -> None:
    click.echo(text, err=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line; a user's mistake is one sentence and an exit status."""
    try:
        sys.exit(cli(arguments, standalone_mode=False, prog_name="python -m scripts.recipes") or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Stopped as stop:
        _tell(f"{stop}; the same command goes on from there")
        sys.exit(128 + stop.number)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except UserError as error:
        _tell(f"Error: {error}")
        sys.exit(error.exit_status)
