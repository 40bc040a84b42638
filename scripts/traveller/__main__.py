"""Generate the bundled corpus `corpora/traveller`: python -m scripts.traveller [--seed N] [--output FOLDER]"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from . import card, splits

SEED = 2026
OUTPUT = Path(__file__).resolve().parents[2] / "corpora" / "traveller"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the corpus and print its card."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.traveller", description="Generate the English-German corpus of what travellers say."
    )
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed, the same files (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write to (default: corpora/traveller)")
    options = parser.parse_args(arguments)
    print(card.write(splits.build(options.seed), options.seed, options.output), end="")


if __name__ == "__main__":
    main()
