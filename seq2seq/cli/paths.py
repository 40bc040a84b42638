"""Paths on the command line: what stands for them, and what a shell's completion offers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem


class FilePath(click.Path):
    """A path in which a leading `~` is the home folder, also where no shell has seen it, as in `--source=~/text`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(
        self, value: str | os.PathLike[str], parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """See `click.Path`."""
        return super().convert(os.path.expanduser(value), parameter, context)


class ModelPath(FilePath):
    """A model folder; of a run folder, the best model in it."""

    def convert(
        self, value: str | os.PathLike[str], parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """See `click.Path`."""
        path = super().convert(value, parameter, context)
        # The names are those of `seq2seq.model_folder`, written out: no help should wait for numpy.
        inner = path / "model"
        is_run = not (path / "metadata.json").exists() and (inner / "metadata.json").is_file()
        return inner if is_run else path


FILE = FilePath()
MODEL = ModelPath()


def complete_corpora(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the catalogue's corpora that begin with what was typed."""
    from seq2seq.text.catalogue import card_paths

    return [CompletionItem(name) for name in card_paths() if name.startswith(incomplete)]


def complete_keys(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The keys of a config, for `--set KEY=VALUE`, that begin with what was typed."""
    from seq2seq.config.schema import Config

    keys = (
        f"{name}.{key}="
        for name, field in Config.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    )
    return [CompletionItem(key) for key in keys if key.startswith(incomplete)]
