"""The loop around everything that runs in batches: sort by size, cut by tokens, pad, run, restore the order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from seq2seq.tokenization.ids import Ids, pad

Item = TypeVar("Item")
Result = TypeVar("Result")


class PaddedRows(NamedTuple):
    """Rows of ids as one array."""

    ids: Ids
    """[rows, longest row], padded on the right."""
    lengths: Ids
    """[rows] numbers of ids that are no padding."""


def padded_rows(rows: Sequence[Sequence[int]]) -> PaddedRows:
    """Pads rows of ids and counts them.

    Example:
        >>> padded_rows([[5, 3], [7, 8, 3]]).lengths.tolist()
        [2, 3]
    """
    lists = [list(row) for row in rows]
    return PaddedRows(pad(lists), np.array([len(row) for row in lists], np.int32))


def batches_by_size(sizes: Sequence[int], batch_tokens: int, parallel: int = 1) -> Iterator[list[int]]:
    """Cuts items into batches, the largest items first.

    Args:
        sizes: Number of tokens of each item.
        batch_tokens: Maximum number of tokens in a batch, padding included; an item of more is a batch by itself.
        parallel: Number of batches that are run at once; a batch has at most its share of the items.

    Yields:
        The numbers of a batch's items.

    Example:
        >>> list(batches_by_size([3, 9, 4, 2], batch_tokens=10))
        [[1], [2, 0], [3]]
    """
    # If memory does not suffice for the largest batch, that shows at once and not after an hour.
    order = sorted(range(len(sizes)), key=lambda n: -sizes[n])
    share = -(-len(order) // parallel)  # rows
    start = 0
    while start < len(order):
        rows = min(share, max(1, batch_tokens // max(1, sizes[order[start]])))
        yield order[start : start + rows]
        start += rows


def each_in_batches(
    items: Sequence[Item],
    sizes: Sequence[int],
    run: Callable[[list[Item]], Sequence[Result]],
    *,
    batch_tokens: int,
    parallel: int = 1,
) -> Iterator[tuple[int, Result]]:
    """Runs items in batches of like sizes.

    Args:
        items: What to run.
        sizes: Number of tokens of each item.
        run: Turns a batch into results, one for each item in the same order. With `parallel` above 1 it is called from
            several threads at once.
        batch_tokens: Maximum number of tokens in a batch, padding included.
        parallel: Number of batches that are run at once.

    Yields:
        The number of an item and its result, as the batches are done; only a batch's results are held at once.
    """
    batches = list(batches_by_size(sizes, batch_tokens, parallel))

    def results_of(batch: list[int]) -> Sequence[Result]:
        return run([items[n] for n in batch])

    for batch, results in zip(batches, _in_threads(results_of, batches, parallel), strict=True):
        yield from zip(batch, results, strict=True)


def in_batches(
    items: Sequence[Item],
    sizes: Sequence[int],
    run: Callable[[list[Item]], Sequence[Result]],
    *,
    batch_tokens: int,
    parallel: int = 1,
) -> list[Result]:
    """Runs items in batches of like sizes, see `each_in_batches`.

    Returns:
        The results in the order of the items.

    Example:
        >>> in_batches(["a", "ccc", "bb"], [1, 3, 2], lambda batch: [item.upper() for item in batch], batch_tokens=4)
        ['A', 'CCC', 'BB']
    """
    results = dict(each_in_batches(items, sizes, run, batch_tokens=batch_tokens, parallel=parallel))
    return [results[n] for n in range(len(items))]


def _in_threads(
    run: Callable[[list[int]], Sequence[Result]], batches: list[list[int]], threads: int
) -> Iterator[Sequence[Result]]:
    """Runs batches in threads; yields their results in the order of the batches."""
    if threads == 1 or len(batches) < 2:
        yield from map(run, batches)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(run, batches)
    finally:
        pool.shutdown(cancel_futures=True)
