import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is told")
def test_what_is_freed_is_not_fetched_anew():
    """Neither on the main thread nor on another one."""
    program = """
import ctypes, resource, threading
from seq2seq.training.process.allocators import keep_freed_memory
libc, size = ctypes.CDLL(None), 40 << 20
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def fill():
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    libc.free(block)
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
    fill()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
assert faults() > 15_000, "by default every page is new"
keep_freed_memory()
faults()
assert faults() < 1_000
import sys
assert "tensorflow" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
