"""What a run shows beside its log: training.html from the beginning on, and at validations the gates on some sentences.

None of it matters to the training: whatever goes wrong here is reported once, and the training goes on.
"""

import time
from collections.abc import Callable
from typing import Literal

import keras

from seq2seq.files import write_file
from seq2seq.text.parallel import ParallelText
from seq2seq.training.callbacks.events import Logs, Validated
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.monitoring.gates import GateWatch, saturation
from seq2seq.training.monitoring.page_renewal import report_failure
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.run_status import RunStatus
from seq2seq.training.monitoring.training_history import TrainingHistory
from seq2seq.training.monitoring.training_page import REFERENCE, SOURCE, write_training_page
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState

FIRST, OFTEN, SHARE = 5.0, 30.0, 0.01
"""Seconds until the page is drawn for the first time and from then on, and the share of the time that may take."""


class Display(keras.callbacks.Callback):
    """Records gates at each validation and draws training.html: there, by the clock, at the beginning and at the end.

    As a listener it comes after the run's log, whose lines the page is made from.
    """

    def __init__(
        self,
        run: RunFolder,
        state: TrainingState,
        last_step: int,
        log: RunLog,
        board: TensorBoardLog | None,
        reporter: Reporter,
        watch: GateWatch | None,
        dev: ParallelText,
    ) -> None:
        """Draws the run's present state.

        Args:
            run: Folder of the run.
            state: State of the run.
            last_step: Number of updates of the whole run.
            log: Gets a line about the gates.
            board: Gets the gates' values, if there is one.
            reporter: Is told of the first failure.
            watch: Records the gates; None for not at all.
            dev: The pairs whose translations validations write.
        """
        super().__init__()
        self.run = run
        self.state = state
        self.last_step = last_step
        self.log = log
        self.board = board
        self.reporter = reporter
        self.watch = watch
        self.dev = dev
        self.history = TrainingHistory(run.log)
        self.failed = False
        self.first_step, self.began, self.next_drawing = state.step, 0.0, 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keeps what is translated beside the translations, and draws what earlier sessions did."""
        self.began = time.monotonic()
        self._try("the dev sentences", self._keep_text)
        self._draw()
        self.next_drawing = time.monotonic() + FIRST

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Draws the page if it is time."""
        if time.monotonic() >= self.next_drawing:
            self._draw()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Draws the page as it stays."""
        self._draw("finished" if self.state.finished else "stopped")

    def validated(self, event: Validated) -> None:
        """Shows a validation, which takes time that does not count as training."""
        self._try("the gates", lambda: self._record_gates(event))
        self._draw()
        self.reporter.pause()

    def _try(self, what: str, draw: Callable[[], object]) -> None:
        """Draws something; only the first failure is reported."""
        try:
            draw()
        except Exception as error:  # a picture is not worth a run, whatever is wrong with it
            if not self.failed:
                report_failure(what, error, self.reporter)
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

    def _draw(self, state: Literal["running", "stopped", "finished"] = "running") -> None:
        began = time.monotonic()
        made = self.state.step - self.first_step
        left = (began - self.began) / made * (self.last_step - self.state.step) if made and state == "running" else None
        status = RunStatus(state, self.state.step, self.last_step, left)
        self._try("training.html", lambda: self._write(status))
        now = time.monotonic()
        self.next_drawing = now + max(OFTEN, (now - began) / SHARE)

    def _write(self, status: RunStatus) -> None:
        if status.at_work:  # else the log is closed already
            self.log.flush()
        write_training_page(self.run.path, self.history, status)
