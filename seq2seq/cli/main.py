"""The program `seq2seq`: finds the command, and turns a user's mistakes into one sentence."""

import contextlib
import errno
import importlib
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from seq2seq.cli.option_groups import WholeHelpGroup
from seq2seq.cli.surroundings import prepare, stops_clear_up
from seq2seq.errors import UserError, nearest
from seq2seq.output import standard_output_error
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


class _Commands(WholeHelpGroup):
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
        if arguments and arguments[0] not in COMMANDS and not arguments[0].startswith("-"):
            context.fail(f"No such command '{arguments[0]}': {nearest(arguments[0], COMMANDS)}")
        name, command, rest = super().resolve_command(context, arguments)
        if command is not None:
            _add_debug_option(command)
        return name, command, rest

    def invoke(self, context: click.Context) -> Any:
        try:
            result = super().invoke(context)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # Here and not in `main`: Click would end with status 1 on its own.
            sys.exit(_reader_has_gone())
        except ModuleNotFoundError as error:
            raise _missing_library(error, context.invoked_subcommand) from error
        except OSError as error:
            # What fails at a file has its name, or has become a UserError where the file was written.
            if error.filename is not None or error.errno not in (errno.EBADF, errno.ENOSPC, errno.EIO):
                raise
            _give_up_output()
            raise standard_output_error(error) from error


def _give_up_output() -> None:
    """Lets what is still to be written to standard output vanish, or the interpreter's last flush would fail too."""
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)


def _reader_has_gone() -> int:
    """Ends output whose reader has gone; gives the exit status that a shell gives a program that SIGPIPE ended."""
    _give_up_output()
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return 141


def _missing_library(error: ModuleNotFoundError, command: str | None) -> Exception:
    """What to tell a user whose install lacks a library; the error itself if a module of ours is missing."""
    name = (error.name or "").partition(".")[0]
    if name in ("", "seq2seq"):
        return error
    return UserError(
        f"'seq2seq {command}' needs {name}, which is not installed: the small install that a model folder's "
        "requirements.txt makes has translate and score only; install seq2seq with all it needs (pip install, without "
        "--no-deps)"
    )


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
    prepare()
    settings = {"debug": False}
    try:
        with stops_clear_up():
            sys.exit(cli(standalone_mode=False, obj=settings, color=False if os.environ.get("NO_COLOR") else None) or 0)
    except click.ClickException as error:
        _show(error.show)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (UserError, FloatingPointError) as error:
        if settings["debug"]:
            raise
        _show(partial(click.echo, _error_line(str(error)), err=True))
        sys.exit(getattr(error, "exit_status", 1))


def _error_line(text: str) -> str:
    styled = click.style("error", fg="red", bold=True)
    return f"{'error' if os.environ.get('NO_COLOR') else styled}: {text}"


def _show(print_error: Callable[[], None]) -> None:
    """Shows an error; a reader that has gone or a closed standard error change nothing about the exit status."""
    try:
        print_error()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
