from __future__ import annotations

import numpy as np
import pytest

from seq2seq.engines.grid import Grid, taken
from seq2seq.search import StepResult


def test_every_row_has_a_place():
    grid = Grid.of(np.array([2, 1, 3]))
    assert grid.rows.reshape(3, 3).tolist() == [[0, 1, 0], [2, 2, 2], [3, 4, 5]]
    assert grid.rows[grid.places].tolist() == list(range(6))
    assert grid.rows.dtype == grid.places.dtype == np.int32


def test_a_sentence_may_have_left():
    grid = Grid.of(np.array([2, 0, 1, 0]))
    assert grid.rows.reshape(4, 2).tolist() == [[0, 1], [2, 2], [2, 2], [2, 2]]
    assert grid.places.tolist() == [0, 1, 4]


def test_it_may_be_wider_than_any_sentence():
    grid = Grid.of(np.array([1, 1]), least=2)
    assert grid.rows.reshape(2, 2).tolist() == [[0, 0], [1, 1]]
    assert grid.places.tolist() == [0, 2]


@pytest.mark.parametrize("beams", [1, 2, 3])
def test_equally_many(beams):
    for one, other in zip(Grid.even(4, 4 * beams, least=2), Grid.of(np.full(4, beams), least=2), strict=True):
        assert one.tolist() == other.tolist()
        assert one.dtype == np.int32


def test_what_stands_at_places_is_taken():
    values = np.arange(8).reshape(4, 2)
    step = StepResult(values, values + 10, values + 20, values[:, 0], (values + 30, values + 40))
    found = taken(step, np.array([0, 3]), lambda part, places: part[places])
    for one, other in zip([*found[:4], *found.state], [*step[:4], *step.state], strict=True):
        assert one.tolist() == other[[0, 3]].tolist()
    assert taken(step._replace(scored=None), np.array([1]), lambda part, places: part).scored is None
