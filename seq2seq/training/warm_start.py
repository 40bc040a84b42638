"""Beginning with a model that is there: for going on with other text (fine-tuning) or other options."""

from pathlib import Path

from seq2seq.config.schema import Config
from seq2seq.errors import UserError
from seq2seq.files import write_file
from seq2seq.model.weights import set_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.tokenizer import tokenizer_names
from seq2seq.training.training_model import TrainingModel


def take_tokenizers(path: Path, config: Config, run: Path) -> None:
    """Copies a model folder's tokenizers into a run's folder.

    Raises:
        UserError: it is no model folder, or the config wants one vocabulary and the model has two, or the other way.
    """
    folder = ModelFolder.open(path)
    source, target = folder.tokenizer("source"), folder.tokenizer("target")
    joint = source.model == target.model
    if joint != config.tokenizer.joint:
        raise UserError(
            f"the model in training.initialize_from ({path}) has {'one vocabulary' if joint else 'two vocabularies'}: "
            f"set tokenizer.joint to {str(joint).lower()}"
        )
    names = tokenizer_names(joint)
    write_file(run / names["source"], source.model)
    write_file(run / names["target"], target.model)


def take_weights(path: Path, model: TrainingModel) -> None:
    """Puts a model folder's weights into the model of a run that begins, and into their moving averages.

    Raises:
        UserError: it is no model folder, or its model has another shape.
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
