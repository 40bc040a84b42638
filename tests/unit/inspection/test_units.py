import dataclasses

import numpy as np
import pytest

from seq2seq.inspection.records import LayerRecord
from seq2seq.inspection.units import FEATURES, FOREVER, features, half_lives, telling_units

PIECES = ["▁Der", "▁Zug", ",", "▁der", "▁um", "▁1", "7", "▁fährt", ",", "▁ist", "▁da", ".", "</s>"]


def layer_of(memory, cell="lstm", direction="forward", **gates):
    memory = np.asarray(memory, np.float32)
    zeros = np.zeros(memory.shape[1], np.float32)
    gates = {name: np.broadcast_to(np.float32(value), memory.shape) for name, value in gates.items()}
    return LayerRecord("encoder/forward_0", "encoder", 0, direction, cell, gates, memory, memory, zeros, zeros)


def test_a_unit_forgets_by_its_forget_gate():
    layer = layer_of(np.zeros((6, 4)), forget=[0.5, 0.5**0.25, 1.0, 0.0])
    lives = half_lives([layer])
    assert lives[:3].tolist() == pytest.approx([1, 4, FOREVER])
    assert lives[3] < 0.1
    by_update = dataclasses.replace(layer, cell="gru", gates={"update": layer.gates["forget"]})
    np.testing.assert_array_equal(half_lives([by_update]), lives)


def test_half_lives_are_of_all_sentences():
    fast, slow = (layer_of(np.zeros((5, 1)), forget=[gate]) for gate in (0.25, 1.0))
    assert half_lives([fast, slow])[0] == pytest.approx(1)  # the mean of ln ¼ and ln 1 is ln ½


def test_without_gates_the_step_before_stands_in():
    steps = np.arange(200)
    random = np.random.default_rng(1)
    slow, fast = np.sin(steps / 30), random.normal(size=200)
    for direction in ("forward", "backward"):
        lives = half_lives([layer_of(np.stack([slow, fast, np.ones(200)], 1), "rnn", direction)])
        assert lives[0] > 20 > 1 > lives[1]
    assert half_lives([layer_of(np.ones((1, 2)), "rnn")]).tolist() == [FOREVER, FOREVER]


def test_features_of_a_line():
    found = features(PIECES)
    assert found.keys() == FEATURES.keys()
    assert found["position"].tolist() == list(range(13))
    assert found["left"].tolist() == list(range(12, -1, -1))
    assert found["comma"].nonzero()[0].tolist() == [2, 8]
    assert found["clause"].nonzero()[0].tolist() == [2, 3, 4, 5, 6, 7]
    assert found["number"].nonzero()[0].tolist() == [5, 6]  # both pieces of 17
    assert found["capital"].nonzero()[0].tolist() == [0, 1]
    assert found["word"].nonzero()[0].tolist() == [0, 1, 3, 4, 5, 7, 9, 10]


def test_in_a_language_without_spaces_every_piece_is_a_word():
    found = features(["駅", "は", "3", "、"], spaces=False)
    assert found["word"].all()
    assert found["number"].tolist() == [0, 0, 1, 0]
    assert found["comma"].tolist() == [0, 0, 0, 1]
    assert features([])["position"].tolist() == []


def test_units_are_named_by_what_they_follow():
    random = np.random.default_rng(3)
    memory = random.normal(size=(13, 40))
    found = features(PIECES)
    memory[:, 7] = -found["position"] + 0.1 * random.normal(size=13)
    memory[:, 9] = found["clause"] + 0.05 * random.normal(size=13)
    memory[:, 11] = found["comma"]
    named = {(unit.unit, unit.feature): unit for unit in telling_units([layer_of(memory)], [PIECES])}
    assert named.keys() >= {(7, "position"), (9, "clause"), (11, "comma")}
    assert named[7, "position"].correlation == pytest.approx(-1, abs=0.01)
    assert named[11, "comma"].correlation == pytest.approx(1)
    assert all(abs(unit.correlation) > unit.chance > 0 and unit.positions == 13 for unit in named.values())


def test_chance_names_hardly_any_unit():
    named = []
    for seed in range(20):
        memory = np.random.default_rng(seed).normal(size=(13, 200))
        named += telling_units([layer_of(memory)], [PIECES], seed=seed)
    # Of twenty layers of noise, each asked after six features with 5 % of chance: six are expected.
    assert len({(unit.feature, unit.unit) for unit in named}) <= 16


def test_length_left_is_told_from_position_by_several_sentences():
    lines = [PIECES[:n] for n in (4, 9, 13, 6, 11)]
    layers = [layer_of(features(line)["left"][:, None] + [[0.0, 0.0]]) for line in lines]
    (first, *_) = telling_units(layers, lines)
    assert (first.feature, first.correlation) == ("left", pytest.approx(1))
    assert {unit.feature for unit in telling_units(layers[:1], lines[:1])} <= {"position"}


def test_no_more_units_than_asked_for():
    memory = features(PIECES)["position"][:, None] * np.ones((1, 9))
    assert len(telling_units([layer_of(memory)], [PIECES], most=2)) == 2
    assert telling_units([layer_of(np.ones((13, 3)))], [PIECES]) == []
