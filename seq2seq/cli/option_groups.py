"""Options under headings, for commands with many options."""

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class GroupedCommand(click.Command):
    """A command that lists its options in the groups that `option_group` made, all others under "Options"."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """See `click.Command`."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(context):
            record = parameter.get_help_record(context)
            if record is not None and isinstance(parameter, click.Option):
                groups.setdefault(getattr(parameter, "heading", "Options"), []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class WholeHelpGroup(click.Group):
    """A group that lists its commands with their whole first sentence, which Click would cut."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """See `click.Group`."""
        commands = [(name, self.get_command(context, name)) for name in self.list_commands(context)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(1000)) for name, one in commands if one is not None])


class _GroupedOption(click.Option):
    def __init__(self, *arguments: Any, heading: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.heading = heading


def option_group(heading: str, *options: Callable[..., Decorator]) -> Decorator:
    """Adds options under a heading, in their order.

    Args:
        heading: Text above the options in the help.
        options: Options that `option` made.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(heading)(function)
        return function

    return add


def option(*names: str, **settings: Any) -> Callable[[str], Decorator]:
    """Makes an option for `option_group`, with the arguments of `click.option`."""
    return lambda heading: click.option(*names, cls=_GroupedOption, heading=heading, **settings)
