from __future__ import annotations

import numpy as np
import pytest

from seq2seq.search.back_pointers import BackPointers


def steps(back_pointers, sentences, tokens, origins, value):
    tokens = np.array(tokens, np.int32)
    # Attention tells the step and the slot.
    weights = np.broadcast_to((value + np.arange(tokens.shape[1]) / 8)[None, :, None], (*tokens.shape, 3))
    back_pointers.add_step(
        np.array(sentences),
        tokens,
        np.array(origins, np.int32),
        np.full(tokens.shape, -float(value)),
        weights,
    )


def test_the_way_back():
    back_pointers = BackPointers()
    steps(back_pointers, [0, 1], [[2], [2]], [[0], [0]], 0)
    back_pointers.add_ended(np.array([0]), np.array([0]), np.array([-9.0]), np.array([-9.0]))
    steps(back_pointers, [0, 1], [[4, 5], [6, 7]], [[0, 0], [0, 0]], 1)
    steps(back_pointers, [1], [[8, 9]], [[1, 0]], 2)
    back_pointers.add_ended(np.array([1, 1]), np.array([0, 1]), np.array([-3.0, -4.0]), np.array([-7.0, -8.0]))

    first, second = back_pointers.best(np.array([2, 3]), 0.0, 2)
    assert [h.tokens.tolist() for h in first] == [[]]
    assert [h.tokens.tolist() for h in second] == [[7, 8], [6, 9]]
    assert [h.token_log_probabilities.tolist() for h in second] == [[-1, -2, -3], [-1, -2, -4]]
    assert [h.log_probability for h in second] == [-7.0, -8.0]
    assert [h.attention[:, 0].tolist() for h in second] == [[0, 1.125, 2.0], [0, 1.0, 2.125]]
    assert first[0].attention.shape == (1, 2)


def test_equal_scores_keep_the_order_in_which_they_ended():
    back_pointers = BackPointers()
    steps(back_pointers, [0], [[2]], [[0]], 0)
    back_pointers.add_ended(np.array([0]), np.array([0]), np.array([-1.0]), np.array([-1.0]))
    steps(back_pointers, [0], [[4, 5]], [[0, 0]], 1)
    back_pointers.add_ended(np.array([0, 0]), np.array([0, 1]), np.array([0.0, 0.0]), np.array([-1.0, -1.0]))
    (found,) = back_pointers.best(np.array([1]), 0.0, 3)
    assert [h.tokens.tolist() for h in found] == [[], [4], [5]]
    assert len(back_pointers.best(np.array([1]), 0.0, 2)[0]) == 2


def test_a_sentence_without_output_is_an_error():
    back_pointers = BackPointers()
    steps(back_pointers, [0, 1], [[2], [2]], [[0], [0]], 0)
    back_pointers.add_ended(np.array([1]), np.array([0]), np.array([-1.0]), np.array([-1.0]))
    with pytest.raises(FloatingPointError, match="probability zero"):
        back_pointers.best(np.array([1, 1]), 0.0, 1)
