"""`seq2seq train`"""

import sys
from pathlib import Path

import click

from seq2seq.cli.paths import FILE, complete_keys


@click.command("train")
@click.argument("config", type=FILE, required=False)
@click.option(
    "--source",
    type=FILE,
    help="Without a CONFIG: text to translate from, or a .tsv or .csv with a pair a line.",
)
@click.option("--target", type=FILE, help="Without a CONFIG: the translation of --source, line by line.")
@click.option(
    "--output",
    "-o",
    type=FILE,
    help="Run folder; needed without a CONFIG.  [default: runs/NAME-OF-CONFIG]",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=complete_keys,
    help="Set an option of the config, such as training.epochs=5. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, measured with a few updates, and write nothing.")
def command(
    config: Path | None,
    source: Path | None,
    target: Path | None,
    output: Path | None,
    overrides: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Train a model, or go on with a run that was stopped.

    Without a CONFIG, sizes, dropouts, batches and epochs are chosen by the amount of text and reported (see `preset` in
    `seq2seq config`); --set puts other values in their place.

    The best model so far is always "model" in the run folder. The same command goes on where the run was stopped.

    \b
      seq2seq train configs/quickstart.yaml --output runs/quickstart
      seq2seq train --source train.en --target train.de --output runs/mine
      seq2seq train --source pairs.tsv --output runs/mine
      seq2seq train my.yaml --dry-run
      seq2seq train my.yaml --set training.epochs=5 --set model.layer_dropout=0.2
    """
    from seq2seq.config.loading import config_for_files, load_config

    if config is not None:
        if source or target:
            raise click.UsageError("Give a CONFIG, or --source and --target, not both.")
        resolved = load_config(config, overrides)
        output = output or Path("runs") / config.stem
    else:
        if missing := _missing_options(source, target, output):
            raise click.UsageError(f"Give a CONFIG, or {missing}.")
        assert source is not None
        resolved = config_for_files(source, target, overrides)
    assert output is not None

    from seq2seq.training.trainer import plan_training, train

    resolved.data.training_paths()  # a corpus that was not fetched is an error now, not after TensorFlow has loaded
    if dry_run:
        plan_training(resolved, output)
        return
    outcome = train(resolved, output)
    state = outcome.state
    if outcome.already_finished:
        click.echo(f"{output} is finished already, at step {state.step:,}.", err=True)
    if outcome.signal is not None and not state.finished:
        kind = "best model so far" if state.best_step else "model so far, which no validation has measured yet,"
        model = f" The {kind} is {outcome.model}." if outcome.model.exists() else ""
        click.echo(f"Stopped and saved at step {state.step:,}; the same command goes on from there.{model}", err=True)
        sys.exit(128 + outcome.signal)
    if not outcome.already_finished:
        from seq2seq.cli.train_output import print_next_commands, print_scores

        print_scores(outcome.scores)
        print_next_commands(outcome.model, (resolved.data.source_language, resolved.data.target_language))
    minutes, seconds = divmod(round(state.seconds), 60)
    click.echo(f"{outcome.model}: the best model, of step {state.best_step:,}, after {minutes} min {seconds} s in all")


def _missing_options(source: Path | None, target: Path | None, output: Path | None) -> str:
    """What a training without a config lacks, as the end of a sentence; "" if nothing is missing."""
    from seq2seq.text.file_names import holds_both_sides

    if source is None:
        return "--source and --target, two files of text (or --source alone, a .tsv or .csv of pairs), and --output"
    missing = []
    if target is None and not holds_both_sides(source):
        missing.append(f"--target, the translation of {source} line by line")
    if output is None:
        missing.append("--output, the folder for the run")
    return " and ".join(missing)
