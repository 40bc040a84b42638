"""The commands as a page: usage, description, examples and options under their headings, all from Click."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from seq2seq.cli.main import cli


def command_pages() -> str:
    """Markdown for all commands, in the order of `seq2seq --help`."""
    return "\n".join(["# Commands", "", *_command(cli, click.Context(cli, info_name="seq2seq"), 2)])


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    """Lines for one command and those below it."""
    yield f"{'#' * level} {context.command_path}"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("", "```text", usage, "```", "")
    yield from _help(command.help or "")
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:  # an argument has no text of its own
            groups.setdefault(getattr(parameter, "heading", "Options"), []).append(record)
    for heading, records in groups.items():
        yield from (f"| {heading} | |", "| --- | --- |")
        yield from (f"| `{_cell(names)}` | {_prose(text)} |" for names, text in records)
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(below, click.Context(below, info_name=name, parent=context), level + 1)


def _help(text: str) -> Iterator[str]:
    """Lines of a help text; what Click is told not to wrap (after \\b) is code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield from ("```sh", inspect.cleandoc(paragraph.removeprefix("\b\n")), "```", "")
        else:
            yield from (paragraph, "")


def _cell(text: str) -> str:
    """Text in a table, where bars part columns and brackets would be links."""
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    return _cell(text).replace("[", "\\[")
