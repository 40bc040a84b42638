"""What a session of a training run works with, made from the config and the run folder."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seq2seq.config.schema import Config
from seq2seq.errors import UserError
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.data.filters import filter_pairs, report_overlap
from seq2seq.training.data.selection import read_text
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.objectives.registry import make_objective
from seq2seq.training.optimizer import Adam
from seq2seq.training.process.runtime import prepare_process, resolve
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run_tokenizers import run_tokenizers
from seq2seq.training.training_model import TrainingModel

SHARDS = "parts"
"""The key of the number of shards in run.json, by the name that shards had at first."""


@dataclass(frozen=True)
class Setup:
    """Everything that a session trains with; nothing here changes but the model's variables.

    Attributes:
        config: Config of the run.
        run: Folder of the run.
        facts: What the run's results depend on beside its config, as run.json holds it.
        text: The pairs that are learnt from, filters applied.
        dev: The pairs that validations measure.
        tokenizers: The tokenizers of both sides.
        stream: The batches of the run.
        model: The compiled model, with random weights as yet.
        last_step: Number of updates of the whole run.
    """

    config: Config
    run: RunFolder
    facts: Mapping[str, Any]
    text: ParallelText
    dev: ParallelText
    tokenizers: TokenizerPair
    stream: BatchStream
    model: TrainingModel
    last_step: int

    @property
    def shards(self) -> int:
        """Number of shards of a batch that are read side by side."""
        return int(self.facts[SHARDS])

    def epochs_at(self, step: int) -> float:
        """Number of passes over the text before an update."""
        return self.stream.epochs_at(step * self.config.training.accumulate)

    def describe(self) -> str:
        """One line about the size of the run."""
        sides = [self.tokenizers.source, *([] if self.config.tokenizer.joint else [self.tokenizers.target])]
        pieces = " + ".join(f"{len(side.tokenizer):,}" for side in sides)
        return (
            f"{len(self.text):,} pairs, {len(self.dev):,} to validate on; {pieces} pieces; "
            f"{self.model.count_params():,} parameters; {self.last_step:,} steps; "
            f"{self.facts['precision']} on {self.facts['threads']} threads"
        )


def set_up(config: Config, run: RunFolder, reporter: Reporter) -> Setup:
    """Reads the text, settles what the run depends on, and makes tokenizers, batches and model.

    Args:
        config: Config of the run.
        run: Folder of the run, which this process has claimed.
        reporter: Is told what was dropped.

    Raises:
        UserError: The text cannot be read or has changed since the run began, or no pair is left of it.
    """
    options = config.training
    text, dev = read_text(config.data, options.seed, run.path)
    facts = _settle_facts(config, run, text, dev)
    tokenizers = run_tokenizers(config, run, text, reporter)
    text, lengths = filter_pairs(text, tokenizers, config.data, reporter)
    report_overlap(text, dev, reporter)
    stream = BatchStream(
        text,
        tokenizers,
        batch_tokens=options.batch_tokens,
        seed=options.seed,
        sampling=config.tokenizer.sampling,
        lengths=lengths,
        weights=config.data.weights,
    )
    last_step = options.max_steps or _last_step(stream, options.epochs or 1, options.accumulate)
    model = build_model(config, tokenizers, str(facts["precision"]), int(facts[SHARDS]))
    return Setup(config, run, facts, text, dev, tokenizers, stream, model, last_step)


def _settle_facts(config: Config, run: RunFolder, text: ParallelText, dev: ParallelText) -> dict[str, Any]:
    """What the run depends on, as it began or as it begins now; the process is prepared accordingly."""
    prints = {"text": text.fingerprint(), "dev": dev.fingerprint()}
    known = run.load_facts()
    facts = known or resolve(config.training) | prints
    if {key: facts[key] for key in prints} != prints:
        raise UserError(
            f"the training or dev text has changed since the run in {run.path} began: bring the old text back, or "
            "choose another --output"
        )
    # A run from before there were shards goes on with whole batches.
    begun_with = None if known is None else int(known.get(SHARDS, 1))
    facts |= {SHARDS: prepare_process(int(facts["threads"]), config.training.seed, begun_with)}
    run.save_facts(facts)
    return facts


def _last_step(stream: BatchStream, epochs: float, accumulate: int) -> int:
    """The step at which `epochs` passes are done."""
    whole = int(epochs)
    batches = stream.epoch_start(whole) + round((epochs - whole) * len(stream.plan(whole)))
    return max(1, math.ceil(batches / accumulate))


def build_model(config: Config, tokenizers: TokenizerPair, precision: str, shards: int) -> TrainingModel:
    """Makes and compiles the model that a config describes.

    Args:
        config: Config of the run.
        tokenizers: They give the sizes of the vocabularies.
        precision: Precision of matrix products in training, "float32" or "bfloat16".
        shards: Number of shards of a batch.
    """
    options = config.training
    settings = config.model.settings(
        vocabulary_size=len(tokenizers.target.tokenizer), source_vocabulary_size=len(tokenizers.source.tokenizer)
    )
    model = TrainingModel(
        settings,
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
