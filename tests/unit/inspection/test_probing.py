import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.inspection.probing import check_labels, probe
from seq2seq.inspection.records import LayerRecord

RANDOM = np.random.default_rng(5)
SENTENCES, UNITS = 40, 60
LABELS = ["plural" if n % 3 == 0 else "singular" for n in range(SENTENCES)]


def layers(values):
    """One layer's recordings of sentences of several lengths; `values` are added to unit 7."""
    found = []
    for n, value in enumerate(values):
        memory = RANDOM.normal(size=(5 + n % 4, UNITS)).astype(np.float32)
        memory[:, 7] = 0.3 * memory[:, 7] + value
        zeros = np.zeros(UNITS, np.float32)
        found.append(
            LayerRecord("encoder/forward_0", "encoder", 0, "forward", "lstm", {}, memory, memory, zeros, zeros)
        )
    return found


def test_the_unit_that_holds_the_label_is_found():
    found = probe("number", [layers([float(label == "plural") for label in LABELS])], LABELS)
    best = found.units[0]
    assert (best.unit, best.label, found.numeric) == (7, "plural", False)
    assert best.follows and best.correlation > 0.9 and 0 < best.chance < 0.75 and best.right == 1
    assert found.baseline == pytest.approx(26 / 40)
    assert [unit.follows for unit in found.units[1:]] == [False, False]
    held = [layer.memory[:, 7].mean() for layer in layers([0.0] * SENTENCES)]
    assert best.values.shape == np.shape(held) == (SENTENCES,)


def test_noise_names_no_unit():
    follows = [probe("noise", [layers([0.0] * SENTENCES)], LABELS).units[0].follows for _ in range(20)]
    assert sum(follows) <= 4  # one in twenty is expected


def test_numbers_are_correlated_as_they_are():
    values = [float(n % 7) for n in range(SENTENCES)]
    found = probe("words", [layers(values)], [f"{value:g}" for value in values])
    assert found.numeric and found.units[0].unit == 7 and found.units[0].label is None and found.units[0].right is None
    assert found.units[0].correlation > 0.99


def test_of_more_labels_each_is_asked_for():
    labels = ["abc"[n % 3] for n in range(SENTENCES)]
    found = probe("kind", [layers([float(label == "b") for label in labels])], labels)
    assert {unit.label for unit in found.units} == {"a", "b", "c"} and found.units[0].label == "b"
    assert len(found.units) == 9


def test_sentences_without_a_label_are_left_out():
    labels = ["", *LABELS[1:]]
    found = probe("number", [layers([5.0, *(float(label == "plural") for label in LABELS[1:])])], labels)
    assert len(found.labels) == SENTENCES - 1 and found.units[0].unit == 7 and found.units[0].correlation > 0.9


def test_a_sentence_does_not_tell_its_own_label():
    """One sentence alone has its label: without it the label has no mean, and it cannot be told."""
    labels = ["rare", *["common"] * 9]
    assert probe("odd", [layers([9.0, *[0.0] * 9])], labels).units[0].right == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a"] * 9, "has 9 labels for 10 sentences"),
        (["a", "b"] * 3 + [""] * 4, "labels 6 sentences: label at least 8"),
        (["a"] * 10, "gives all sentences the label 'a'"),
    ],
)
def test_mistakes_are_one_sentence(labels, words):
    with pytest.raises(UserError, match=words):
        check_labels("number", labels, 10)


def test_too_many_labels_unless_they_are_numbers():
    with pytest.raises(UserError, match="has 30 different labels: give at most 20, or numbers only"):
        check_labels("word", [f"w{n}" for n in range(30)], 30)
    check_labels("count", [str(n) for n in range(30)], 30)
