"""The command line: one small file per command, which parses, calls and prints."""

from seq2seq.cli.main import main

__all__ = ["main"]
