"""The config round trip of layers that are made from `ModelSettings` (see `keras.saving`)."""

from dataclasses import asdict
from typing import Any, Self

import keras

from seq2seq.model_settings import ModelSettings


class FromSettings(keras.layers.Layer):
    """A layer whose shape is given by `ModelSettings`, and whose random numbers by a seed."""

    def __init__(self, settings: ModelSettings, seed: int | None = None, **options: Any) -> None:
        """Keeps what the layer is made from.

        Args:
            settings: Shape of the model that the layer belongs to.
            seed: Seed of weights and dropouts; None draws one.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.settings = settings
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` makes an equal layer from; JSON can hold it."""
        return {"settings": asdict(self.settings), "seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: object = None) -> Self:
        """Makes the layer that a `get_config` describes."""
        return cls(**{**config, "settings": ModelSettings(**config["settings"])})
