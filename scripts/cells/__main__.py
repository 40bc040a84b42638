"""Compares LSTM, GRU and plain RNN on the bundled corpus: `python -m scripts.cells`, in the project's folder.

Trains the quickstart's model three times, with `model.cell` set to lstm, gru and rnn and all else equal. A finished run
is not trained again, and a stopped one goes on. Then it measures each model on test-long and writes

    docs/cells.json    BLEU; how the gradient fades with distance; the share of correct verbs, by distance
    docs/cells.svg     the last two as a picture

`scripts/cells/verbs.py` says which verbs are found, `scripts/cells/measuring.py` what counts as correct.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from seq2seq.files import write_file

ROOT = Path(__file__).resolve().parents[2]
CELLS = ("lstm", "gru", "rnn")
CORPUS = ROOT / "corpora" / "traveller"


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains, measures and draws, as the arguments say; None takes those of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.cells", description="Compare LSTM, GRU and plain RNN on the bundled corpus."
    )
    parser.add_argument(
        "--runs", type=Path, default=ROOT / "runs" / "cells", help="folder of the trainings (default: runs/cells)"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder to write to (default: docs)")
    parser.add_argument(
        "--sentences",
        type=int,
        default=100,
        help="sentences whose gradients are averaged (default: %(default)s)",
    )
    parser.add_argument("--draw-only", action="store_true", help="only draw the picture of the results in --output")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    results = options.output / "cells.json"
    if not options.draw_only:
        for cell in CELLS:
            train(cell, options.runs / cell)
        from scripts.cells.measuring import measure

        measured = {cell: measure(options.runs / cell / "model", CORPUS, options.sentences) for cell in CELLS}
        write_file(results, json.dumps(measured, indent=1) + "\n")
    from scripts.cells.picture import draw
    from scripts.cells.standalone import write_svg

    write_svg(options.output / "cells.svg", draw(json.loads(results.read_text("utf-8"))))
    print(f"{results}\n{options.output / 'cells.svg'}")


def train(cell: str, run: Path) -> None:
    """The quickstart's training with another cell, in a process of its own, as a user would start it."""
    command = [sys.executable, "-m", "seq2seq", "train", "configs/quickstart.yaml"]
    subprocess.run([*command, "--output", str(run), "--set", f"model.cell={cell}"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
