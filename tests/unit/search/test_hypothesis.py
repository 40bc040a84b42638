from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.search import length_normalizer
from seq2seq.search.hypothesis import score_bound


def test_the_normalizer_is_that_of_the_paper():
    assert length_normalizer(1, 0.7) == 1.0
    assert length_normalizer(7, 0.5) == pytest.approx(np.sqrt(2.0))
    assert length_normalizer(np.array([1, 7, 19]), 1.0) == pytest.approx([1.0, 2.0, 4.0])
    assert length_normalizer(np.array([1, 7, 19]), 0.0).tolist() == [1.0, 1.0, 1.0]


def test_the_bound_is_reached_by_certainty_up_to_the_limit():
    # 6 tokens and EOS: 7 in all.
    assert score_bound(np.array([-3.0]), np.array([6]), 1.0) == pytest.approx([-1.5])
    assert score_bound(np.array([-3.0]), np.array([6]), 0.0) == pytest.approx([-3.0])


@given(
    so_far=st.floats(-50, 0),
    rest=st.lists(st.floats(-5, 0), min_size=1, max_size=8),
    spare=st.integers(0, 5),
    before=st.integers(0, 5),
    alpha=st.floats(0, 3),
)
def test_no_continuation_beats_the_bound(so_far, rest, spare, before, alpha):
    length = before + len(rest)  # with EOS
    score = (so_far + sum(rest)) / length_normalizer(length, alpha)
    bound = score_bound(np.array([so_far]), np.array([length - 1 + spare]), alpha)[0]
    assert score <= bound + 1e-12
