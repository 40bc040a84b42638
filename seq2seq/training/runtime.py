"""The process that trains: threads, precision, determinism, memory."""

import ctypes
import os
import platform
import sys
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from seq2seq.config import TrainingConfig
from seq2seq.errors import UserError


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def multiplies_bfloat16() -> bool:
    """Whether the CPU has instructions for products of bfloat16 (AVX-512 BF16 or AMX)."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


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


def prepare_process(threads: int, seed: int) -> None:
    """Makes what follows a function of the seed and the number of threads, and as fast as that allows.

    Raises:
        UserError: TensorFlow runs in this process already, and with another number of threads.
    """
    keep_freed_memory()
    set_to = tf.config.threading.get_intra_op_parallelism_threads()
    if set_to != threads:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
        except RuntimeError as error:  # after its first operation
            if set_to or threads != usable_cores():  # 0 means as many as there are cores
                raise UserError(
                    "TensorFlow already runs with another number of threads in this process: train in one of its own"
                ) from error
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


def keep_freed_memory() -> None:
    """Tells glibc to keep what is freed instead of giving it back to the system.

    A training step allocates and frees arrays of tens of megabytes. By default each comes as fresh pages from the
    kernel, which have to be zeroed first.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        trim_threshold, mmap_max, arena_max = -1, -4, -8  # malloc.h
        mallopt(mmap_max, 0)
        mallopt(trim_threshold, 2**31 - 1)
        mallopt(arena_max, 1)
