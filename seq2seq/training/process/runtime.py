"""The process that trains: threads, precision, determinism, memory."""

import keras
import tensorflow as tf

from seq2seq.errors import UserError
from seq2seq.machine import usable_cores
from seq2seq.training.process.allocators import keep_freed_memory


def library_versions() -> dict[str, str]:
    """Versions of what computes; they are kept with the run, whose results depend on them."""
    return {"tensorflow": tf.__version__, "keras": keras.__version__}


def prepare_process(threads: int, seed: int, shards: int | None = None) -> int:
    """Makes what follows a function of the seed and the number of threads, and as fast as that allows.

    Args:
        threads: Number of TensorFlow's threads.
        seed: Seed of everything random.
        shards: Number of shards of a batch that are read side by side (see `seq2seq.training.shards`); None for two if
            there are threads for them, or one if TensorFlow already runs.

    Returns:
        The number of shards.

    Raises:
        UserError: TensorFlow runs in this process already, with another number of threads.
    """
    keep_freed_memory()
    for number in (shards,) if shards else (min(threads, 2), 1):
        if _use_threads(threads, number):
            break
    else:
        raise UserError(
            "TensorFlow already runs with another number of threads in this process: train in one of its own"
        )
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    return number


def _use_threads(threads: int, shards: int) -> bool:
    """Gives each shard its share of the threads, and returns whether that holds now."""
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads // shards)
        if shards > 1:
            tf.config.threading.set_inter_op_parallelism_threads(shards)
    except RuntimeError:  # after TensorFlow's first operation
        present = tf.config.threading.get_intra_op_parallelism_threads() or usable_cores()
        return shards == 1 and present == threads
    return True
