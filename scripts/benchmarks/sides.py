"""The other end of a side's process: starts it, calls it, sees that it sleeps while it is not called."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError

SIDES = {
    "train": {
        "ours": "scripts.benchmarks.ours:Training",
        "torch": "scripts.benchmarks.torch_rival:Training",
        "keras": "scripts.benchmarks.keras_rival:Training",
        "marian": "scripts.benchmarks.marian_rival:Training",
    },
    "translate": {
        "ours": "scripts.benchmarks.ours:Translating",
        "torch": "scripts.benchmarks.torch_rival:Translating",
        "ctranslate2": "scripts.benchmarks.ctranslate2_rival:Translating",
        "marian": "scripts.benchmarks.marian_rival:Translating",
    },
}
"""What is measured → side → the class that does it."""


class SideProcess(AbstractContextManager["SideProcess"]):
    """One side in a process of its own: libraries that share a process share threads and memory, and disturb."""

    def __init__(self, name: str, kind: str, specification: dict[str, Any]) -> None:
        """Starts the process and waits until it is prepared.

        Args:
            name: Name of the side.
            kind: The side's class, as MODULE:CLASS.
            specification: Arguments of the class, which JSON can hold.

        Raises:
            UserError: the side cannot be prepared.
        """
        self.name = name
        # Not a pipe: nobody would read it.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed in __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.benchmarks.side_process", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            # The project's folder must be found, also where the program was started elsewhere.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))},
        )
        try:
            self.facts = self.call(**specification)
        except BaseException:
            self.__exit__()
            raise

    def call(self, **arguments: Any) -> dict[str, Any]:
        """Has the side compute a round, and waits.

        Raises:
            UserError: it failed; what it said last is part of the sentence.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(arguments) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: dict[str, Any] = json.loads(line) if line else {"error": None}
        if "error" not in answer:
            return answer
        if answer["error"]:
            raise UserError(f"{self.name}: {answer['error']}")
        self._said.seek(0)
        last = self._said.read().decode(errors="replace").strip().splitlines()[-20:]
        raise UserError("\n".join([f"the process of {self.name} failed; it said last:", *last]))

    def processor_seconds(self) -> float:
        """Processor time that the process and those it started have taken so far; 0 where the system does not tell."""
        return tree_seconds(self._process.pid)

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()


ROOT = Path(__file__).resolve().parents[2]


def tree_seconds(pid: int, proc: Path = Path("/proc")) -> float:
    """Processor time of a process and its living descendants, as Linux tells it."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in proc.glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(path.parent.name)
        parents[number], ticks[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    total = 0
    for number in ticks:
        ancestor = number
        while ancestor in parents and ancestor != pid:
            ancestor = parents[ancestor]
        if ancestor == pid:
            total += ticks[number]
    return total / os.sysconf("SC_CLK_TCK")
