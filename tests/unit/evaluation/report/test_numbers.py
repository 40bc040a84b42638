from collections import Counter

import numpy as np
import pytest

from seq2seq.evaluation.report.comparison import difference
from seq2seq.evaluation.report.groups import by_length, positions, rarity, split
from seq2seq.evaluation.report.intervals import mean_interval, ratio_intervals


class TestIntervals:
    def test_of_a_mean(self):
        values = np.random.default_rng(0).normal(5, 2, 400)
        found = mean_interval(values)
        assert found.value == pytest.approx(values.mean())
        half = 1.96 * values.std() / 20  # what the central limit theorem says
        assert found.low == pytest.approx(values.mean() - half, abs=0.05)
        assert found.high == pytest.approx(values.mean() + half, abs=0.05)

    def test_of_ratios_of_sums(self):
        first, second = ratio_intervals([[1, 0], [3, 0]], [[2, 0], [2, 0]])
        assert (first.value, first.low, first.high) == (1.0, 0.5, 1.5)
        assert np.isnan([second.value, second.low, second.high]).all()

    def test_they_are_always_the_same(self):
        values = np.arange(50.0)
        assert mean_interval(values) == mean_interval(values)
        assert mean_interval([3.0]) == mean_interval([3.0, 3.0])


class TestGroups:
    def test_about_equal_sizes_and_equal_values_together(self):
        lengths = [3] * 50 + list(range(4, 54))
        found = split(lengths)
        assert sorted(np.concatenate(found)) == list(range(100))
        assert found[0].tolist() == list(range(50)) and len(found) == 4
        assert [len(rows) for rows in split(range(100))] == [20] * 5
        assert [rows.tolist() for rows in split([7, 7])] == [[0, 1]]

    def test_by_length(self):
        found = by_length([5, 1, 9, 5, 2], np.array([50.0, 10.0, 90.0, 70.0, 20.0]))
        assert [(group.name, group.sentences, group.chrf.value) for group in found] == [
            ("1", 1, 10),
            ("2", 1, 20),
            ("5", 2, 60),
            ("9", 1, 90),
        ]

    def test_rarity_in_bits(self):
        counts = Counter({"the": 61, "dog": 0})
        assert rarity(["the"], counts, 61) == pytest.approx(np.log2(64 / 62))
        assert rarity(["the", "quagga"], counts, 61) == pytest.approx((np.log2(64 / 62) + 6) / 2)
        assert rarity([], counts, 61) == 0


class TestPositions:
    def test_each_part_by_itself(self):
        found = positions([list("abcde"), list("abcde")], [[list("abcde"), list("axxxe")]])
        assert [one.value for one in found.precision] == [1, 0.5, 0.5, 0.5, 1]
        assert [one.value for one in found.recall] == [1, 0.5, 0.5, 0.5, 1]

    def test_words_said_too_often_are_right_only_as_often_as_wanted(self):
        found = positions([list("aaaaa")], [[list("baa")]])
        assert [one.value for one in found.precision] == [1, 1, 0, 0, 0]
        assert found.recall[0].value == 0

    def test_any_reference_will_do(self):
        found = positions([["a", "b"]], [[["a", "x"]], [["b", "x"]]])
        assert [one.value for one in found.precision if one.value == one.value] == [1, 1]

    def test_blank_lines(self):
        found = positions([[]], [[[]]])
        assert all(np.isnan(one.value) for one in found.precision + found.recall)


def test_difference():
    found = difference([50, 50, 50, 10], [60, 50.01, 20, 90], "one", "two")
    assert (found.better, found.worse, found.equal) == (2, 1, 1)
    assert (found.better_lines, found.worse_lines) == ([3, 0], [2])
