from __future__ import annotations

import numpy as np
import pytest

from seq2seq.search.rows import Rows, distinct

VALID = np.array([[True, True, False], [True, False, False], [True, True, True]])


def test_only_full_slots_are_rows():
    rows = Rows(VALID)
    assert rows.beams is not None and rows.beams.tolist() == [2, 1, 3]
    assert rows.beams.dtype == np.int32
    assert rows.of(np.arange(9).reshape(3, 3)).tolist() == [0, 1, 3, 6, 7, 8]
    assert rows.numbers.tolist() == [[0, 1, 0], [2, 2, 2], [3, 4, 5]]


def test_an_empty_slot_repeats_the_first():
    values = np.arange(12).reshape(6, 2)
    assert Rows(VALID).slots(values)[..., 1].tolist() == [[1, 3, 1], [5, 5, 5], [7, 9, 11]]


def test_nothing_is_copied_where_all_slots_are_full():
    rows = Rows(np.ones((2, 3), np.bool_))
    values = np.arange(12).reshape(6, 2)
    assert rows.beams is None
    assert rows.numbers.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert np.shares_memory(rows.slots(values), values) and rows.slots(values).shape == (2, 3, 2)
    assert rows.of(np.arange(6).reshape(2, 3)).tolist() == list(range(6))


@pytest.mark.parametrize("parents", [[0], [0, 1, 2], [2, 2, 2], [4, 0, 0, 7, 4]])
def test_each_parent_once(parents):
    once, which = distinct(np.array(parents, np.int32))
    assert once.tolist() == sorted(set(parents))
    assert once[which].tolist() == parents
