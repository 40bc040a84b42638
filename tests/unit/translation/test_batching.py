"""The batching loop: every item once, in batches that keep the budget, results in the order of the items."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.tokenization.ids import PAD
from seq2seq.translation.batching import batches_by_size, each_in_batches, in_batches, padded_rows

sizes_of_items = st.lists(st.integers(0, 40), max_size=60)


@given(sizes_of_items, st.integers(1, 100), st.integers(1, 5))
def test_batches_keep_the_budget_and_hold_every_item_once(sizes, batch_tokens, parallel):
    batches = list(batches_by_size(sizes, batch_tokens, parallel))
    assert sorted(n for batch in batches for n in batch) == list(range(len(sizes)))
    assert [sizes[n] for batch in batches for n in batch] == sorted(sizes, reverse=True)
    assert all(batches)
    assert all(len(batch) == 1 or len(batch) * sizes[batch[0]] <= batch_tokens for batch in batches)
    assert all(len(batch) <= math.ceil(len(sizes) / parallel) for batch in batches)


def test_batches_are_as_few_as_the_budget_allows():
    assert [len(batch) for batch in batches_by_size([5] * 12, batch_tokens=20)] == [4, 4, 4]
    assert [len(batch) for batch in batches_by_size([5] * 12, batch_tokens=1000)] == [12]
    assert [len(batch) for batch in batches_by_size([5] * 12, batch_tokens=1000, parallel=2)] == [6, 6]


def test_equal_items_keep_their_order():
    assert list(batches_by_size([2, 3, 2, 3], batch_tokens=100)) == [[1, 3, 0, 2]]


@given(sizes_of_items, st.integers(1, 100), st.integers(1, 4))
def test_results_come_in_the_order_of_the_items(sizes, batch_tokens, parallel):
    items = [f"{n}:{size}" for n, size in enumerate(sizes)]
    found = in_batches(
        items, sizes, lambda batch: [f"<{item}>" for item in batch], batch_tokens=batch_tokens, parallel=parallel
    )
    assert found == [f"<{item}>" for item in items]


def test_as_many_batches_run_at_once_as_asked_for():
    together = threading.Barrier(3)

    def run(batch):
        together.wait(30)
        return batch

    assert in_batches(list("abc"), [1] * 3, run, batch_tokens=1, parallel=3) == ["a", "b", "c"]


def test_a_batch_is_run_when_its_results_are_asked_for():
    calls = []
    results = each_in_batches([7, 8], [1, 1], lambda batch: calls.append(batch) or batch, batch_tokens=1)
    assert calls == []
    assert next(results) == (0, 7)
    assert calls == [[7]]


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_failure_is_raised(parallel):
    def run(batch):
        if 3 in batch:
            raise OSError("no more")
        return batch

    with pytest.raises(OSError, match="no more"):
        in_batches([1, 2, 3, 4], [1] * 4, run, batch_tokens=1, parallel=parallel)


def test_rows_are_padded_on_the_right():
    ids, lengths = padded_rows([[5], [], (6, 7)])
    np.testing.assert_array_equal(ids, [[5, PAD], [PAD, PAD], [6, 7]])
    np.testing.assert_array_equal(lengths, [1, 0, 2])
    assert ids.dtype == lengths.dtype == np.int32
    assert padded_rows([]).ids.shape == (0, 0)
