from __future__ import annotations

import numpy as np
import pytest

from seq2seq.search import StepResult
from seq2seq.search.candidates import best_columns, checked, choose, extend, pack, scored
from seq2seq.tokenization.ids import BOS, EOS, PAD

LOG_PROBS = np.array([[[-1.0, -2.0], [-0.5, -4.0]], [[-1.0, -1.0], [-1.0, -1.0]]])  # [2, 2, 2]
IDS = np.array([[[4, EOS], [5, 4]], [[PAD, 6], [6, BOS]]])
TOTALS = np.array([[-1.0, -2.0], [0.0, -np.inf]])


def test_extend_adds_and_forbids():
    found = extend(TOTALS, LOG_PROBS, IDS)
    inf = -np.inf
    assert found.tolist() == [[-2.0, -3.0, -2.5, -6.0], [inf, -1.0, inf, inf]]
    assert LOG_PROBS.max() == -0.5  # the engine's own array is left alone


def test_choose_takes_the_best_as_slots_allow():
    candidates = extend(TOTALS, LOG_PROBS, IDS)
    choice = choose(candidates, LOG_PROBS, IDS, np.array([3, 2]))
    assert choice.valid.tolist() == [[True, True, True], [True, False, False]]
    assert choice.tokens[0].tolist() == [4, 5, EOS]
    assert choice.origins[0].tolist() == [0, 1, 0]
    assert choice.log_probs[0].tolist() == [-1.0, -0.5, -2.0]
    assert choice.totals[0].tolist() == [-2.0, -2.5, -3.0]
    assert (choice.tokens[1, 0], choice.origins[1, 0], choice.totals[1, 0]) == (6, 0, -1.0)
    assert choice.tokens.dtype == choice.origins.dtype == np.int32


def test_choose_takes_no_more_than_there_is():
    candidates = extend(TOTALS, LOG_PROBS, IDS)
    choice = choose(candidates, LOG_PROBS, IDS, np.array([9, 9]))
    assert choice.valid.sum(axis=1).tolist() == [4, 1]
    assert choose(candidates, LOG_PROBS, IDS, np.array([0, 1])).valid.tolist() == [[False], [True]]


def test_choose_breaks_ties_by_index():
    log_probs = np.zeros((1, 4, 25))
    ids = np.arange(100).reshape(log_probs.shape) + 4
    choice = choose(log_probs.reshape(1, -1), log_probs, ids, np.array([40]))
    assert choice.tokens.tolist() == [list(range(4, 44))]


def test_pack_brings_the_valid_to_the_front_and_repeats_the_first():
    candidates = extend(TOTALS, LOG_PROBS, IDS)
    choice = choose(candidates, LOG_PROBS, IDS, np.array([4, 4]))
    live = np.array([[False, True, False, True], [True, False, False, False]])
    packed = pack(choice._replace(valid=live), np.array([0, 1]))
    assert packed.tokens.tolist() == [[5, 4], [6, 6]]
    assert packed.origins.tolist() == [[1, 1], [0, 0]]
    assert packed.totals.tolist() == [[-2.5, -6.0], [-1.0, -np.inf]]
    assert packed.valid.tolist() == [[True, True], [True, False]]
    assert pack(choice._replace(valid=live), np.array([1])).tokens.tolist() == [[6]]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_checked_wants_numbers(value):
    with pytest.raises(FloatingPointError, match="not numbers"):
        checked(np.array([[-1.0, value]], np.float32))
    assert checked(np.array([-1.0, -np.inf], np.float32)).tolist() == [-1.0, -np.inf]


def test_scored_must_be_there():
    nothing = np.zeros((1, 1))
    with pytest.raises(ValueError, match="returned none"):
        scored(StepResult(nothing, nothing.astype(int), nothing, None, ()))


@pytest.mark.parametrize("columns", [7, 300])
@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("kinds", [2, 1000])
def test_the_best_columns_are_those_of_a_stable_sort(columns, k, kinds):
    values = np.random.default_rng(k).integers(0, kinds, (50, columns)).astype(float)  # with many ties, or few
    values[::5, ::2] = -np.inf
    values[7] = -np.inf
    assert best_columns(values, k).tolist() == np.argsort(-values, axis=1, kind="stable")[:, :k].tolist()
