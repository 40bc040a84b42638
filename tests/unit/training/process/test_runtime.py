from __future__ import annotations

import subprocess
import sys

import pytest

from seq2seq.training.process import runtime


def test_library_versions():
    assert runtime.library_versions().keys() == {"tensorflow", "keras"}


def test_usable_cores():
    assert runtime.usable_cores() >= 1


def test_prepare_process():
    """In a process of its own, since the settings hold for the whole process."""
    program = """
import tensorflow as tf
from seq2seq.training.process.runtime import prepare_process
draws = []
for _ in range(2):
    assert prepare_process(3, 7) == 2
    draws.append(float(tf.random.normal([])))
assert tf.config.threading.get_intra_op_parallelism_threads() == 1
assert tf.config.threading.get_inter_op_parallelism_threads() == 2
assert tf.config.experimental.get_memory_info("CPU:0")["peak"] > 0, "only the allocator that keeps memory counts it"
assert draws[0] == draws[1]
from tensorflow.python.framework import config
assert config.is_op_determinism_enabled()
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_prepare_process_of_a_tensorflow_that_runs():
    """It keeps its threads: a new run reads batches whole; one that began with shards cannot go on here."""
    program = """
import tensorflow as tf
tf.zeros([1])
from seq2seq.errors import UserError
from seq2seq.training.process.runtime import prepare_process
from seq2seq.machine import usable_cores
assert prepare_process(usable_cores(), 7) == 1
assert prepare_process(usable_cores(), 7, 1) == 1
for threads, shards in ((usable_cores(), 2), (usable_cores() + 1, None)):
    try:
        prepare_process(threads, 7, shards)
    except UserError as error:
        assert "in one of its own" in str(error)
    else:
        raise AssertionError((threads, shards))
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(("threads", "shards"), [(1, 1), (2, 2), (5, 2)])
def test_shards(threads, shards):
    program = f"""
from seq2seq.training.process.runtime import prepare_process
assert prepare_process({threads}, 7) == {shards}
"""
    subprocess.run([sys.executable, "-c", program], check=True)
