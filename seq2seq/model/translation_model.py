"""The whole network: embeddings, encoder, decoder and the softmax over the vocabulary."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.cross_entropy import cross_entropy
from seq2seq.model.decoder import Decoder
from seq2seq.model.dropout import Dropout
from seq2seq.model.encoder import Encoder
from seq2seq.model.from_settings import FromSettings
from seq2seq.model.products import dense
from seq2seq.model.recurrent import swap
from seq2seq.model.unrolling import State
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.ids import BOS, PAD


class Loss(NamedTuple):
    """Sums over the real target positions of a batch.

    Attributes:
        smoothed: The loss that is minimized, in nats. Scalar
        plain: The loss that is reported, −Σ log p, in nats. Scalar
        tokens: Number of real positions, ends of sentence included. Scalar int32
    """

    smoothed: tf.Tensor
    plain: tf.Tensor
    tokens: tf.Tensor


class Tables(NamedTuple):
    """The tables of embeddings, each [vocabulary, embedding_size]; in a tied model both are one tensor."""

    source: tf.Tensor
    target: tf.Tensor


@keras.saving.register_keras_serializable(package="seq2seq")
class TranslationModel(FromSettings, keras.Model):
    """A recurrent encoder-decoder with attention.

    In a tied model one table embeds source and target and holds the rows of the softmax (Press and Wolf, 2017,
    "three-way weight tying"); else each of the three has a table of its own.

    Example:
        >>> settings = ModelSettings(vocabulary_size=30, embedding_size=8, encoder_size=4, decoder_size=8)
        >>> model = TranslationModel(settings, seed=1)
        >>> model.encode(tf.constant([[5, 6, 3]])).values.shape.as_list()
        [1, 3, 8]
    """

    def __init__(self, settings: ModelSettings, seed: int | None = None, **options: Any) -> None:
        """Makes and builds the network.

        Args:
            settings: Shape of the model.
            seed: Seed of weights and dropouts; None draws one.
            **options: Options of `keras.Model`.
        """
        options.setdefault("name", "translation_model")
        super().__init__(settings, seed, **options)
        if seed is not None:
            keras.utils.set_random_seed(seed)
        # A stream of its own for each part: two dropouts with one seed would draw the same masks.
        seeds = [None] * 5 if seed is None else (np.random.SeedSequence(seed).generate_state(5) >> 2).tolist()
        width = settings.embedding_size

        def table(rows: int, name: str) -> keras.Variable:
            scale = keras.initializers.RandomNormal(stddev=width**-0.5)
            return self.add_weight((rows, width), initializer=scale, name=name)

        # The rows of the softmax, with which read-outs are compared.
        self.embeddings = table(settings.vocabulary_size, "embeddings")
        self.source_embeddings = self.target_embeddings = self.embeddings
        if not settings.tied:
            self.source_embeddings = table(settings.source_tokens, "source_embeddings")
            self.target_embeddings = table(settings.vocabulary_size, "target_embeddings")
        self.softmax_bias = self.add_weight((settings.vocabulary_size,), initializer="zeros", name="softmax_bias")
        self.source_word_dropout = Dropout(settings.source_word_dropout, True, seeds[0], name="source_word_dropout")
        self.target_word_dropout = Dropout(settings.target_word_dropout, True, seeds[4], name="target_word_dropout")
        self.embedding_dropout = Dropout(settings.embedding_dropout, seed=seeds[1], name="embedding_dropout")
        self.encoder = Encoder(settings, seeds[2], name="encoder")
        self.decoder = Decoder(settings, seeds[3], name="decoder")
        self.encoder.build((None, None, width))
        self.decoder.build((None, None, width))
        self.built = True

    def tables(self) -> Tables:
        """Returns the tables of embeddings as tensors.

        Look-ups in the same tensor share one sparse gradient, which is made dense once; look-ups in a variable have one
        gradient each.
        """
        source = tf.identity(self.source_embeddings)
        tied = self.target_embeddings is self.source_embeddings
        return Tables(source, source if tied else tf.identity(self.target_embeddings))

    def embed_source(self, ids: tf.Tensor, training: bool = False, tables: Tables | None = None) -> tf.Tensor:
        """Looks up source tokens. [..., embedding_size]"""
        table = tables.source if tables else self.source_embeddings
        vectors = self.source_word_dropout(tf.gather(table, ids), training=training)
        return self.embedding_dropout(vectors, training=training)

    def embed_target(self, ids: tf.Tensor, training: bool = False, tables: Tables | None = None) -> tf.Tensor:
        """Looks up target tokens. [..., embedding_size]"""
        table = tables.target if tables else self.target_embeddings
        vectors = self.target_word_dropout(tf.gather(table, ids), training=training)
        return self.embedding_dropout(vectors, training=training)

    def encode(self, source: tf.Tensor, training: bool = False, tables: Tables | None = None) -> SourceMemory:
        """Encodes sentences; `begin` makes of the result what `step` needs.

        Args:
            source: Token ids, EOS before the padding. [sentences, source]
            training: Whether dropout is on.
            tables: Tables to look embeddings up in, see `tables`; the model's own variables by default.
        """
        mask = tf.not_equal(source, PAD)
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), 1)  # [sentences]
        x = self.embed_source(tf.transpose(source), training, tables)  # [source, sentences, embedding_size]
        return SourceMemory(self.encoder.over_time(x, lengths, training), mask)

    def call(self, inputs: tuple[tf.Tensor, tf.Tensor], training: bool = False) -> tf.Tensor:
        """Encodes the source and decodes the target with the true tokens before (teacher forcing).

        Args:
            inputs: Source ids [batch, source] and target ids [batch, target], both with EOS before their padding.
            training: Whether dropout is on.

        Returns:
            Read-out states [batch, target, embedding_size]; the one at t depends on the target tokens before t.
        """
        source, target = inputs
        return swap(self._readout(source, tf.transpose(target), training))

    def _readout(self, source: tf.Tensor, target: tf.Tensor, training: bool, tables: Tables | None = None) -> tf.Tensor:
        """Does what `call` does, from [batch, source] and [target, batch] to [target, batch, embedding_size]."""
        before = tf.concat([tf.fill([1, tf.shape(target)[1]], BOS), target[:-1]], 0)  # [target, batch]
        inputs = self.embed_target(before, training, tables)  # [target, batch, embedding_size]
        return self.decoder.over_time(inputs, self.encode(source, training, tables), training)

    def logits(self, readout: tf.Tensor) -> tf.Tensor:
        """Computes the unnormalized log-probabilities of all tokens. [..., vocabulary]"""
        return dense(readout, tf.transpose(self.embeddings)) + self.softmax_bias

    def loss_sums(
        self,
        source: tf.Tensor,
        target: tf.Tensor,
        smoothing: float = 0.0,
        training: bool = False,
        tables: Tables | None = None,
    ) -> Loss:
        """Computes the loss of a batch. Only real positions are compared with the vocabulary.

        Args:
            source: Source ids. [batch, source]
            target: Target ids. [batch, target]
            smoothing: Label smoothing.
            training: Whether dropout is on.
            tables: Tables that the losses of several batches share, if their gradient is taken together.
        """
        target = tf.transpose(target)  # [target, batch]
        readout = self._readout(source, target, training, tables)  # [target, batch, embedding_size]
        real = tf.where(tf.not_equal(target, PAD))  # [tokens, 2]
        smoothed, plain = cross_entropy(
            tf.gather_nd(readout, real), self.embeddings, self.softmax_bias, tf.gather_nd(target, real), smoothing
        )
        return Loss(smoothed, plain, tf.shape(real)[0])

    def begin(self, source: tf.Tensor) -> tuple[SourceMemory, State]:
        """Encodes sentences and returns their projected memory and the first state, with which `step` begins.

        Args:
            source: Token ids, EOS before the padding. [sentences, source]
        """
        return self.decoder.begin(self.encode(source))

    @property
    def step_signature(self) -> tuple[SourceMemory, State]:
        """Shapes and types of the memory and the state in `begin` and `step`, as `tf.TensorSpec`."""
        values, *keys = (tf.TensorSpec([None, None, width]) for width in self.decoder.attention.memory_widths)
        state = tuple(tf.TensorSpec([None, width]) for width in self.decoder.state_widths)
        return SourceMemory(values, tf.TensorSpec([None, None], tf.bool), tuple(keys)), state

    def step(self, tokens: tf.Tensor, memory: SourceMemory, state: State) -> tuple[tf.Tensor, tf.Tensor, State]:
        """Takes one decoding step.

        Args:
            tokens: The tokens before. [rows]
            memory: Memory of the sentences, from `begin`; rows = sentences · beams.
            state: State of the decoder, each [rows, width].

        Returns:
            Logits [rows, vocabulary], attention weights [rows, source] and the new state.
        """
        readout, weights, state = self.decoder.step(self.embed_target(tokens), memory, state)
        return self.logits(readout), weights, state
