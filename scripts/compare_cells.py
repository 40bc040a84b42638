"""Compare LSTM, GRU and plain RNN on the bundled corpus: python scripts/compare_cells.py

Trains the quickstart's model three times, with `model.cell` set to lstm, gru and rnn and all else equal (a run that is
there already is not trained again; one that was stopped goes on), measures each on test-long, and writes

    docs/cells.json    BLEU; how the gradient fades with distance; verbs that come right, by distance
    docs/cells.svg     the last two as a picture

The verbs: see `scripts/cells/verbs.py` for what is found, `scripts/cells/measuring.py` for what counts as right.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, only this folder would be found

from seq2seq.files import write_file  # noqa: E402

CELLS = ("lstm", "gru", "rnn")
CORPUS = ROOT / "corpora" / "traveller"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Compare LSTM, GRU and plain RNN on the bundled corpus.")
    parser.add_argument(
        "--runs", type=Path, default=ROOT / "runs" / "cells", help="where to train (default: runs/cells)"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder to write to (default: docs)")
    parser.add_argument("--sentences", type=int, default=100, help="whose gradients to average (default: %(default)s)")
    parser.add_argument("--draw-only", action="store_true", help="draw the picture of the results that are there")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    results = options.output / "cells.json"
    if not options.draw_only:
        for cell in CELLS:
            train(cell, options.runs / cell)
        from scripts.cells.measuring import measure

        found = {cell: measure(options.runs / cell / "model", CORPUS, options.sentences) for cell in CELLS}
        write_file(results, json.dumps(found, indent=1) + "\n")
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
