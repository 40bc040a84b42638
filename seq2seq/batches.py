"""Batches as a pure function: (seed, epoch, index) → row ids → padded arrays.

Nothing here remembers where it stands: a stream is addressed by its step alone, so that resuming, several workers and
benchmarks are all the same thing: a start and a stride.
"""

import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.corpora import ParallelText
from seq2seq.tokenizer import EOS, PAD, Tokenizer

Ids = NDArray[np.int32]


def pad(rows: list[list[int]]) -> Ids:
    """Rows of ids, padded on the right. Shape [rows, longest row]."""
    width = max(map(len, rows), default=0)
    padded = np.full((len(rows), width), PAD, np.int32)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded


def plan_epoch(
    source_lengths: NDArray[np.integer],
    target_lengths: NDArray[np.integer],
    batch_tokens: int,
    seed: int,
    epoch: int,
) -> list[NDArray[np.int64]]:
    """Cuts one pass over the rows into batches of like length, in random order.

    Rows are sorted by target length, then source length. A quarter of them count as one longer than they are, and ties
    fall at random, so that batches differ from epoch to epoch at hardly any padding. The longest side of a batch times
    its rows stays within `batch_tokens`, except that a batch has at least one row.

    Args:
        source_lengths: pieces per row, end included. Shape [rows].
        target_lengths: the same of the target.
        batch_tokens: largest number of positions of a batch on either side.
        seed: of the run.
        epoch: from 0.

    Returns:
        The row ids of each batch.
    """
    random = np.random.default_rng((seed, epoch))
    rows = len(target_lengths)
    noisy = target_lengths + (random.random(rows) < 0.25)
    order = np.lexsort((random.random(rows), source_lengths + random.integers(0, 2, rows), noisy))
    longest = np.maximum(source_lengths, target_lengths)[order]
    starts, width = [0], 0
    for position, length in enumerate(longest.tolist()):
        width = max(width, length)
        if (position - starts[-1] + 1) * width > batch_tokens and position > starts[-1]:
            starts.append(position)
            width = length
    batches = np.split(order, starts[1:])
    return [batches[i] for i in random.permutation(len(batches))]


@dataclass(frozen=True)
class Batch:
    """Padded pieces. source: [rows, source]; target: [rows, target]; both end in EOS before their padding."""

    source: Ids
    target: Ids


class BatchStream:
    """All batches of a run, without end, addressed by step.

    Step s is batch s − Σ (batches of earlier epochs) of its epoch; an epoch's plan is made when it is first asked for.
    """

    def __init__(
        self,
        text: ParallelText,
        tokenizer: Tokenizer,
        *,
        target_tokenizer: Tokenizer | None = None,
        batch_tokens: int,
        seed: int,
        sampling: float = 0.0,
    ) -> None:
        """Measures the rows: each side is encoded once for its length, and again when a batch asks for it.

        Args:
            text: the rows.
            tokenizer: of the source, and of the target where that has none of its own.
            target_tokenizer: of the target.
            batch_tokens: largest number of positions of a batch on either side.
            seed: of the run.
            sampling: of the segmentation (see `Tokenizer.sample`); 0 is off.
        """
        self.text = text
        self.tokenizer = tokenizer
        self.target_tokenizer = target_tokenizer or tokenizer
        self.batch_tokens = batch_tokens
        self.seed = seed
        self.sampling = sampling
        self.source_lengths = piece_counts(text.sources, tokenizer) + 1  # [rows], EOS counted
        self.target_lengths = piece_counts(text.targets, self.target_tokenizer) + 1  # [rows]
        # Two plans are remembered, since batches are made ahead while callbacks still ask for the epoch before.
        self.plan = functools.lru_cache(maxsize=2)(self._plan)
        self._epoch_starts = [0]
        self._lock = threading.Lock()

    def _plan(self, epoch: int) -> list[NDArray[np.int64]]:
        """The batches of an epoch as row ids."""
        return plan_epoch(self.source_lengths, self.target_lengths, self.batch_tokens, self.seed, epoch)

    def epoch_start(self, epoch: int) -> int:
        """The first step of an epoch. Plans differ in length by a few batches, so they are counted, not assumed."""
        with self._lock:
            while len(self._epoch_starts) <= epoch:
                last = len(self._epoch_starts) - 1
                self._epoch_starts.append(self._epoch_starts[last] + len(self.plan(last)))
            return self._epoch_starts[epoch]

    def locate(self, step: int) -> tuple[int, int]:
        """The (epoch, index) of a step, both from 0."""
        epoch = int(np.searchsorted(self._epoch_starts, step, side="right")) - 1
        while self.epoch_start(epoch + 1) <= step:
            epoch += 1
        return epoch, step - self.epoch_start(epoch)

    def epochs_at(self, step: int) -> float:
        """How many passes over the text lie before a step."""
        epoch, index = self.locate(step)
        return epoch + index / len(self.plan(epoch))

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        epoch, index = self.locate(step)
        chosen = self.text.select(self.plan(epoch)[index])
        if self.sampling:
            seeds = np.random.SeedSequence((self.seed, epoch, index)).generate_state(2)
            source = self.tokenizer.sample(chosen.sources, self.sampling, int(seeds[0]))
            target = self.target_tokenizer.sample(chosen.targets, self.sampling, int(seeds[1]))
        else:
            source = self.tokenizer.encode(chosen.sources)
            target = self.target_tokenizer.encode(chosen.targets)
        return Batch(pad([[*ids, EOS] for ids in source]), pad([[*ids, EOS] for ids in target]))

    def batches(self, start: int = 0, stride: int = 1) -> Iterator[Batch]:
        """The batches of steps start, start + stride, …"""
        step = start
        while True:
            yield self.batch(step)
            step += stride


def piece_counts(lines: list[str], tokenizer: Tokenizer) -> NDArray[np.int32]:
    """Number of pieces of each line. Shape [lines]; encoded in blocks so that memory stays small."""
    counts = np.empty(len(lines), np.int32)
    for start in range(0, len(lines), 4096):
        block = tokenizer.encode(lines[start : start + 4096])
        counts[start : start + len(block)] = [len(ids) for ids in block]
    return counts
