"""`seq2seq train`"""

import sys
from pathlib import Path

import click


@click.command("train")
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    help="Without a CONFIG: text to translate from, or a .tsv with a pair a line (source, tab, target).",
)
@click.option(
    "--target", type=click.Path(path_type=Path), help="Without a CONFIG: the translation of --source, line by line."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Run folder; needed without a CONFIG.  [default: runs/NAME-OF-CONFIG]",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
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
    from seq2seq.text.file_names import holds_both_sides

    if config is not None:
        if source or target:
            raise click.UsageError("Give a CONFIG, or --source and --target, not both.")
        resolved = load_config(config, overrides)
        output = output or Path("runs") / config.stem
    else:
        if not (source and (target or holds_both_sides(source)) and output):
            raise click.UsageError("Give a CONFIG, or --source, --target (but for a .tsv) and --output.")
        resolved = config_for_files(source, target, overrides)

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
