"""The quality of a model in training: its loss and its translations of a dev set."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.evaluation import Score, evaluate
from seq2seq.evaluation.tokenizers import CHARACTERS, validation_tokenizer
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.training_model import TrainingModel
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator


@dataclass(frozen=True)
class ValidationResult:
    """What a validation measured.

    Attributes:
        loss: Nats per target token, without smoothing, ends of sentences included.
        scores: BLEU and chrF of the translations.
        translations: Translations of the dev sentences that were chosen.
        words: Whether BLEU counts words, and not characters.
    """

    loss: float
    scores: list[Score]
    translations: list[str]
    words: bool = True

    def figures(self) -> dict[str, float]:
        """Loss, perplexity and scores by name."""
        perplexity = math.exp(min(self.loss, 700))
        return {"loss": self.loss, "perplexity": perplexity} | {s.name: s.score for s in self.scores}


class Validator:
    """Measures a model on a dev set, in float32."""

    def __init__(
        self,
        model: TrainingModel,
        tokenizers: TokenizerPair,
        dev: ParallelText,
        *,
        batch_tokens: int,
        sentences: int,
        decoding: DecodingOptions,
        parallel: int = 1,
    ) -> None:
        """Prepares the dev set.

        Args:
            model: The model that is trained.
            tokenizers: The tokenizers of both sides.
            dev: The pairs of the dev set; the loss is over all of them.
            batch_tokens: Largest number of positions of a batch on either side, for the loss.
            sentences: Number of dev sentences to translate, evenly spaced.
            decoding: Options for translating them.
            parallel: Number of batches that are measured at once, each in a thread.
        """
        self.model = model
        self.batches = BatchStream(dev, tokenizers, batch_tokens=batch_tokens, seed=0)
        chosen = np.linspace(0, len(dev) - 1, min(sentences, len(dev))).round().astype(int)
        self.translated = dev.select(chosen)
        self.tokenize = validation_tokenizer(tokenizers.target.language, dev.targets)
        self.parallel = parallel
        self.translator = Translator(KerasEngine(model), tokenizers, decoding, parallel=parallel)
        ids = tf.TensorSpec([None, None], tf.int32)
        self._loss = tf.function(model.loss_sums, input_signature=[ids, ids], autograph=False)

    def run(self) -> ValidationResult:
        """Measures the model with the weights that it has now."""

        def measure(index: int) -> tuple[float, int]:
            batch = self.batches.batch(index)
            sums = self._loss(batch.source, batch.target)
            return float(sums.plain), int(sums.tokens)

        with ThreadPoolExecutor(self.parallel) as pool:
            losses, tokens = zip(*pool.map(measure, range(len(self.batches.plan(0)))), strict=True)
        translations = self.translator.translate(list(self.translated.sources))
        scores = evaluate(translations, list(self.translated.targets), ("bleu", "chrf"), tokenize=self.tokenize)
        return ValidationResult(sum(losses) / sum(tokens), scores, translations, self.tokenize != CHARACTERS)
