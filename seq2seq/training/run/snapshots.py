"""Snapshots: all that a run needs to go on as if it had never stopped."""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.files import new_folder, remove_folder
from seq2seq.model.weights import weight_name
from seq2seq.model_folder.folder import write_arrays
from seq2seq.model_folder.run_models import steps_in
from seq2seq.training.run.state import STATE, TrainingState
from seq2seq.training.training_model import TrainingModel

VARIABLES = "variables.safetensors"


def variables_of(model: TrainingModel) -> dict[str, keras.Variable | tf.Variable]:
    """Gives every variable that a run changes, by name: weights, seeds of dropouts, optimizer, moving averages.

    Raises:
        AssertionError: Two variables share a name, so that a snapshot would lose one.
    """
    named: list[tuple[str, keras.Variable | tf.Variable]] = []
    named += [(f"model/{weight_name(v)}", v) for v in model.variables]
    named += [(f"optimizer/{v.path}", v) for v in model.optimizer.variables]
    named += [
        (f"average/{weight_name(w)}", average)
        for w, average in zip(model.trainable_variables, model.averages, strict=bool(model.averages))
    ]
    by_name = dict(named)
    if len(by_name) != len(named):
        raise AssertionError(f"variables share a name among {sorted(name for name, _ in named)}")
    return by_name


def save_snapshot(folder: Path, model: TrainingModel, state: TrainingState) -> None:
    """Writes `folder`/<step> and removes the older snapshots.

    Raises:
        UserError: The disk is full or cannot be written.
    """
    with new_folder(folder / str(state.step)) as part:
        write_arrays(part / VARIABLES, {name: np.array(v.numpy()) for name, v in variables_of(model).items()})
        (part / STATE).write_text(json.dumps(state.to_dict(), indent=2) + "\n")
    for old in steps_in(folder)[:-1]:
        remove_folder(folder / str(old))


def restore_snapshot(folder: Path, model: TrainingModel, state: TrainingState) -> None:
    """Puts the snapshot of `state` into a model that was built for the same run.

    Raises:
        UserError: The snapshot has other variables than the model, or is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    file = folder / str(state.step) / VARIABLES
    try:
        saved: dict[str, NDArray] = load_file(file)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{file} is damaged: delete the folder {file.parent} or train into a new one") from error
    variables = variables_of(model)
    odd = sorted(saved.keys() ^ variables.keys())
    odd += [name for name in saved.keys() & variables.keys() if saved[name].shape != tuple(variables[name].shape)]
    if odd:
        raise UserError(
            f"{file} does not fit this program's model (see '{odd[0]}'): go on with the version of seq2seq that "
            "wrote it, or train into a new folder"
        )
    for name, variable in variables.items():
        variable.assign(saved[name])
