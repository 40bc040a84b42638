from collections import Counter

import numpy as np
import pytest

from seq2seq.evaluation.report.word_lists import MOST, missed_words, rare_words, wrong_words

REFERENCES = [["der", "bahnhof", "ist", "hier"], ["zum", "bahnhof"], ["der", "hund", "und", "der", "kater"]]
HYPOTHESES = [["die", "heizung", "ist", "hier"], ["zur", "heizung"], ["der", "hund", "und", "kater"]]


def test_words_that_are_missed_with_what_stands_in_their_place():
    found = missed_words(HYPOTHESES, REFERENCES)
    assert [(one.word, one.missed, one.count) for one in found] == [("bahnhof", 2, 2), ("der", 2, 3), ("zum", 1, 1)]
    assert found[0].instead == [("heizung", 2)]
    assert ("die", 1) in found[1].instead


def test_rare_words_that_are_missed():
    known = Counter(bahnhof=5, der=900, zum=6)
    assert [one.in_training for one in missed_words(HYPOTHESES, REFERENCES, known)] == [5, 900, 6]
    assert [one.word for one in missed_words(HYPOTHESES, REFERENCES, known, rare=True)] == ["bahnhof"]


def test_a_word_elsewhere_in_the_line_is_not_missed():
    assert missed_words([["heute", "kommt", "er"]], [["er", "kommt", "heute"]]) == []


def test_words_that_no_reference_has():
    found = wrong_words(HYPOTHESES, [REFERENCES, [["die", "heizung", "ist", "hier"], [], []]])
    assert [(one.word, one.wrong, one.count) for one in found] == [("zur", 1, 1), ("heizung", 1, 2)]


def test_the_lists_are_short():
    many = [[f"w{n}"] for n in range(200)]
    assert len(missed_words([["x"]] * 200, many)) == MOST and len(wrong_words(many, [[["x"]] * 200])) == MOST


def test_rare_and_unseen_words_of_the_source():
    sources = [["the", "quagga"], ["the", "zebra"], ["the", "zebra"], ["the", "dog"]]
    found = rare_words(sources, np.array([10.0, 30.0, 40.0, 90.0]), Counter(the=9, zebra=5, dog=6), "train.en")
    assert [(one.word, one.in_training, one.count, one.chrf) for one in found.rare] == [("zebra", 5, 2, 35.0)]
    assert [(one.word, one.count) for one in found.unseen] == [("quagga", 1)]
    assert (found.kinds, found.lines, found.share) == (1, 1, pytest.approx(1 / 8))
    assert found.chrf_with.value == 10 and found.chrf_without.value == pytest.approx(160 / 3)


def test_words_that_cost_most_come_first():
    sources = [["a"], ["b"], ["b"], ["c"]]
    found = rare_words(sources, np.array([0.0, 20.0, 20.0, 100.0]), Counter(), "train.en")
    assert [one.word for one in found.unseen] == ["a", "b", "c"]
    assert np.isnan(found.chrf_without.value)
