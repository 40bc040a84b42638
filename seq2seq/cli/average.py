"""The command `seq2seq average`."""

from pathlib import Path

import click

from seq2seq.cli.paths import FILE


@click.command("average", short_help="Average the weights of several models of a run.")
@click.argument("run", type=FILE)
@click.option("--last", type=click.IntRange(1), metavar="N", help="Average the newest N models.")
@click.option(
    "--around-best",
    type=click.IntRange(1),
    metavar="N",
    help="Average the best model and those nearest to it, N in all.",
)
@click.option(
    "--output",
    "-o",
    type=FILE,
    metavar="DIR",
    help="Model folder to write.  [default: RUN/averaged]",
)
def command(run: Path, last: int | None, around_best: int | None, output: Path | None) -> None:
    """Average the weights of several models of RUN, a run folder, into a new model folder.

    A run keeps its best and its newest models; training.keep_models sets how many.

    \b
      seq2seq average runs/quickstart --last 3
      seq2seq average runs/quickstart --around-best 3 --output models/averaged
    """
    from seq2seq.model_folder.averaging import average_models, last_models, models_around_best

    if last is not None and around_best is None:
        models = last_models(run, last)
    elif around_best is not None and last is None:
        models = models_around_best(run, around_best)
    else:
        raise click.UsageError("Give --last N or --around-best N, one of the two.")
    output = output or run / "averaged"
    average_models(models, output)
    steps = ", ".join(f"{int(model.name):,}" for model in models)
    click.echo(f"{output}: the mean of the models of steps {steps}")
