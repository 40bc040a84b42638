"""What a session needs before there is a model: text, tokenizers and batches. TensorFlow is not needed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seq2seq.config.filling import applicable, fill, intervals
from seq2seq.config.presets import choose
from seq2seq.config.schema import Config
from seq2seq.errors import UserError
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.data.filters import filter_pairs, report_overlap
from seq2seq.training.data.holding_out import HeldOut
from seq2seq.training.data.selection import read_training_text, size_of, split_text
from seq2seq.training.data.unwritable import report_unwritable
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.resolution import resolve
from seq2seq.training.run.run_folder import CHOSEN, RunFolder
from seq2seq.training.run_tokenizers import keep_tokenizers, run_tokenizers

SHARDS = "parts"
"""The key of the number of shards in run.json, by the name that shards had at first; its value is null until TensorFlow
is loaded."""


@dataclass(frozen=True)
class Preparation:
    """Everything that a session trains with but the model.

    Attributes:
        config: Config of the run, with what was chosen for options that depend on the text.
        run: Folder of the run.
        facts: What the run's results depend on beside its config, as run.json holds it.
        text: The pairs that are learnt from, filters applied.
        dev: The pairs that validations measure.
        held_out: What holding the dev set out of the text cost, or None if there is a dev text.
        read: Number of pairs before filters were applied.
        tokenizers: The tokenizers of both sides.
        stream: The batches of the run.
        last_step: Number of updates of the whole run.
    """

    config: Config
    run: RunFolder
    facts: Mapping[str, Any]
    text: ParallelText
    dev: ParallelText
    held_out: HeldOut | None
    read: int
    tokenizers: TokenizerPair
    stream: BatchStream
    last_step: int

    def epochs_at(self, step: int) -> float:
        """Number of passes over the text before an update."""
        return self.stream.epochs_at(step * self.config.training.accumulate)


def prepare(config: Config, run: RunFolder, reporter: Reporter) -> Preparation:
    """Reads the text, settles what the run depends on, and makes tokenizers and batches.

    Args:
        config: Config of the run.
        run: Folder of the run, which this process has claimed.
        reporter: Is told what is being done, and what was dropped.

    Raises:
        UserError: The text cannot be read or has changed since the run began, or no pair is left of it.
    """
    reporter.stage("reading the text")
    whole = read_training_text(config.data, run.path)
    known = run.load_facts()
    chosen = _preset_values(config, whole, reporter) if known is None else {}
    config = fill(config, chosen)
    options = config.training
    as_before = known is not None and CHOSEN not in known
    text, dev, held_out = split_text(whole, config.data, options.seed, run.path, as_before=as_before)
    facts, begins = _settle_facts(config, run, text, dev)
    tokenizers = run_tokenizers(config, run, text, reporter)
    reporter.stage("counting tokens")
    read = len(text)
    text, lengths = filter_pairs(text, tokenizers, config.data, reporter)
    report_overlap(text, dev, reporter)
    report_unwritable(text.targets, tokenizers.target.tokenizer, reporter)
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
    if begins:
        chosen |= (shorter := intervals(config, last_step))
        config = fill(config, shorter)
        facts[CHOSEN] = chosen
        run.begin(config, facts)
    keep_tokenizers(run, tokenizers, config.tokenizer.joint)
    return Preparation(config, run, facts, text, dev, held_out, read, tokenizers, stream, last_step)


def _preset_values(config: Config, text: ParallelText, reporter: Reporter) -> dict[str, Any]:
    """What the config's preset puts in place of defaults for this text; it is reported."""
    if config.preset is None:
        return {}
    choice = choose(config.preset, size_of(text))
    chosen = applicable(config, choice.values)
    values = ", ".join(f"{key} {value}" for key, value in chosen.items()) or "nothing, since the config says it all"
    reporter.say(f"preset {choice.preset} ({choice.reason}): {values}")
    return chosen


def _settle_facts(config: Config, run: RunFolder, text: ParallelText, dev: ParallelText) -> tuple[dict[str, Any], bool]:
    """What the run depends on, and whether it begins now."""
    prints = {"text": text.fingerprint(), "dev": dev.fingerprint()}
    known = run.load_facts()
    if known is None:
        return resolve(config.training) | prints | {SHARDS: None}, True
    if {key: known[key] for key in prints} != prints:
        raise UserError(
            f"the training or dev text has changed since the run in {run.path} began: bring the old text back, or "
            "choose another --output"
        )
    # A run from before there were shards goes on with whole batches.
    return {SHARDS: 1} | known, False


def _last_step(stream: BatchStream, epochs: float, accumulate: int) -> int:
    """The step at which `epochs` passes are done."""
    whole = int(epochs)
    batches = stream.epoch_start(whole) + round((epochs - whole) * len(stream.plan(whole)))
    return max(1, math.ceil(batches / accumulate))
