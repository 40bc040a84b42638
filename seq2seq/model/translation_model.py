"""The whole network: embeddings, encoder, decoder, and the softmax over the vocabulary."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from seq2seq.model.attention import Memory
from seq2seq.model.cross_entropy import cross_entropy
from seq2seq.model.decoder import Decoder
from seq2seq.model.dropout import Dropout
from seq2seq.model.encoder import Encoder
from seq2seq.model.products import dense
from seq2seq.model.recurrent import State
from seq2seq.tokenizer import BOS, PAD


class Loss(NamedTuple):
    """Sums over the real target positions of a batch."""

    smoothed: tf.Tensor
    """What is minimized, in nats. Scalar."""
    plain: tf.Tensor
    """−Σ log p, what is reported, in nats. Scalar."""
    tokens: tf.Tensor
    """Number of real positions, ends of sentence included. Scalar int32."""


@keras.saving.register_keras_serializable(package="seq2seq")
class TranslationModel(keras.Model):
    """An LSTM encoder-decoder with attention; one table embeds source and target and reads out the softmax."""

    def __init__(  # type: ignore[no-untyped-def]
        self,
        vocabulary_size: int,
        embedding_size: int,
        encoder_layers: int,
        encoder_size: int,
        decoder_layers: int,
        decoder_size: int,
        embedding_dropout: float = 0.0,
        layer_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        word_dropout: float = 0.0,
        readout_dropout: float = 0.0,
        seed: int | None = None,
        **options,
    ) -> None:
        """Makes and builds the network; the arguments are the keys of `seq2seq.config.ModelConfig`.

        Args:
            vocabulary_size: pieces, the special ones included.
            embedding_size: width of the embeddings and of the read-out.
            encoder_layers: bidirectional layers.
            encoder_size: units per direction.
            decoder_layers: LSTM layers.
            decoder_size: units; dot attention wants 2·encoder_size.
            embedding_dropout: on the embeddings' values.
            layer_dropout: on what enters a layer above the first.
            recurrent_dropout: on the hidden states that enter the next step.
            word_dropout: on whole embeddings.
            readout_dropout: on the read-out states.
            seed: of weights and dropouts.
            **options: of `keras.Model`.
        """
        options.setdefault("name", "translation_model")
        super().__init__(**options)
        self.settings: dict[str, Any] = {
            "vocabulary_size": vocabulary_size,
            "embedding_size": embedding_size,
            "encoder_layers": encoder_layers,
            "encoder_size": encoder_size,
            "decoder_layers": decoder_layers,
            "decoder_size": decoder_size,
            "embedding_dropout": embedding_dropout,
            "layer_dropout": layer_dropout,
            "recurrent_dropout": recurrent_dropout,
            "word_dropout": word_dropout,
            "readout_dropout": readout_dropout,
            "seed": seed,
        }
        if seed is not None:
            keras.utils.set_random_seed(seed)
        # A stream of its own for each part: two dropouts with one seed would draw the same masks.
        seeds = [None] * 4 if seed is None else (np.random.SeedSequence(seed).generate_state(4) >> 2).tolist()
        self.embeddings = self.add_weight(
            (vocabulary_size, embedding_size),
            initializer=keras.initializers.RandomNormal(stddev=embedding_size**-0.5),
            name="embeddings",
        )
        self.softmax_bias = self.add_weight((vocabulary_size,), initializer="zeros", name="softmax_bias")
        self.word_dropout = Dropout(word_dropout, whole_vectors=True, seed=seeds[0], name="word_dropout")
        self.embedding_dropout = Dropout(embedding_dropout, seed=seeds[1], name="embedding_dropout")
        self.encoder = Encoder(encoder_layers, encoder_size, layer_dropout, recurrent_dropout, seeds[2], name="encoder")
        self.decoder = Decoder(
            decoder_layers,
            decoder_size,
            embedding_size,
            layer_dropout,
            recurrent_dropout,
            readout_dropout,
            seeds[3],
            name="decoder",
        )
        self.encoder.build((None, None, embedding_size))
        self.decoder.build((None, None, embedding_size))
        self.built = True

    def embed(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embeddings of piece ids. [..., embedding_size]"""
        vectors = self.word_dropout(tf.gather(self.embeddings, ids), training=training)
        return self.embedding_dropout(vectors, training=training)

    def encode(self, source: tf.Tensor, training: bool = False) -> Memory:
        """Reads sentences.

        Args:
            source: piece ids, EOS before the padding. [sentences, source]
            training: whether dropout is on.
        """
        mask = tf.not_equal(source, PAD)
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), 1)  # [sentences]
        return Memory(self.encoder(self.embed(source, training), lengths, training=training), mask)

    def call(self, inputs: tuple[tf.Tensor, tf.Tensor], training: bool = False) -> tf.Tensor:
        """Reads source and target.

        Args:
            inputs: source ids [batch, source] and target ids [batch, target], both with EOS before their padding.
            training: whether dropout is on.

        Returns:
            Read-out states [batch, target, embedding_size]; the one at t has seen the target pieces before t.
        """
        source, target = inputs
        before = tf.concat([tf.fill([tf.shape(target)[0], 1], BOS), target[:, :-1]], 1)  # [batch, target]
        return self.decoder(self.embed(before, training), self.encode(source, training), training=training)

    def logits(self, readout: tf.Tensor) -> tf.Tensor:
        """Unnormalized log-probabilities of all pieces. [..., vocabulary]"""
        return dense(readout, tf.transpose(self.embeddings)) + self.softmax_bias

    def loss_sums(self, source: tf.Tensor, target: tf.Tensor, smoothing: float = 0.0, training: bool = False) -> Loss:
        """The loss of a batch. Only real positions reach the vocabulary.

        Args:
            source: [batch, source] ids.
            target: [batch, target] ids.
            smoothing: of the labels.
            training: whether dropout is on.
        """
        readout = self((source, target), training=training)
        real = tf.where(tf.not_equal(target, PAD))  # [tokens, 2]
        smoothed, plain = cross_entropy(
            tf.gather_nd(readout, real), self.embeddings, self.softmax_bias, tf.gather_nd(target, real), smoothing
        )
        return Loss(smoothed, plain, tf.shape(real)[0])

    def step(self, tokens: tf.Tensor, memory: Memory, state: State) -> tuple[tf.Tensor, tf.Tensor, State]:
        """One decoding step.

        Args:
            tokens: the pieces before. [rows]
            memory: of the sentences; rows = sentences · beams.
            state: of the decoder, each [rows, units].

        Returns:
            Logits [rows, vocabulary], attention weights [rows, source] and the new state.
        """
        readout, weights, state = self.decoder.step(self.embed(tokens), memory, state)
        return self.logits(readout), weights, state

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal model of."""
        return self.settings | {"name": self.name}

    @classmethod
    def from_config(cls, config: dict, custom_objects: object = None) -> "TranslationModel":
        """The model of a `get_config`."""
        return cls(**config)
