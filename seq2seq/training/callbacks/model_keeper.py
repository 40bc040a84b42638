"""The model folders and translations that validations leave behind."""

from seq2seq.config.schema import Config
from seq2seq.files import write_file
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.callbacks.events import Validated
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState


class ModelKeeper:
    """Saves the model of every validation, links to the best one and removes old ones."""

    def __init__(self, run: RunFolder, state: TrainingState, config: Config, tokenizers: TokenizerPair) -> None:
        """Saves into `run`; the config's model and decoding sections go into each model folder."""
        self.run = run
        self.state = state
        self.config = config
        self.tokenizers = tokenizers

    def validated(self, event: Validated) -> None:
        """Saves the model and its translations."""
        self._save(event)
        if event.is_best:
            self.run.choose_model(event.step)
        self.run.prune_models(self.state.best_step, self.config.training.keep_models)
        lines = "".join(f"{line}\n" for line in event.result.translations)
        write_file(self.run.validation / f"{event.step}.txt", lines)

    def _save(self, event: Validated) -> None:
        folder = self.run.models / str(event.step)
        if folder.exists():
            return  # made by a session that was killed after it: it is whole, and has the very same weights
        pair = self.tokenizers
        settings = self.config.model.settings(
            vocabulary_size=len(pair.target.tokenizer), source_vocabulary_size=len(pair.source.tokenizer)
        )
        ModelFolder.write(
            folder,
            event.weights,
            pair,
            settings,
            decoding=self.config.decoding.model_dump(),
            scores={"step": event.step, "loss": event.result.loss}
            | {score.name: {"score": score.score, "signature": score.signature} for score in event.result.scores},
        )
