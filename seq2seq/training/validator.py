"""How good the model is now: loss and real translations of the dev set."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.evaluation import Score, evaluate
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.training_model import TrainingModel
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator


@dataclass(frozen=True)
class ValidationResult:
    """What a validation measured."""

    loss: float
    """Nats per real token, unsmoothed, end of sentence included."""
    scores: list[Score]
    translations: list[str]

    def figures(self) -> dict[str, float]:
        """Loss, perplexity and scores by name."""
        perplexity = math.exp(min(self.loss, 700))
        return {"loss": self.loss, "perplexity": perplexity} | {s.name: s.score for s in self.scores}


class Validator:
    """Measures a model on a dev set, in float32, with the averaged weights."""

    def __init__(
        self,
        model: TrainingModel,
        tokenizer: Tokenizer,
        dev: ParallelText,
        *,
        target_tokenizer: Tokenizer | None = None,
        batch_tokens: int,
        sentences: int,
        decoding: dict[str, Any],
        target_language: str | None,
        parallel: int = 1,
    ) -> None:
        """Prepares the dev set.

        Args:
            model: the one that is trained.
            tokenizer: of the source.
            dev: all of it goes into the loss.
            target_tokenizer: of the target, where it has its own.
            batch_tokens: of the batches of the loss.
            sentences: how many of `dev`, spread evenly, are translated.
            decoding: how.
            target_language: of the translations.
            parallel: batches that are measured at once, in threads.
        """
        self.model = model
        self.batches = BatchStream(dev, tokenizer, target_tokenizer=target_tokenizer, batch_tokens=batch_tokens, seed=0)
        chosen = np.linspace(0, len(dev) - 1, min(sentences, len(dev))).round().astype(int)
        self.translated = dev.select(chosen)
        self.parallel = parallel
        tokenizers = TokenizerPair.of(tokenizer, target_tokenizer, (None, target_language))
        options = DecodingOptions.of_model(decoding)
        self.translator = Translator(KerasEngine(model), tokenizers, options, parallel=parallel)
        ids = tf.TensorSpec([None, None], tf.int32)
        self._loss = tf.function(model.loss_sums, input_signature=[ids, ids], autograph=False)

    def run(self) -> ValidationResult:
        """Measures the model with the weights it has now; see `averaged`."""

        def measure(index: int) -> tuple[float, int]:
            batch = self.batches.batch(index)
            sums = self._loss(batch.source, batch.target)
            return float(sums.plain), int(sums.tokens)

        with ThreadPoolExecutor(self.parallel) as pool:
            losses, tokens = zip(*pool.map(measure, range(len(self.batches.plan(0)))), strict=True)
        translations = self.translator.translate(list(self.translated.sources))
        scores = evaluate(translations, list(self.translated.targets), ("bleu", "chrf"))
        return ValidationResult(sum(losses) / sum(tokens), scores, translations)
