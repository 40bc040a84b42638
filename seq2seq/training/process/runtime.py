"""The process that trains: threads, precision, determinism, memory."""

import platform
from typing import Any

import keras
import tensorflow as tf

from seq2seq.config.options import TrainingConfig
from seq2seq.errors import UserError
from seq2seq.machine import multiplies_bfloat16, usable_cores
from seq2seq.training.process.allocators import keep_freed_memory


def resolve(config: TrainingConfig) -> dict[str, Any]:
    """What "auto" and "as many as there are" mean on this machine; kept with the run, since results depend on it."""
    precision = config.precision
    if precision == "auto":
        precision = "bfloat16" if multiplies_bfloat16() else "float32"
    return {
        "threads": config.threads or usable_cores(),
        "precision": precision,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }


def prepare_process(threads: int, seed: int, parts: int | None = None) -> int:
    """Makes what follows a function of the seed and the number of threads, and as fast as that allows.

    Args:
        threads: of TensorFlow.
        seed: of everything random.
        parts: in which a batch is read side by side (see `seq2seq.training.training_model`); None for two, if there are
            threads for them, or one where TensorFlow already runs.

    Returns:
        The parts.

    Raises:
        UserError: TensorFlow runs in this process already, and with another number of threads.
    """
    keep_freed_memory()
    for number in (parts,) if parts else (min(threads, 2), 1):
        if _use_threads(threads, number):
            break
    else:
        raise UserError(
            "TensorFlow already runs with another number of threads in this process: train in one of its own"
        )
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    return number


def _use_threads(threads: int, parts: int) -> bool:
    """Has each part work with its share of the threads; tells whether that holds now."""
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads // parts)
        if parts > 1:
            tf.config.threading.set_inter_op_parallelism_threads(parts)
    except RuntimeError:  # after TensorFlow's first operation
        as_it_is = tf.config.threading.get_intra_op_parallelism_threads() or usable_cores()
        return parts == 1 and as_it_is == threads
    return True
