"""Runs all cases in limited processes, and starts a new process behind a case that ended one."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

from scripts.fuzz import text_mutations

ROOT = Path(__file__).resolve().parents[2]
HANGS = 120.0
"""Seconds after which a case that has not ended is ended: much more than it needs on a busy machine."""
STARTS = 300.0
"""Seconds that a process may take to load its libraries."""


@dataclass
class Counts:
    """What came of the cases of a kind."""

    results: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


Table = dict[str, Counts]


@dataclass
class Campaign:
    """A campaign.

    Attributes:
        place: A folder with the sound folders in `bases`.
        seed: The seed.
        table: What came of the cases so far, by kind.
    """

    place: Path
    seed: int
    table: Table = field(default_factory=lambda: defaultdict(Counts))

    def run(self, what: str, number: int, engine: str = "onnx") -> None:
        """Runs cases.

        Args:
            what: "folder", "config" or "card".
            number: Number of cases.
            engine: The engine for folders.
        """
        first = 0
        while first < number:
            first = self._process(what, first, number, engine)

    def _process(self, what: str, first: int, number: int, engine: str) -> int:
        """Runs cases in one process and returns the first that is left."""
        command = [sys.executable, "-m", "scripts.fuzz.worker", str(self.place), str(self.seed), engine, what]
        with subprocess.Popen([*command, str(first), str(number)], stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout is not None
            current, label = first, what
            while line := _line(process.stdout, STARTS if current == first else HANGS):
                entry = json.loads(line)
                if "number" in entry:
                    current = entry["number"]
                    continue
                label = entry["kind"] if what != "folder" else f"folder, {engine}: {entry['kind']}"
                self.count(label, entry["result"], f"case {current}: {entry['detail']}")
                current += 1
            if line is None:
                process.kill()
            status = process.wait()
        if current < number:
            how = "hung" if line is None else f"ended the process with status {status}"
            self.count(f"{what}, {engine}: ended the process", "failure", f"case {current} {how}")
            current += 1
        return current

    def lines(self, number: int) -> None:
        """Translates hostile lines by the command line: as many must come out as go in."""
        content = text_mutations.make_lines(number, Random(f"{self.seed} lines"))
        folder = self.place / "bases" / "lstm-int8"
        command = [sys.executable, "-m", "seq2seq", "translate", str(folder), "--errors", "replace", "--beam-size", "1"]
        start = time.monotonic()
        try:
            done = subprocess.run(command, input=content, capture_output=True, cwd=ROOT, timeout=3600, check=False)
        except subprocess.TimeoutExpired:
            self.count("line", "failure", "it hung")
            return
        found = done.stdout.count(b"\n")
        right = done.returncode == 0 and found == number and b"Traceback" not in done.stderr
        self.table["line"].results["right" if right else "failure"] += number
        if not right:
            detail = f"{number} lines in, {found} out, status {done.returncode}: {done.stderr[-500:]!r}"
            self.table["line"].failures.append(detail)
        print(f"{number} lines in {time.monotonic() - start:.0f} s", file=sys.stderr)

    def count(self, kind: str, result: str, detail: str) -> None:
        """Counts what came of a case."""
        self.table[kind].results[result] += 1
        if result == "failure":
            self.table[kind].failures.append(detail)
            print(f"{kind}: {detail}", file=sys.stderr)


def _line(stream: IO[bytes], seconds: float) -> bytes | None:
    """Reads a line; b"" at the end, None if nothing comes in time."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        if not selector.select(seconds):
            return None
    return stream.readline()
