"""The engine that runs the Keras model itself."""

import seq2seq.model  # noqa: F401  # chooses Keras's backend, so it comes before TensorFlow, which imports Keras

# isort: split

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from seq2seq.engines.grid import Grid, taken
from seq2seq.errors import UserError
from seq2seq.model.attention import SourceMemory
from seq2seq.model.translation_model import TranslationModel
from seq2seq.model.weights import set_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search.interface import IntArray, State, StepResult


def use_threads(threads: int | None) -> None:
    """Sets the number of TensorFlow's threads in this process; None leaves it to TensorFlow.

    Raises:
        UserError: TensorFlow has already begun with another number.
    """
    if threads is None:
        return
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError as error:
        raise UserError(f"threads {threads} comes too late: TensorFlow has already begun in this process") from error


@dataclass(frozen=True)
class KerasMemory:
    """A `SourceMemory` held as TensorFlow tensors."""

    tensors: SourceMemory

    def select(self, sentences: IntArray) -> "KerasMemory":
        """Returns the memory of some of the sentences."""
        return KerasMemory(tf.nest.map_structure(lambda tensor: tf.gather(tensor, sentences), self.tensors))


class KerasEngine:
    """Encodes and steps with a `TranslationModel`, in float32.

    Every call reads the model's present weights, so validation can use the model that is being trained.
    """

    def __init__(self, model: TranslationModel) -> None:
        """Wraps a built model. Each of its two graphs is traced once, for any batch size and length."""
        self.model = model
        ids = tf.TensorSpec([None, None], tf.int32)
        rows = tf.TensorSpec([None], tf.int32)
        memory, state = model.step_signature
        self._encode = tf.function(self._encode_graph, input_signature=[ids], autograph=False)
        self._step = tf.function(
            self._step_graph,
            input_signature=[rows, rows, state, memory, tf.TensorSpec([], tf.int32), rows],
            autograph=False,
        )

    @classmethod
    def load(cls, folder: ModelFolder) -> "KerasEngine":
        """Loads the model of a folder.

        Raises:
            UserError: The metadata describe a model that this program does not know, or the weights do not fit them.
        """
        model = TranslationModel(folder.settings)
        set_weights(model, folder.weights(), str(folder.path))
        return cls(model)

    @property
    def vocabulary_size(self) -> int:
        """Number of target tokens."""
        return self.model.settings.vocabulary_size

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[KerasMemory, State]:
        """Encodes sentences, see `seq2seq.search.interface.Engine.encode`."""
        padded = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 0).astype(np.int32)
        memory, state = self._encode(padded)
        return KerasMemory(memory), state

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: KerasMemory,
        k: int,
        score_ids: IntArray | None = None,
        beams: IntArray | None = None,
    ) -> StepResult:
        """Takes a decoding step, see `seq2seq.search.interface.Engine.step`.

        The model itself needs equally many rows of each sentence; others are put into a grid.
        """
        if beams is not None:
            grid = Grid.of(beams)
            grid_score_ids = None if score_ids is None else score_ids[grid.rows]
            step = self.step(tokens[grid.rows], parents[grid.rows], state, memory, k, grid_score_ids)
            return taken(step, grid.places, tf.gather)
        scored_ids = np.zeros_like(tokens) if score_ids is None else score_ids
        log_probs, ids, attention, scored, state = self._step(
            tokens.astype(np.int32),
            parents.astype(np.int32),
            state,
            memory.tensors,
            np.int32(k),
            scored_ids.astype(np.int32),
        )
        return StepResult(
            log_probs.numpy(),
            ids.numpy(),
            attention.numpy(),
            None if score_ids is None else scored.numpy(),
            state,
        )

    def _encode_graph(self, ids: tf.Tensor) -> tuple[SourceMemory, State]:
        return self.model.begin(ids)

    def _step_graph(self, tokens, parents, state, memory, k, score_ids):  # type: ignore[no-untyped-def]
        state = tuple(tf.gather(array, parents) for array in state)
        logits, attention, state = self.model.step(tokens, memory, state)  # [rows, vocabulary]
        normalizer = tf.reduce_logsumexp(logits, -1)  # [rows]
        top, ids = tf.cond(
            k < self.vocabulary_size,
            lambda: tuple(tf.math.top_k(logits, k)),
            lambda: (logits, tf.broadcast_to(tf.range(self.vocabulary_size), tf.shape(logits))),
        )
        scored = tf.gather(logits, score_ids, batch_dims=1)
        return top - normalizer[:, None], ids, attention, scored - normalizer, state
