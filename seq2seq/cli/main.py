"""`seq2seq`: finds the command, and turns a user's mistakes into one sentence."""

import importlib
import os
import sys
from typing import Any

import click

from seq2seq.errors import UserError
from seq2seq.version import __version__

COMMANDS = ("train", "translate", "inspect", "score", "evaluate", "export", "average", "corpora", "config")


class _Commands(click.Group):
    """Loads a command's module when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"seq2seq.cli.{name}").command
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # The reader of our output has gone; nothing more can be said to it, not even by the interpreter's last
            # flush. Here and not in `main`: Click would end with status 1 on its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(141)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="seq2seq")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
def cli(debug: bool) -> None:
    """Trains small, good translators on an ordinary CPU, and translates with them.

    \b
      seq2seq train configs/quickstart.yaml --output runs/quickstart
      echo "Where is the station?" | seq2seq translate runs/quickstart/model
      seq2seq evaluate runs/quickstart/model --source test.en --reference test.de
    """


def main() -> None:
    """The console script."""
    # Errors speak for themselves; what the libraries beneath log while they load does not help a user.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Wherever it stands: one thinks of it last.
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        sys.exit(cli(arguments, standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (UserError, FloatingPointError) as error:
        if debug:
            raise
        click.echo(f"{click.style('error', fg='red', bold=True)}: {error}", err=True)
        sys.exit(getattr(error, "exit_status", 1))
