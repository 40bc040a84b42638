"""What a run shows of itself beside its log: training.html, and the gates of a few sentences, at each validation.

None of it matters to the training: whatever goes wrong here is reported once, and the training goes on.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from seq2seq.files import write_file
from seq2seq.model.weights import get_weights
from seq2seq.text.parallel import ParallelText
from seq2seq.training.callbacks.callbacks import Logs, RunLog
from seq2seq.training.monitoring.gates import GateWatch, saturation
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.training_history import History
from seq2seq.training.monitoring.training_page import REFERENCE, SOURCE, write_training_page
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState
from seq2seq.training.validator import averaged


class Display(keras.callbacks.Callback):
    """Records gates and renews training.html after each validation. It comes after `Validation`."""

    def __init__(
        self, run: RunFolder, state: TrainingState, log: RunLog, watch: GateWatch | None, dev: ParallelText
    ) -> None:
        """Draws the run as it stands; `dev` are the pairs whose translations validations write."""
        super().__init__()
        self.run = run
        self.state = state
        self.log = log
        self.watch = watch
        self.dev = dev
        self.history = History(run.log)
        self.shown = state.last_validation
        self.failed = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keeps what is translated beside the translations, and draws what earlier sittings did."""
        self._try("the dev sentences", self._keep_text)
        self._try("training.html", self._draw)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Shows a validation that has just been made."""
        if self.state.last_validation != self.shown:
            self.shown = self.state.last_validation
            self._try("the gates", self._look)
            self._try("training.html", self._draw)
            self.log.reporter.pause()

    def _try(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # a picture is not worth a run, whatever is wrong with it
            if not self.failed:
                self.log.reporter.say(_failure(what, error))
            self.failed = True

    def _keep_text(self) -> None:
        for name, lines in ((SOURCE, self.dev.sources), (REFERENCE, self.dev.targets)):
            if not (self.run.validation / name).exists():
                write_file(self.run.validation / name, "".join(f"{line}\n" for line in lines))

    def _look(self) -> None:
        if self.watch is None:
            return
        with averaged(self.model):
            weights = get_weights(self.model)
        gates = self.watch.look(weights)
        shares: dict[str, Any] = {}
        with self.log.board.as_default(step=self.state.step):
            for name, values in gates.items():
                low, high = saturation(values)
                shares[name] = [round(low, 4), round(high, 4)]
                tf.summary.histogram(f"gates/{name}", values)
                tf.summary.scalar(f"saturation/{name}/below_0.1", low)
                tf.summary.scalar(f"saturation/{name}/above_0.9", high)
        if shares:
            self.log.write({"gates": self.state.step, "saturated": shares})

    def _draw(self) -> None:
        self.log.flush()
        write_training_page(self.run.path, self.history)


def renew_page(run: RunFolder, reporter: Reporter) -> None:
    """Draws training.html of a run that nobody trains now; a failure is reported."""
    try:
        write_training_page(run.path)
    except Exception as error:
        reporter.say(_failure("training.html", error))


def _failure(what: str, error: Exception) -> str:
    reason = " ".join(str(error).split()) or type(error).__name__
    return f"{what} could not be shown ({reason}); the training is not touched by that"
