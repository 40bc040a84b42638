"""Batches as a pure function: (seed, epoch, index) → row ids → padded arrays.

Nothing here remembers where it stands: a stream is addressed by its step alone, so that resuming, several workers and
benchmarks are all the same thing: a start and a stride.
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
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.data.batch import Batch

Lengths = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]
"""Pieces of each row's source and target, their ends counted. Shape [rows] each."""


class Plan(Sequence[NDArray[np.int32]]):
    """The batches of an epoch in order, each as row ids; in memory, little more than one number a row."""

    def __init__(self, rows: NDArray[np.int32], starts: NDArray[np.int64], order: NDArray[np.int64]) -> None:
        """Batch i is stretch `order[i]` of `rows`; `starts` are where stretches begin, and where the last one ends."""
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
        place = self._order[index]
        return self._rows[self._starts[place] : self._starts[place + 1]]


def plan_epoch(
    source_lengths: NDArray[np.integer],
    target_lengths: NDArray[np.integer],
    batch_tokens: int,
    seed: int,
    epoch: int,
    rows: NDArray[np.int32] | None = None,
) -> Plan:
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
        rows: what the pass goes over, where that is not every row once.

    Returns:
        The row ids of each batch.
    """
    random = np.random.default_rng((seed, epoch))
    places = _sorted_places(source_lengths, target_lengths, random, rows)
    starts, first, width = [0], 0, 0
    for begin, end in _spans(len(places)):
        places[begin:end] = chosen = places[begin:end] if rows is None else rows[places[begin:end]]
        longest = np.maximum(source_lengths[chosen], target_lengths[chosen])
        for position, length in enumerate(longest.tolist(), start=begin):
            width = max(width, length)
            if (position - first + 1) * width > batch_tokens and position > first:
                starts.append(first := position)
                width = length
    return Plan(places, np.array([*starts, len(places)]), random.permutation(len(starts)))


def _sorted_places(
    source_lengths: NDArray[np.integer],
    target_lengths: NDArray[np.integer],
    random: np.random.Generator,
    rows: NDArray[np.int32] | None,
) -> NDArray[np.int32]:
    """0, 1, … in order of noisy target length, noisy source length and chance.

    All of them and the number itself share 64 bits, so that the sort needs no memory besides: of five million rows, 25
    bits are left for chance.
    """
    count = len(target_lengths) if rows is None else len(rows)
    spans = list(_spans(count))
    number_bits = max(1, (count - 1).bit_length())
    # Beyond 65,535 pieces, all are alike.
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
        chance = (random.random(end - begin) * 2**chance_bits).astype(np.uint64)
        keys[begin:end] = (target << np.uint64(source_bits + chance_bits)) | chance
    for begin, end in spans:
        some = slice(begin, end) if rows is None else rows[begin:end]
        noise = random.integers(0, 2, end - begin).astype(np.uint64)
        source = np.minimum(source_lengths[some].astype(np.uint64) + noise, np.uint64(largest[0]))
        numbers = np.arange(begin, end, dtype=np.uint64)
        keys[begin:end] = (keys[begin:end] + (source << np.uint64(chance_bits)) << np.uint64(number_bits)) | numbers
    keys.sort()
    places = np.empty(count, np.int32)
    for begin, end in spans:
        places[begin:end] = keys[begin:end] & np.uint64(2**number_bits - 1)
    return places


def _spans(count: int, size: int = 1 << 16) -> Iterator[tuple[int, int]]:
    """0 to `count` in stretches, so that what is made of each stays small."""
    for begin in range(0, count, size):
        yield begin, min(begin + size, count)


def weighted_rows(corpora: NDArray[np.uint16], weights: Sequence[float], seed: int, epoch: int) -> NDArray[np.int32]:
    """What an epoch goes over: each row as often as its corpus weighs, the broken part drawn anew for every epoch.

    Args:
        corpora: the corpus of each row. Shape [rows].
        weights: of each corpus: 2 is every row twice, 0.5 a random half of them.
        seed: of the run.
        epoch: from 0.
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
        lengths: Lengths | None = None,
        weights: Sequence[float] = (),
    ) -> None:
        """Measures the rows, where that is not done: each is encoded once for its length, and again in its batches.

        Args:
            text: the rows.
            tokenizer: of the source, and of the target where that has none of its own.
            target_tokenizer: of the target.
            batch_tokens: largest number of positions of a batch on either side.
            seed: of the run.
            sampling: of the segmentation (see `Tokenizer.sample`); 0 is off.
            lengths: of the rows, where they are known.
            weights: how often an epoch goes over the pairs of each of `text.corpora`, where not once.
        """
        self.text = text
        self.tokenizer = tokenizer
        self.target_tokenizer = target_tokenizer or tokenizer
        self.batch_tokens = batch_tokens
        self.seed = seed
        self.sampling = sampling
        self.weights = weights
        if lengths is None:
            lengths = piece_counts(text.sources, tokenizer) + 1, piece_counts(text.targets, self.target_tokenizer) + 1
        self.source_lengths: NDArray[np.integer] = lengths[0]
        self.target_lengths: NDArray[np.integer] = lengths[1]
        # Two plans are remembered, since batches are made ahead while callbacks still ask for the epoch before.
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


def piece_counts(lines: Sequence[str], tokenizer: Tokenizer) -> NDArray[np.int32]:
    """Number of pieces of each line. Shape [lines]; encoded in blocks so that memory stays small."""
    counts = ([len(ids) for ids in tokenizer.encode(block)] for block in blocks(lines))
    return np.fromiter(itertools.chain.from_iterable(counts), np.int32, len(lines))
