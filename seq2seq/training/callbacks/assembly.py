"""The callbacks of a session, in the order that keeps a run restartable."""

from collections.abc import Mapping

import keras

from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.display import Display
from seq2seq.training.callbacks.early_stopping import EarlyStopping
from seq2seq.training.callbacks.measuring import Measuring
from seq2seq.training.callbacks.model_keeper import ModelKeeper
from seq2seq.training.callbacks.progress import Progress
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.snapshot_saver import SnapshotSaver
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.callbacks.validation import Validation
from seq2seq.training.monitoring.gates import GateWatch
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.state import TrainingState
from seq2seq.training.setup import Setup
from seq2seq.training.validator import Validator
from seq2seq.translation.options import DecodingOptions


def make_callbacks(
    setup: Setup, state: TrainingState, reporter: Reporter, interrupts: Interrupts, plan: Mapping[str, str]
) -> list[keras.callbacks.Callback]:
    """Makes all callbacks of a session; its first line is in the log then.

    Args:
        setup: What the session trains with.
        state: State of the run, which the callbacks change.
        reporter: Shows progress.
        interrupts: Tells of signals.
        plan: What the training is going to do, for its page.
    """
    prepared = setup.prepared
    run, config, options, last_step = prepared.run, prepared.config, prepared.config.training, prepared.last_step
    decoding = DecodingOptions.of_model(config.decoding.model_dump()).with_(beam_size=options.validation_beam_size)
    validator = Validator(
        setup.model,
        prepared.tokenizers,
        prepared.dev,
        batch_tokens=options.batch_tokens,
        sentences=options.validation_sentences,
        decoding=decoding,
        parallel=setup.shards,
    )
    clock = Clock(state, options, last_step)
    log, board = RunLog(run, state, clock), TensorBoardLog(run, state, clock)
    log.session({**setup.facts, "last_step": last_step, "plan": dict(plan)})
    measuring = Measuring(clock, last_step - state.step, reporter)
    progress = Progress(state, clock, reporter)
    keeper = ModelKeeper(run, state, config, prepared.tokenizers)
    stopping = EarlyStopping(state, options, reporter, last_step)
    watch = GateWatch(validator.translated, prepared.tokenizers, setup.model.settings)
    display = Display(run, state, last_step, log, board, reporter, watch, validator.translated)
    # Of the listeners, the keeper comes first: a model is on the disk before the log names it. The page is made from
    # the log, so the display follows it.
    listeners = (keeper, log, board, progress, stopping, display)
    validation = Validation(state, options, validator, prepared.epochs_at, last_step, listeners)
    snapshots = SnapshotSaver(run, state, options, (log, board), interrupts, (keeper,))
    # Of the callbacks, the clock comes first: all others read the step that it counts. The log comes next: it ends a
    # run whose loss is no number, before anything else is made of it. A validation follows the line of its update. The
    # snapshot comes last: it holds what all others have changed, so that a run goes on as if it had never stopped.
    return [clock, log, board, measuring, progress, stopping, display, validation, snapshots]
