"""The mean of several models of one run, which often is a little better than the best of them.

Source: Junczys-Dowmunt et al., 2016, "The AMU-UEDIN Submission to the WMT16 News Translation Task". TensorFlow is not
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import METADATA, ModelFolder
from seq2seq.model_folder.run_models import BEST_MODEL, MODELS, steps_in


def last_models(run: Path, number: int) -> list[Path]:
    """Returns the newest models of a run, oldest first.

    Args:
        run: The run folder.
        number: Number of models.

    Raises:
        UserError: The folder holds no run, or the run has fewer models.
    """
    return _models(run, number)[-number:]


def models_around_best(run: Path, number: int) -> list[Path]:
    """Returns the best model of a run and those nearest to it by step, oldest first.

    Args:
        run: The run folder.
        number: Number of models in all.

    Raises:
        UserError: The folder holds no run, or the run has no best model or fewer models.
    """
    models = _models(run, number)
    best = (run / BEST_MODEL).resolve()
    if not best.name.isdigit() or not best.is_dir():
        raise UserError(f"{run} has no best model yet: let the run come to a validation")
    nearest = sorted(models, key=lambda model: (abs(int(model.name) - int(best.name)), int(model.name)))
    return sorted(nearest[:number], key=lambda model: int(model.name))


def _models(run: Path, number: int) -> list[Path]:
    """Returns all models of a run, oldest first, which must be at least `number`."""
    folder = run / MODELS
    if not folder.is_dir():
        raise UserError(f"{run} holds no models: give a run folder, which 'seq2seq train' makes")
    models = [folder / str(step) for step in steps_in(folder)]
    if len(models) < number:
        raise UserError(
            f"{run} holds {len(models)} models, fewer than {number}: ask for fewer, or train with a higher "
            "training.keep_models"
        )
    return models


def average_models(models: Sequence[Path], output: Path) -> None:
    """Writes the mean of models as a new model folder, which has all but weights and scores from the last model.

    Args:
        models: Model folders of one shape and one tokenizer.
        output: The new folder; a model that stands there is replaced.

    Raises:
        UserError: A model cannot be read or does not fit the others, or the new folder cannot be written.
    """
    if output.exists() and not (output / METADATA).is_file() and (not output.is_dir() or any(output.iterdir())):
        raise UserError(f"{output} is there already and is no model folder: choose another --output")
    if any(output.resolve() == model.resolve() for model in models):
        raise UserError(f"{output} is one of the models to average: choose another --output")
    folders = [ModelFolder.open(model) for model in models]
    last = folders[-1]
    sums: dict[str, np.ndarray] = {}
    for folder in folders:
        weights = folder.weights()
        same = all(folder.metadata["files"].get(name) == last.metadata["files"][name] for name in last.tokenizer_files)
        shapes = {name: array.shape for name, array in weights.items()}
        if (
            folder.metadata["model"] != last.metadata["model"]
            or not same
            or (sums and shapes != {name: array.shape for name, array in sums.items()})
        ):
            raise UserError(f"{folder.path} and {last.path} differ in more than weights: average models of one run")
        for name, array in weights.items():
            sums[name] = sums.get(name, 0.0) + array.astype(np.float64)
    mean = {name: (total / len(folders)).astype(np.float32) for name, total in sums.items()}
    last.write_with_weights(output, mean, [model.resolve().name for model in models])
