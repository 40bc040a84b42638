from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from seq2seq.errors import UserError
from seq2seq.model.weights import get_weights, set_weights


def test_round_trip_through_a_file(make_model, random_ids, tmp_path, all_dropouts):
    batch = random_ids([4, 2]), random_ids([3, 5])
    model, other = make_model(**all_dropouts), make_model(randomize=False, seed=2)
    assert np.abs(model(batch) - other(batch)).max() > 1e-2
    save_file(get_weights(model), tmp_path / "model.safetensors")
    set_weights(other, load_file(tmp_path / "model.safetensors"), "test")
    np.testing.assert_array_equal(other(batch), model(batch))


def test_names_tell_the_place(make_model):
    weights = get_weights(make_model())
    assert {"embeddings", "softmax_bias", "encoder/forward_0/kernel", "decoder/lstm_1/recurrent_kernel"} <= set(weights)
    assert not any("translation_model" in name for name in weights)
    assert len(weights) == len(make_model().trainable_variables)
    assert all(value.dtype == np.float32 for value in weights.values())


def test_they_are_copies(make_model):
    model = make_model()
    weights = get_weights(model)
    before = weights["embeddings"].copy()
    model.embeddings.assign(np.zeros(model.embeddings.shape))
    np.testing.assert_array_equal(weights["embeddings"], before)


def test_missing_extra_or_misshapen(make_model):
    model = make_model()
    weights = get_weights(model)
    without = {name: value for name, value in weights.items() if name != "softmax_bias"}
    for wrong, named in (
        (without, "softmax_bias"),
        (weights | {"encoder/extra": np.zeros(3, np.float32)}, "encoder/extra"),
        (weights | {"softmax_bias": np.zeros(31, np.float32)}, "softmax_bias"),
    ):
        with pytest.raises(UserError, match=named) as caught:
            set_weights(model, wrong, "runs/mine")
        assert "runs/mine" in str(caught.value)
    for name, value in get_weights(model).items():
        np.testing.assert_array_equal(value, weights[name])
