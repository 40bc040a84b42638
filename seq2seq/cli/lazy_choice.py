"""A choice whose values are known only to a library that is too heavy to import for `seq2seq --help`."""

from collections.abc import Callable, Iterable
from typing import Any

import click


class LazyChoice(click.ParamType):
    """`click.Choice`, made when the option is used or its help is shown."""

    name = "choice"

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        """Remembers what to ask for the values."""
        self._load = load

    def _choice(self) -> click.Choice[str]:
        return click.Choice(list(self._load()))

    def get_metavar(self, *arguments: Any, **named: Any) -> str | None:
        """See `click.Choice`."""
        return self._choice().get_metavar(*arguments, **named)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See `click.Choice`."""
        return self._choice().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """See `click.Choice`."""
        return self._choice().shell_complete(ctx, param, incomplete)
