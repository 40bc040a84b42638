"""What a session of a training run works with: what was prepared, and the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seq2seq.config.schema import Config
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.objectives.registry import make_objective
from seq2seq.training.optimizer import Adam
from seq2seq.training.preparation import SHARDS, Preparation
from seq2seq.training.process.runtime import library_versions, prepare_process
from seq2seq.training.training_model import TrainingModel


@dataclass(frozen=True)
class Setup:
    """Everything that a session trains with; nothing here changes but the model's variables.

    Attributes:
        prepared: Text, tokenizers and batches.
        facts: What the run's results depend on beside its config, as run.json holds it.
        model: The compiled model, with random weights as yet.
    """

    prepared: Preparation
    facts: Mapping[str, Any]
    model: TrainingModel

    @property
    def shards(self) -> int:
        """Number of shards of a batch that are read side by side."""
        return int(self.facts[SHARDS])


def set_up(prepared: Preparation) -> Setup:
    """Prepares the process and builds the model.

    Args:
        prepared: Text, tokenizers and batches.

    Raises:
        UserError: TensorFlow runs in this process already, with another number of threads.
    """
    config, facts = prepared.config, dict(prepared.facts)
    begun = facts[SHARDS] is not None
    facts[SHARDS] = prepare_process(int(facts["threads"]), config.training.seed, facts[SHARDS])
    if not begun:
        facts |= library_versions()
    prepared.run.save_facts(facts)
    return Setup(prepared, facts, build_model(config, prepared.tokenizers, str(facts["precision"]), facts[SHARDS]))


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
