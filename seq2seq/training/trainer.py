"""A training run from config to model: reads the text, builds the model, calls Keras's `fit`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seq2seq.config.options import Config, TokenizerConfig
from seq2seq.errors import UserError
from seq2seq.exporting.exporting import export_model
from seq2seq.files import write_file
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer, tokenizer_names
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.display import Display, renew_page
from seq2seq.training.callbacks.early_stopping import EarlyStopping
from seq2seq.training.callbacks.events import ValidationListener
from seq2seq.training.callbacks.model_keeper import ModelKeeper
from seq2seq.training.callbacks.progress import Progress
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.snapshot_saver import SnapshotSaver
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.callbacks.validation import Validation
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.data.filters import filter_pairs, report_overlap
from seq2seq.training.data.selection import TokenizerLines, read_text
from seq2seq.training.data.update_data import update_data
from seq2seq.training.monitoring.gates import GateWatch
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.objectives.registry import make_objective
from seq2seq.training.optimizer import Adam
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.process.runtime import prepare_process, resolve
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import read_state, restore_snapshot
from seq2seq.training.run.state import TrainingState
from seq2seq.training.training_model import TrainingModel
from seq2seq.training.validator import Validator
from seq2seq.training.warm_start import take_tokenizers, take_weights


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    model: Path
    """The best model so far."""
    state: TrainingState
    signal: int | None = None
    """The signal that ended it before its time."""
    already_finished: bool = False
    """There was nothing left to do."""


def train(config: Config, output: Path | str, *, quiet: bool = False) -> Outcome:
    """Trains a model, or goes on with the run that stands in `output`.

    Args:
        config: what to learn from and how.
        output: the run folder (see `seq2seq.training.run.run_folder`).
        quiet: without reports on standard error.

    Raises:
        UserError: the text cannot be read, the folder holds another run, the disk is full, …

    Example:
        >>> from seq2seq import load_config, train
        >>> outcome = train(load_config("configs/quickstart.yaml"), "runs/quickstart")  # doctest: +SKIP
    """
    run = RunFolder(Path(output))
    reporter = Reporter(config.training.report_steps, quiet)
    with run.claim(config):
        state = read_state(run.snapshots) or TrainingState()
        if state.finished:
            renew_page(run, reporter)
            outcome = Outcome(run.model, state, already_finished=True)
        else:
            outcome = _train(config, run, state, reporter)
        if state.finished and config.training.export is not None:
            _export_best(run, config.training.export, reporter)
        return outcome


def _export_best(run: RunFolder, how: Literal["float32", "int8"], reporter: Reporter) -> None:
    model = ModelFolder.open(run.model)
    if not model.exported:
        reporter.say(f"exporting the best model in {how}")
        export_model(model, quantize="int8" if how == "int8" else "none")


def _train(config: Config, run: RunFolder, state: TrainingState, reporter: Reporter) -> Outcome:
    options = config.training
    text, dev = read_text(config.data, options.seed, run.path)
    prints = {"text": text.fingerprint(), "dev": dev.fingerprint()}
    known = run.load_facts()
    facts = known or resolve(options) | prints
    if {key: facts[key] for key in prints} != prints:
        raise UserError(
            f"the training or dev text has changed since the run in {run.path} began: bring the old text back, or "
            "choose another --output"
        )
    # The shards of a batch are called parts on the disk. A run from before there were any goes on with whole batches.
    begun_with = None if known is None else int(known.get("parts", 1))
    shards = prepare_process(int(facts["threads"]), options.seed, begun_with)
    facts = facts | {"parts": shards}
    run.save_facts(facts)

    tokenizer, target_tokenizer = _tokenizers(config, run, text, reporter)
    text, lengths = filter_pairs(text, tokenizer, config.data, reporter, target_tokenizer)
    report_overlap(text, dev, reporter)
    stream = BatchStream(
        text,
        tokenizer,
        target_tokenizer=target_tokenizer,
        batch_tokens=options.batch_tokens,
        seed=options.seed,
        sampling=config.tokenizer.sampling,
        lengths=lengths,
        weights=config.data.weights,
    )
    last_step = options.max_steps or _last_step(stream, options.epochs or 1, options.accumulate)
    model = _model(config, tokenizer, target_tokenizer, str(facts["precision"]), shards)
    pieces = " + ".join(f"{len(t):,}" for t in (tokenizer, target_tokenizer) if t is not None)
    reporter.say(
        f"{len(text):,} pairs, {len(dev):,} to validate on; {pieces} pieces; "
        f"{model.count_params():,} parameters; {last_step:,} steps; "
        f"{facts['precision']} on {facts['threads']} threads"
    )
    if state.step:
        restore_snapshot(run.snapshots, model, state)
        reporter.say(f"going on from step {state.step:,}")
    elif options.initialize_from is not None:
        take_weights(Path(options.initialize_from), model)
        reporter.say(f"beginning with the model {options.initialize_from}")

    validator = Validator(
        model,
        tokenizer,
        dev,
        target_tokenizer=target_tokenizer,
        batch_tokens=options.batch_tokens,
        sentences=options.validation_sentences,
        decoding=config.decoding.model_dump() | {"beam_size": options.validation_beam_size},
        target_language=config.data.target_language,
        parallel=shards,
    )
    interrupts = Interrupts()
    tokenizers = TokenizerPair.of(
        tokenizer, target_tokenizer, (config.data.source_language, config.data.target_language)
    )
    clock = Clock(state, options, last_step)
    log, board = RunLog(run, state, clock), TensorBoardLog(run, state, clock)
    log.session(facts)
    progress = Progress(state, clock, reporter)
    stopping = EarlyStopping(state, options, reporter, last_step)
    watch = GateWatch(validator.translated, tokenizers, model.settings)
    display = Display(run, log, board, reporter, watch, validator.translated)
    # The order is part of correctness. Of the listeners, the keeper comes first: a model stands on the disk before the
    # log names it; the page is made from the log; the run is marked as finished last. Of the callbacks, the clock comes
    # first, since all others read the step; validation comes after the log, so that its line follows the update's; the
    # snapshot comes last and holds what all others have changed.
    listeners: list[ValidationListener] = [
        ModelKeeper(run, state, config, tokenizers),
        log,
        board,
        progress,
        stopping,
        display,
    ]
    validation = Validation(
        state, options, validator, lambda step: stream.epochs_at(step * options.accumulate), last_step, listeners
    )
    snapshots = SnapshotSaver(run, state, options, (log, board), interrupts)
    with interrupts.watched(), reporter.training(state.step, last_step):
        model.fit(
            update_data(stream, state.step, options.accumulate),
            epochs=1,
            steps_per_epoch=last_step - state.step,
            callbacks=[clock, log, board, progress, stopping, display, validation, snapshots],
            shuffle=False,
            verbose=0,
        )
    return Outcome(run.model, state, interrupts.signal)


def _tokenizers(
    config: Config, run: RunFolder, text: ParallelText, reporter: Reporter
) -> tuple[Tokenizer, Tokenizer | None]:
    """The run's tokenizer of the source, and that of the target where it has its own.

    They are learnt when the run begins, from the training text only, or taken over with `initialize_from`.
    """
    names = tokenizer_names(config.tokenizer.joint)

    def of(name: str, *sides: Sequence[str]) -> Tokenizer:
        path = run.path / name
        if path.is_file():
            return Tokenizer.load(path)
        lines = TokenizerLines(sides, config.tokenizer.training_lines, config.training.seed)
        tokenizer = _learn_tokenizer(config.tokenizer, lines, name, reporter)
        write_file(path, tokenizer.model)
        return tokenizer

    if not (run.path / names["target"]).is_file() and config.training.initialize_from is not None:
        take_tokenizers(Path(config.training.initialize_from), config, run.path)
    if config.tokenizer.joint:
        return of(names["source"], text.sources, text.targets), None
    return of(names["source"], text.sources), of(names["target"], text.targets)


def _learn_tokenizer(options: TokenizerConfig, lines: Iterable[str], name: str, reporter: Reporter) -> Tokenizer:
    tokenizer = Tokenizer.train(
        lines,
        vocabulary_size=options.vocabulary_size,
        type=options.type,
        character_coverage=options.character_coverage,
        normalization=options.normalization,
    )
    if len(tokenizer) < options.vocabulary_size:
        reporter.say(
            f"the text gives {name} no more than {len(tokenizer):,} pieces (tokenizer.vocabulary_size is "
            f"{options.vocabulary_size:,})"
        )
    return tokenizer


def _last_step(stream: BatchStream, epochs: float, accumulate: int) -> int:
    """The step at which `epochs` passes are done."""
    whole = int(epochs)
    batches = stream.epoch_start(whole) + round((epochs - whole) * len(stream.plan(whole)))
    return max(1, math.ceil(batches / accumulate))


def _model(
    config: Config, tokenizer: Tokenizer, target: Tokenizer | None, precision: str, shards: int
) -> TrainingModel:
    options = config.training
    model = TrainingModel(
        config.model.settings(vocabulary_size=len(target or tokenizer), source_vocabulary_size=len(tokenizer)),
        options.seed,
        objective=make_objective(options),
        clip_norm=options.clip_norm,
        ema_decay=options.ema_decay,
        product_precision=precision,
        shards=shards,
    )
    # A name of its own: Keras would count "adam", "adam_1", … over the process, and snapshots hold variables by name.
    optimizer = Adam(options.learning_rate, options.beta_1, options.beta_2, options.epsilon, name="adam")
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, jit_compile=False)
    return model
