"""The `seq2seq` command, run as whoever uses it would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder: paths in lists are relative to it, and `-m seq2seq` finds the package in it."""


@dataclass(frozen=True)
class Program:
    """A command line that answers to `train`, `evaluate`, `config` and `corpora`."""

    command: tuple[str, ...] = (sys.executable, "-m", "seq2seq")

    def line(self, *arguments: str | Path) -> list[str]:
        """The command line with `arguments`."""
        return [*self.command, *map(str, arguments)]

    def run(self, *arguments: str | Path) -> str:
        """Runs it to its end.

        Args:
            arguments: what follows the command's name.

        Returns:
            What it wrote to standard output.

        Raises:
            UserError: it failed; its own last line says why.
        """
        result = subprocess.run(
            self.line(*arguments), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
        )
        if result.returncode:
            raise UserError(f"seq2seq {arguments[0]} failed: {last_line(result.stderr)}")
        return result.stdout

    def run_json(self, *arguments: str | Path) -> Any:
        """Runs it and reads the JSON that it prints.

        Raises:
            UserError: it failed, or printed something else.
        """
        text = self.run(*arguments)
        try:
            return json.loads(text)
        except ValueError:
            raise UserError(f"seq2seq {arguments[0]} printed no JSON: {last_line(text)}") from None


def last_line(text: str) -> str:
    """The last line of `text` that is not blank.

    Example:
        >>> last_line("Traceback\\nError: no such file\\n\\n")
        'Error: no such file'
    """
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")


def commit_at(root: Path = ROOT) -> str | None:
    """The commit of the project's checkout, marked where the package or a config differs from it.

    Args:
        root: a folder of the checkout.

    Returns:
        Such as "83c3e14f01" or "83c3e14f01+changes"; None where git or the checkout is missing.
    """

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, encoding="utf-8")
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "--short=10", "HEAD")
    return f"{commit}+changes" if commit and git("status", "--porcelain", "--", "seq2seq", "configs") else commit
