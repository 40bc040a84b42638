"""A process that runs cases one after another under limits, and writes what comes of each as a line of JSON.

`python -m scripts.fuzz.worker PLACE SEED ENGINE WHAT FIRST END`; before each case it writes the case's number, so that
whoever reads knows which one ended the process.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
from pathlib import Path

MEMORY = 2**30
"""Bytes of address space that cases may take beside what the libraries have taken."""
SECONDS = 3600
"""Seconds of processor time of a whole process."""


def main(arguments: list[str]) -> None:
    """Runs the cases."""
    place, seed, engine, what, first, end = arguments
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # What libraries write must not come between the lines of JSON.
    output = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

    from scripts.fuzz.cases import Runner
    from scripts.fuzz.watch import Watch

    bases = sorted(path for path in (Path(place) / "bases").iterdir() if path.is_dir())
    work = Path(place) / f"work-{os.getpid()}"
    work.mkdir()
    runner = Runner(work, int(seed), bases, engine, Watch())
    if what == "folder":
        runner.prepare()
    _limit()
    for number in range(int(first), int(end)):
        output.write(f"{json.dumps({'number': number})}\n")
        outcome = getattr(runner, what)(number)
        output.write(f"{json.dumps(dataclasses.asdict(outcome))}\n")


def _limit() -> None:
    """Limits memory to what is taken and a gigabyte more, and processor time."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
