"""The text of a run: what it learns from, what is held out, and what the tokenizer is learnt from."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.schema import DataConfig
from seq2seq.errors import UserError
from seq2seq.text.mapped_lines import select
from seq2seq.text.parallel import ParallelText, join_parallel, read_parallel


def read_text(data: DataConfig, seed: int, folder: Path | None = None) -> tuple[ParallelText, ParallelText]:
    """Reads the training and the dev text.

    Without a dev text, some pairs are held out of the training text, and no pair with the source of one of them stays
    in it.

    Args:
        data: The config's `data` section.
        seed: Seed of the run, which decides what is held out.
        folder: Folder for temporary files (see `seq2seq.text.parallel.read_parallel`).

    Raises:
        UserError: A file cannot be read, or there are too few pairs to hold some out.
    """
    text = join_parallel([read_parallel(*_both(paths), folder) for paths in data.training_paths()])
    if dev_paths := data.dev_paths():
        return text, read_parallel(*_both(dev_paths), folder)
    usable = (bool(source.strip() and target.strip()) for source, target in text.pairs())
    rows = np.flatnonzero(np.fromiter(usable, bool, len(text)))
    wanted = min(data.hold_out, len(rows) // 10)
    if not wanted:
        raise UserError(
            f"{data.name}: {len(rows)} usable pairs are too few to hold some out: give data.dev, or more text"
        )
    dev = text.select(rows[sorted(random.Random(seed).sample(range(len(rows)), wanted))])
    dev = ParallelText(list(dev.sources), list(dev.targets))
    held = set(dev.sources)
    others = (source not in held for source in text.sources)
    return text.select(np.flatnonzero(np.fromiter(others, bool, len(text)))), dev


def _both(paths: tuple[Path, ...]) -> tuple[Path, Path | None]:
    return paths[0], paths[1] if len(paths) == 2 else None


@dataclass(frozen=True)
class TokenizerLines(Iterable[str]):
    """The lines that a tokenizer is learnt from, without blank ones; they can be iterated again and again.

    Attributes:
        sides: The text.
        most: Largest number of lines, spread evenly over the text.
        seed: Seed of the choice.
    """

    sides: tuple[Sequence[str], ...]
    most: int
    seed: int

    def __iter__(self) -> Iterator[str]:
        total = sum(map(len, self.sides))
        for number, lines in enumerate(self.sides):
            if total > self.most:
                lines = select(lines, spread(len(lines), self.most * len(lines) // total, (self.seed, number)))
            yield from (line for line in lines if line.strip())


def spread(count: int, most: int, seed: tuple[int, ...]) -> NDArray[np.int64]:
    """Chooses rows evenly: one at random out of each of `most` ranges of equal length.

    Args:
        count: Number of rows.
        most: Number of rows to choose.
        seed: Seed of the choice.

    Returns:
        Row numbers in ascending order. Shape [most].

    Example:
        >>> spread(4, 4, (1,)).tolist()
        [0, 1, 2, 3]
    """
    borders = np.arange(most + 1) * count // most
    draws = np.random.default_rng(seed).random(most)
    return borders[:-1] + (draws * np.diff(borders)).astype(np.int64)
