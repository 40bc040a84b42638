"""What a run shows beside its log at each validation: training.html, and the gates on a few sentences.

None of it matters to the training: whatever goes wrong here is reported once, and the training goes on.
"""

from collections.abc import Callable

import keras

from seq2seq.files import write_file
from seq2seq.text.parallel import ParallelText
from seq2seq.training.callbacks.events import Logs, Validated
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.monitoring.gates import GateWatch, saturation
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.training_history import TrainingHistory
from seq2seq.training.monitoring.training_page import REFERENCE, SOURCE, write_training_page
from seq2seq.training.run.run_folder import RunFolder


class Display(keras.callbacks.Callback):
    """Records gates and renews training.html after each validation.

    As a listener it comes after the run's log, whose lines the page is made from.
    """

    def __init__(
        self,
        run: RunFolder,
        log: RunLog,
        board: TensorBoardLog | None,
        reporter: Reporter,
        watch: GateWatch | None,
        dev: ParallelText,
    ) -> None:
        """Draws the run's present state.

        Args:
            run: Folder of the run.
            log: Gets a line about the gates.
            board: Gets the gates' values, if there is one.
            reporter: Is told of the first failure.
            watch: Records the gates; None for not at all.
            dev: The pairs whose translations validations write.
        """
        super().__init__()
        self.run = run
        self.log = log
        self.board = board
        self.reporter = reporter
        self.watch = watch
        self.dev = dev
        self.history = TrainingHistory(run.log)
        self.failed = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keeps what is translated beside the translations, and draws what earlier sessions did."""
        self._try("the dev sentences", self._keep_text)
        self._try("training.html", self._draw)

    def validated(self, event: Validated) -> None:
        """Shows a validation, which takes time that does not count as training."""
        self._try("the gates", lambda: self._record_gates(event))
        self._try("training.html", self._draw)
        self.reporter.pause()

    def _try(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # a picture is not worth a run, whatever is wrong with it
            if not self.failed:
                self.reporter.say(_failure(what, error))
            self.failed = True

    def _keep_text(self) -> None:
        for name, lines in ((SOURCE, self.dev.sources), (REFERENCE, self.dev.targets)):
            if not (self.run.validation / name).exists():
                write_file(self.run.validation / name, "".join(f"{line}\n" for line in lines))

    def _record_gates(self, event: Validated) -> None:
        if self.watch is None:
            return
        gates = self.watch.record(event.weights)
        if self.board is not None:
            self.board.gates(gates)
        shares = {name: [round(share, 4) for share in saturation(values)] for name, values in gates.items()}
        if shares:
            self.log.write({"gates": event.step, "saturated": shares})

    def _draw(self) -> None:
        self.log.flush()
        write_training_page(self.run.path, self.history)


def renew_page(run: RunFolder, reporter: Reporter) -> None:
    """Draws training.html of a run that no process trains now, and reports a failure."""
    try:
        write_training_page(run.path)
    except Exception as error:
        reporter.say(_failure("training.html", error))


def _failure(what: str, error: Exception) -> str:
    reason = " ".join(str(error).split()) or type(error).__name__
    return f"could not show {what} ({reason}); training continues"
