from __future__ import annotations

import numpy as np

from seq2seq.translation.alignment import align


def test_each_target_word_has_the_source_word_of_most_weight():
    source, target = np.array([0, 0, 1]), np.array([0, 1, 1])
    attention = np.array(
        [
            [0.3, 0.3, 0.4, 0.0],  # two pieces of word 0 together outweigh word 1
            [0.0, 0.1, 0.2, 0.7],  # the end of sentence is no word
            [0.3, 0.2, 0.1, 0.4],
            [1.0, 0.0, 0.0, 0.0],  # the target's own end
        ]
    )
    # Word 1: 0.1 + 0.5 for source word 0, 0.2 + 0.1 for the other.
    assert align(attention, source, target) == ((0, 0), (0, 1))
    assert align(attention[[0, 1, 1, 3]], source, target) == ((0, 0), (1, 1))
    assert align(np.full((4, 4), 0.25), np.array([0, 1, 2]), target) == ((0, 0), (0, 1))  # equal: the first


def test_nothing_to_align():
    assert align(np.ones((1, 3)), np.array([0, 1]), np.array([], int)) == ()
    assert align(np.ones((2, 1)), np.array([], int), np.array([0])) == ()
