import numpy as np
import pytest

from seq2seq.inspection import maps


def test_every_layer_has_a_map_of_each_gate_and_of_its_memory(inspection):
    for number, layer in enumerate(inspection.record.layers):
        found = maps.layer_maps(inspection, number)
        assert list(found) == ["input", "candidate", "forget", "memory", "output", "hidden"]
        for each in found.values():
            assert each.matrix.shape == (layer.units, layer.time)
        order = [int(label) for label in found["forget"].rows.labels]
        np.testing.assert_array_equal(found["forget"].matrix, layer.gates["forget"][:, order].T)
        np.testing.assert_array_equal(found["candidate"].matrix, layer.gates["candidate"][:, order].T)
        np.testing.assert_array_equal(found["hidden"].matrix, layer.hidden[:, order].T)
        lives = inspection.half_lives[layer.name][order]
        assert (np.diff(lives) <= 0).all(), "units that remember longest come first"


def test_keys_are_unique(inspection):
    keys = [each.key for _, each in maps.attention_maps(inspection)] + [maps.gradient_map(inspection).key]
    for number in range(len(inspection.record.layers)):
        keys += [each.key for each in maps.layer_maps(inspection, number).values()]
    assert len(set(keys)) == len(keys)


def test_attention_is_a_map_of_the_one_head(inspection):
    ((name, each),) = maps.attention_maps(inspection)
    assert (name, each.title) == ("0", "Attention")
    np.testing.assert_array_equal(each.matrix, inspection.record.attention[0])


def test_gradients_are_shares(inspection):
    np.testing.assert_allclose(maps.gradient_map(inspection).matrix.sum(1), 1)


def test_few_values_leave_a_part_of_the_units(inspection, monkeypatch):
    monkeypatch.setattr(maps, "MOST_VALUES", 2000)
    share = maps.share_of_units(inspection)
    assert 0 < share < 1
    found = maps.layer_maps(inspection, 0)["forget"]
    assert len(found.rows.labels) == max(8, int(share * inspection.record.layers[0].units))


@pytest.mark.parametrize(
    ("steps", "text"),
    [(1e6, "never forgets"), (3.25, "forgets half in 3.2 steps"), (250.0, "forgets half in 250 steps")],
)
def test_half_lives_in_words(steps, text):
    assert maps.life_text(steps) == text
