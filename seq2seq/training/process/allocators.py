"""Keeping freed memory for the next update. It imports no TensorFlow, which reads its options when it starts.

An update allocates and frees arrays of tens of megabytes. By default each comes as fresh pages from the kernel,
which it has to zero first.
"""

import ctypes
import os
import platform


def keep_freed_memory() -> None:
    """Has this process keep the memory that an update frees, for the next one.

    TensorFlow's own allocator reads variables of the environment when it starts; those that the user has set stay as
    they are. The buffers in which its matrix products pack their factors come from the C library.
    """
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    if hasattr(os, "sysconf"):
        megabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
        os.environ.setdefault("TF_CPU_BFC_MEM_LIMIT_IN_MB", str(megabytes))
    keep_in_c_library()


def keep_in_c_library() -> None:
    """Has glibc's malloc keep freed memory; other C libraries have no such options."""
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        trim_threshold, mmap_max, arena_max = -1, -4, -8  # malloc.h
        for parameter, value in ((mmap_max, 0), (trim_threshold, 2**31 - 1), (arena_max, 1)):
            mallopt(parameter, value)
