"""The program `seq2seq`: finds the command, and turns a user's mistakes into one sentence."""

import importlib
import os
import sys
from typing import Any

import click

from seq2seq.errors import UserError
from seq2seq.version import __version__

COMMANDS = ("train", "translate", "inspect", "score", "evaluate", "export", "average", "corpora", "config")


def _debug_option(*, hidden: bool) -> click.Option:
    """`--debug`, whose value is left in the context's object, where `main` finds it."""

    def remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and isinstance(context.obj, dict):
            context.obj["debug"] = True

    return click.Option(
        ["--debug"],
        is_flag=True,
        is_eager=True,  # before any other option can fail
        expose_value=False,
        hidden=hidden,
        callback=remember,
        help="Show the traceback of an error. May stand anywhere.",
    )


def _add_debug_option(command: click.Command) -> None:
    """Lets `--debug` follow the command's name too, where one thinks of it last."""
    if not any(parameter.name == "debug" for parameter in command.params):
        command.params.append(_debug_option(hidden=True))
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _add_debug_option(inner)


class _Commands(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"seq2seq.cli.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(context, arguments)
        if command is not None:
            _add_debug_option(command)
        return name, command, rest

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # The reader of the output has gone; nothing more can be written to it, not even by the interpreter's last
            # flush. Here and not in `main`: Click would end with status 1 on its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(141)


@click.group(
    cls=_Commands,
    params=[_debug_option(hidden=False)],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="seq2seq")
def cli() -> None:
    """Trains small, good translators on an ordinary CPU, and translates with them.

    \b
      seq2seq train configs/quickstart.yaml --output runs/quickstart
      echo "Where is the station?" | seq2seq translate runs/quickstart/model
      seq2seq evaluate runs/quickstart/model --source test.en --reference test.de
    """


def main() -> None:
    """The console script."""
    # The errors explain themselves; what the libraries beneath log while they load does not help a user.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    settings = {"debug": False}
    try:
        sys.exit(cli(standalone_mode=False, obj=settings) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (UserError, FloatingPointError) as error:
        if settings["debug"]:
            raise
        click.echo(f"{click.style('error', fg='red', bold=True)}: {error}", err=True)
        sys.exit(getattr(error, "exit_status", 1))
