"""A model's weights as a dictionary: name → array."""

import keras
import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError

Weights = dict[str, NDArray[np.float32]]


def weight_name(weight: keras.Variable) -> str:
    """A name that does not depend on what the model itself is called: decoder/lstm_0/kernel."""
    return str(weight.path).removeprefix("translation_model/")


def get_weights(model: keras.Model) -> Weights:
    """Copies of the trainable weights."""
    return {weight_name(w): np.array(w.numpy()) for w in model.trainable_variables}


def set_weights(model: keras.Model, weights: Weights, origin: str) -> None:
    """Puts `weights` into the model.

    Args:
        model: a built model.
        weights: exactly the model's names, in its shapes.
        origin: where they come from, for an error.

    Raises:
        UserError: a name is missing, too many or of another shape.
    """
    variables = {weight_name(w): w for w in model.trainable_variables}
    if odd := sorted(variables.keys() ^ weights.keys()):
        raise UserError(f"{origin}: its weights are not those of the model it describes (see '{odd[0]}')")
    for name, variable in variables.items():
        if tuple(variable.shape) != weights[name].shape:
            raise UserError(
                f"{origin}: the weight '{name}' has shape {weights[name].shape}, "
                f"but the model it describes needs {tuple(variable.shape)}"
            )
        variable.assign(weights[name])
