"""The text of a run: what it learns from, what is held out, and what the tokenizer is learnt from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.presets import TextSize
from seq2seq.config.schema import DataConfig
from seq2seq.errors import UserError
from seq2seq.text.mapped_lines import select
from seq2seq.text.parallel import ParallelText, join_parallel, read_parallel
from seq2seq.training.data.holding_out import HeldOut, draw_pairs, draw_sources, hold_out, usable_rows


def read_training_text(data: DataConfig, folder: Path | None = None) -> ParallelText:
    """Reads the whole training text.

    Args:
        data: The config's `data` section.
        folder: Folder for temporary files (see `seq2seq.text.parallel.read_parallel`).

    Raises:
        UserError: A file cannot be read.
    """
    return join_parallel([read_parallel(*_both(paths), folder) for paths in data.training_paths()])


def read_text(data: DataConfig, seed: int, folder: Path | None = None) -> tuple[ParallelText, ParallelText]:
    """Reads the training and the dev text of a run that begins now; see `split_text`."""
    text, dev, _ = split_text(read_training_text(data, folder), data, seed, folder)
    return text, dev


def split_text(
    text: ParallelText, data: DataConfig, seed: int, folder: Path | None = None, *, as_before: bool = False
) -> tuple[ParallelText, ParallelText, HeldOut | None]:
    """Gives the training and the dev text.

    Without a dev text, some pairs are held out of the training text, and no pair with the source of one of them stays
    in it (see `seq2seq.training.data.holding_out`).

    Args:
        text: The whole training text.
        data: The config's `data` section: where the dev text is, or how many pairs are held out.
        seed: Seed of the run, which decides what is held out.
        folder: Folder for temporary files (see `seq2seq.text.parallel.read_parallel`).
        as_before: Whether pairs are drawn as older versions did, for a run that began with one of them.

    Returns:
        What is trained on, what is validated on, and what holding out cost if anything was held out.

    Raises:
        UserError: The dev text cannot be read, or there are too few pairs to hold some out.
    """
    if dev_paths := data.dev_paths():
        return text, read_parallel(*_both(dev_paths), folder), None
    usable = usable_rows(text)
    draw = draw_pairs if as_before else partial(draw_sources, text.sources)
    rows = draw(usable, data.hold_out, seed)
    if not len(rows):
        distinct = len({text.sources[row] for row in usable[:1000]})
        few = f" with {distinct} distinct sources" if 10 <= len(usable) <= 1000 else ""
        raise UserError(
            f"{data.name}: {len(usable)} usable pairs{few} are too few to hold some out: give data.dev, or more text"
        )
    return hold_out(text, rows)


def size_of(text: ParallelText, sample: int = 10_000) -> TextSize:
    """Measures the amount of text; characters are counted in `sample` pairs, spread evenly."""
    some = text.select(spread(len(text), min(sample, len(text)), (1,)))
    characters = sum(map(len, some.sources)) + sum(map(len, some.targets))
    return TextSize(len(text), round(characters / 2 * len(text) / len(some)))


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
