"""The model folders of a run: those of validations, and before the first of them, those of snapshots."""

from typing import Any

from seq2seq.config.schema import Config
from seq2seq.files import write_file
from seq2seq.model.weights import Weights, get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.callbacks.events import Validated
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState
from seq2seq.training.training_model import TrainingModel


class ModelKeeper:
    """Saves the model of every validation, links to the best one and removes old ones.

    Until a validation has been made, it saves those of snapshots, so that a run that is stopped early translates.
    """

    def __init__(self, run: RunFolder, state: TrainingState, config: Config, tokenizers: TokenizerPair) -> None:
        """Saves into `run`; the config's model and decoding sections go into each model folder."""
        self.run = run
        self.state = state
        self.config = config
        self.tokenizers = tokenizers

    def validated(self, event: Validated) -> None:
        """Saves the model and its translations."""
        scores = {score.name: {"score": score.score, "signature": score.signature} for score in event.result.scores}
        self._save(event.step, event.weights, {"step": event.step, "loss": event.result.loss} | scores)
        if event.is_best:
            self.run.choose_model(event.step)
        # At the first validation all other models are those of snapshots, which have no scores.
        keep = 1 if event.is_first else self.config.training.keep_models
        self.run.prune_models(self.state.best_step, keep)
        lines = "".join(f"{line}\n" for line in event.result.translations)
        write_file(self.run.validation / f"{event.step}.txt", lines)

    def snapshot_saved(self, model: TrainingModel) -> None:
        """Saves the averaged weights of a snapshot as the run's model, unless a validation has found a better one.

        After a kill the link may lead to a model that is newer than the snapshot; that one stays.
        """
        step = self.state.step
        if self.state.last_validation or self.run.model_step() > step:
            return
        with model.averaged():
            weights = get_weights(model)
        self._save(step, weights, {"step": step})
        self.run.choose_model(step)
        self.run.prune_models(step, 1)

    def _save(self, step: int, weights: Weights, scores: dict[str, Any]) -> None:
        folder = self.run.models / str(step)
        if folder.exists():
            return  # made by a session that was killed after it: it is whole, and has the very same weights
        pair = self.tokenizers
        settings = self.config.model.settings(
            vocabulary_size=len(pair.target.tokenizer), source_vocabulary_size=len(pair.source.tokenizer)
        )
        ModelFolder.write(folder, weights, pair, settings, decoding=self.config.decoding.model_dump(), scores=scores)
