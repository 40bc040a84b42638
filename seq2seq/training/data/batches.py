"""Batches as a pure function: (seed, epoch, index) → row ids → padded arrays.

A stream has no position of its own: it is addressed by the step alone, so that resuming, several workers and benchmarks
are all the same thing, a start and a stride.
"""

import functools
import itertools
import threading
from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from seq2seq.text.mapped_lines import blocks
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.data.batch import Batch

Lengths = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]
"""Number of tokens of each row's source and target, EOS included. Shape [rows] each."""


class Plan(Sequence[NDArray[np.int32]]):
    """The batches of an epoch in order, each as row ids; in memory it is little more than one number per row."""

    def __init__(self, rows: NDArray[np.int32], starts: NDArray[np.int64], order: NDArray[np.int64]) -> None:
        """Takes the batches as slices of an array.

        Args:
            rows: Row ids of all batches. Shape [rows].
            starts: Where each slice of `rows` begins, and at last where the last one ends. Shape [batches + 1].
            order: Number of the slice that each batch is. Shape [batches].
        """
        self._rows, self._starts, self._order = rows, starts, order

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.int32]: ...

    @overload
    def __getitem__(self, index: slice) -> list[NDArray[np.int32]]: ...

    def __getitem__(self, index: int | slice) -> NDArray[np.int32] | list[NDArray[np.int32]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        number = self._order[index]
        return self._rows[self._starts[number] : self._starts[number + 1]]


def plan_epoch(
    source_lengths: NDArray[np.integer],
    target_lengths: NDArray[np.integer],
    batch_tokens: int,
    seed: int,
    epoch: int,
    rows: NDArray[np.int32] | None = None,
) -> Plan:
    """Cuts one pass over the rows into batches of rows of similar length, in random order.

    Rows are sorted by target length, then by source length. A quarter of them count as one token longer than they are,
    and ties are broken at random, so that batches differ from epoch to epoch with hardly any padding. The longest side
    of a batch times its number of rows stays within `batch_tokens`, except that a batch has at least one row.

    Args:
        source_lengths: Number of source tokens of each row, EOS included. Shape [rows].
        target_lengths: Number of target tokens of each row, EOS included. Shape [rows].
        batch_tokens: Largest number of positions of a batch on either side.
        seed: Seed of the run.
        epoch: Number of the epoch, from 0.
        rows: Row ids that the pass goes over, in ascending order; by default every row once.

    Returns:
        The row ids of each batch.

    Example:
        >>> lengths = np.array([2, 9, 2, 9])
        >>> sorted(sorted(batch.tolist()) for batch in plan_epoch(lengths, lengths, 20, seed=1, epoch=0))
        [[0, 2], [1, 3]]
    """
    random = np.random.default_rng((seed, epoch))
    ordered = _sorted_numbers(source_lengths, target_lengths, random, rows)
    starts, first, width = [0], 0, 0
    for begin, end in _spans(len(ordered)):
        # From numbers within `rows` to row ids, in place.
        ordered[begin:end] = ids = ordered[begin:end] if rows is None else rows[ordered[begin:end]]
        longest = np.maximum(source_lengths[ids], target_lengths[ids])
        for position, length in enumerate(longest.tolist(), start=begin):
            width = max(width, length)
            if (position - first + 1) * width > batch_tokens and position > first:
                starts.append(first := position)
                width = length
    return Plan(ordered, np.array([*starts, len(ordered)]), random.permutation(len(starts)))


def _sorted_numbers(
    source_lengths: NDArray[np.integer],
    target_lengths: NDArray[np.integer],
    random: np.random.Generator,
    rows: NDArray[np.int32] | None,
) -> NDArray[np.int32]:
    """The numbers 0, 1, … of the rows, sorted by noisy target length, noisy source length and chance.

    A sort key of 64 bits holds, from the highest bits on: target length, source length, a random number, the row's
    number. So sorting the keys in place sorts the rows, and needs no further memory. With five million rows, 25 bits
    are left for the random number.
    """
    count = len(target_lengths) if rows is None else len(rows)
    spans = list(_spans(count))
    number_bits = max(1, (count - 1).bit_length())
    # Lengths of 65,535 tokens and more count as equal.
    largest = [min(int(lengths.max(initial=0)) + 1, 2**16 - 1) for lengths in (source_lengths, target_lengths)]
    source_bits, target_bits = (length.bit_length() for length in largest)
    chance_bits = min(32, 64 - number_bits - source_bits - target_bits)
    keys = np.empty(count, np.uint64)
    draws = np.empty(count, bool)
    for begin, end in spans:
        draws[begin:end] = random.random(end - begin) < 0.25
    for begin, end in spans:
        some = slice(begin, end) if rows is None else rows[begin:end]
        target = np.minimum(target_lengths[some].astype(np.uint64) + draws[begin:end], np.uint64(largest[1]))
        chance = (random.random(end - begin) * 2**chance_bits).astype(np.uint64)  # below the lengths, above the number
        keys[begin:end] = (target << np.uint64(source_bits + chance_bits)) | chance
    for begin, end in spans:
        some = slice(begin, end) if rows is None else rows[begin:end]
        noise = random.integers(0, 2, end - begin).astype(np.uint64)
        source = np.minimum(source_lengths[some].astype(np.uint64) + noise, np.uint64(largest[0]))
        numbers = np.arange(begin, end, dtype=np.uint64)
        # What the first pass set moves up, and the row's number takes the bits that this frees.
        keys[begin:end] = (keys[begin:end] + (source << np.uint64(chance_bits)) << np.uint64(number_bits)) | numbers
    keys.sort()
    ordered = np.empty(count, np.int32)
    for begin, end in spans:
        ordered[begin:end] = keys[begin:end] & np.uint64(2**number_bits - 1)
    return ordered


def _spans(count: int, size: int = 1 << 16) -> Iterator[tuple[int, int]]:
    """Cuts 0 to `count` into ranges, so that temporary arrays stay small."""
    for begin in range(0, count, size):
        yield begin, min(begin + size, count)


def weighted_rows(corpora: NDArray[np.uint16], weights: Sequence[float], seed: int, epoch: int) -> NDArray[np.int32]:
    """Gives the rows that an epoch goes over: each as often as its corpus weighs.

    The fractional part of a weight is a random choice of rows, which differs from epoch to epoch.

    Args:
        corpora: Number of the corpus of each row. Shape [rows].
        weights: Weight of each corpus: 2 is every row twice, 0.5 a random half of them.
        seed: Seed of the run.
        epoch: Number of the epoch, from 0.

    Example:
        >>> weighted_rows(np.array([0, 0, 1], np.uint16), [1.0, 2.0], seed=1, epoch=0).tolist()
        [0, 1, 2, 2]
    """
    times = np.zeros(len(corpora), np.int32)
    for corpus, weight in enumerate(weights):
        own = np.flatnonzero(corpora == corpus).astype(np.int32)
        if not len(own):
            continue
        whole, more = divmod(max(1, round(weight * len(own))), len(own))
        times[own] = whole
        random = np.random.default_rng((seed, epoch, corpus, 1))
        times[own[random.choice(len(own), more, replace=False, shuffle=False)]] += 1
    return np.repeat(np.arange(len(corpora), dtype=np.int32), times)


class BatchStream:
    """All batches of a run, without end, addressed by step.

    Step s is batch s − Σ (batches of earlier epochs) of its epoch. An epoch is planned when it is first needed.
    """

    def __init__(
        self,
        text: ParallelText,
        tokenizers: TokenizerPair,
        *,
        batch_tokens: int,
        seed: int,
        sampling: float = 0.0,
        lengths: Lengths | None = None,
        weights: Sequence[float] = (),
    ) -> None:
        """Measures the rows unless `lengths` are given: each is encoded once for its length, and again in its batches.

        Args:
            text: The sentence pairs.
            tokenizers: The tokenizers of both sides.
            batch_tokens: Largest number of positions of a batch on either side.
            seed: Seed of the run.
            sampling: Strength of subword sampling (see `Tokenizer.sample`); 0 is off.
            lengths: Lengths of the rows, if they are known.
            weights: How often an epoch goes over the pairs of each corpus in `text.corpora`; once by default.
        """
        self.text = text
        self.source_tokenizer = tokenizers.source.tokenizer
        self.target_tokenizer = tokenizers.target.tokenizer
        self.batch_tokens = batch_tokens
        self.seed = seed
        self.sampling = sampling
        self.weights = weights
        if lengths is None:
            lengths = (
                token_counts(text.sources, self.source_tokenizer) + 1,
                token_counts(text.targets, self.target_tokenizer) + 1,
            )
        self.source_lengths: NDArray[np.integer] = lengths[0]
        self.target_lengths: NDArray[np.integer] = lengths[1]
        # Two plans are kept, since batches are made ahead while callbacks still ask for the epoch before.
        self.plan = functools.lru_cache(maxsize=2)(self._plan)
        self._epoch_starts = [0]
        self._lock = threading.Lock()

    def _plan(self, epoch: int) -> Plan:
        """The batches of an epoch as row ids."""
        rows = None
        if self.text.corpora is not None and any(weight != 1 for weight in self.weights):
            rows = weighted_rows(self.text.corpora, self.weights, self.seed, epoch)
        return plan_epoch(self.source_lengths, self.target_lengths, self.batch_tokens, self.seed, epoch, rows)

    def epoch_start(self, epoch: int) -> int:
        """The first step of an epoch. Plans differ in length by a few batches, so that they must be counted."""
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
        """Number of passes over the text before a step."""
        epoch, index = self.locate(step)
        return epoch + index / len(self.plan(epoch))

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        epoch, index = self.locate(step)
        pairs = self.text.select(self.plan(epoch)[index])
        if self.sampling:
            seeds = np.random.SeedSequence((self.seed, epoch, index)).generate_state(2)
            source = self.source_tokenizer.sample(pairs.sources, self.sampling, int(seeds[0]))
            target = self.target_tokenizer.sample(pairs.targets, self.sampling, int(seeds[1]))
        else:
            source = self.source_tokenizer.encode(pairs.sources)
            target = self.target_tokenizer.encode(pairs.targets)
        return Batch(pad([[*ids, EOS] for ids in source]), pad([[*ids, EOS] for ids in target]))

    def batches(self, start: int = 0, stride: int = 1) -> Iterator[Batch]:
        """The batches of steps start, start + stride, …"""
        step = start
        while True:
            yield self.batch(step)
            step += stride


def token_counts(lines: Sequence[str], tokenizer: Tokenizer) -> NDArray[np.int32]:
    """Number of tokens of each line. Shape [lines]; encoded in blocks so that memory stays small."""
    counts = ([len(ids) for ids in tokenizer.encode(block)] for block in blocks(lines))
    return np.fromiter(itertools.chain.from_iterable(counts), np.int32, len(lines))
