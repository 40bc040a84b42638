"""Generate the bundled corpus `corpora/traveller`: python scripts/generate_traveller.py [--seed N] [--output FOLDER]"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, only this folder would be found

from scripts.traveller import card, splits  # noqa: E402

SEED = 2026
OUTPUT = ROOT / "corpora" / "traveller"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Generate the English-German corpus of what travellers say.")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same files (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write to (default: corpora/traveller)")
    options = parser.parse_args(arguments)
    print(card.write(splits.build(options.seed), options.seed, options.output), end="")


if __name__ == "__main__":
    main()
