from __future__ import annotations

import json

import keras
import pytest


@pytest.fixture(scope="session")
def round_trip():
    """Makes a layer anew from its serialized config, as a file would hold it."""

    def make(layer):
        text = json.dumps(keras.saving.serialize_keras_object(layer))
        clone = keras.saving.deserialize_keras_object(json.loads(text))
        assert type(clone) is type(layer)
        assert clone is not layer
        assert clone.get_config() == layer.get_config()
        return clone

    return make
