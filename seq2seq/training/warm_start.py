"""Warm start: a run that begins with an existing model, for other text (fine-tuning) or other options."""

from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.model.weights import set_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.training.training_model import TrainingModel


def take_weights(path: Path, model: TrainingModel) -> None:
    """Assigns a model folder's weights to the model of a run that begins, and to their moving averages.

    Args:
        path: The model folder.
        model: The model of the run.

    Raises:
        UserError: There is no model folder, or its model has another shape.
    """
    folder = ModelFolder.open(path)
    theirs = folder.settings.to_mapping()
    for key, wanted in model.settings.to_mapping().items():
        found = theirs[key]
        if wanted != found and not key.endswith("_dropout"):
            raise UserError(
                f"model.{key} is {_yaml(wanted)}, but the model in training.initialize_from ({path}) has "
                f"{_yaml(found)}: weights fit only a model of their own shape"
            )
    set_weights(model, folder.weights(), str(path))
    model.restart_averages()


def _yaml(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
