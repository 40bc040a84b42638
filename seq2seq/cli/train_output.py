"""The end of `seq2seq train`: what the model can do, and what to do with it."""

import shlex
from pathlib import Path
from typing import Any

import click


def print_scores(scores: dict[str, Any]) -> None:
    """Prints the scores of the best model, as its metadata have them, to standard error."""
    if "loss" in scores:
        click.echo(f"On the dev set: loss {scores['loss']:.3f} nats per token", err=True)
    for name, value in scores.items():
        if isinstance(value, dict):
            score = click.style(f"{name} {value['score']:.1f}", bold=True)
            click.echo(f"  {score}   {value['signature']}", err=True)


def print_next_commands(model: Path, languages: tuple[str | None, str | None]) -> None:
    """Prints what one may want to do with a run's model to standard error.

    Args:
        model: The model, as a path in the run folder.
        languages: Languages of source and target, which name the files of the examples.
    """
    run, name = model.parent, shlex.quote(str(model))
    source, target = (
        f"test.{language or side}" for language, side in zip(languages, ("source", "target"), strict=True)
    )
    dev = run / "validation" / "source.txt"
    lines = dev.read_text("utf-8").split("\n") if dev.is_file() else []
    sentence = next((line for line in lines if 0 < len(line) <= 80), "a sentence")
    commands = (
        ("translate", f"seq2seq translate {name} FILE"),
        ("measure", f"seq2seq evaluate {name} --source {source} --reference {target} --report report.html"),
        ("look inside", f"seq2seq inspect {name} {shlex.quote(sentence)}"),
        ("ship", f"seq2seq export {name} --output DIR"),
        ("how it went", str(run / "training.html")),
    )
    click.echo("Next:", err=True)
    for what, command in commands:
        click.echo(f"  {what:<12}{command}", err=True)
