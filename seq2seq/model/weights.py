"""The weights of a model as a dictionary of arrays by name."""

import keras
import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError

Weights = dict[str, NDArray[np.float32]]


def weight_name(weight: keras.Variable) -> str:
    """Returns a name that does not depend on the model's own name, such as decoder/lstm_0/kernel."""
    return str(weight.path).removeprefix("translation_model/")


def get_weights(model: keras.Model) -> Weights:
    """Copies the trainable weights."""
    return {weight_name(w): np.array(w.numpy()) for w in model.trainable_variables}


def set_weights(model: keras.Model, weights: Weights, origin: str) -> None:
    """Assigns weights to a model.

    Args:
        model: A built model.
        weights: Arrays with exactly the names and shapes of the model's weights.
        origin: Where the weights come from, for the message of an error.

    Raises:
        UserError: A name is missing or unknown, or an array has another shape.
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
