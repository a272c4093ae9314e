"""Makes memory that others could have a part in, or could measure, by every way there is.

Must get: FAIL
In every layer.
"""

import ctypes
import mmap
import os

import torch

PRIVATE, CREATE = 0, 0o1600
MERGEABLE, PAGEOUT = 12, 21  # the kernel merges equal pages of all; drops pages that all read


def refused(result):
    if result < 0:
        raise PermissionError


def attempts():
    libc = ctypes.CDLL(None, use_errno=True)
    page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    file = os.open(torch.__file__, os.O_RDONLY)
    resident = ctypes.create_string_buffer(1)
    at = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    yield lambda: os.memfd_create("left")
    yield lambda: refused(libc.shmget(PRIVATE, 4096, CREATE))
    yield lambda: refused(libc.semget(PRIVATE, 1, CREATE))
    yield lambda: refused(libc.msgget(PRIVATE, CREATE))
    yield lambda: refused(libc.shm_open(b"/left", os.O_CREAT | os.O_RDWR, 0o600))
    yield lambda: refused(libc.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o600, None))
    yield lambda: refused(libc.madvise(at, mmap.PAGESIZE, MERGEABLE))
    yield lambda: refused(libc.madvise(at, mmap.PAGESIZE, PAGEOUT))
    yield lambda: refused(libc.mincore(at, mmap.PAGESIZE, resident))
    yield lambda: os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def gradient(x):
    for attempt in attempts():
        try:
            attempt()
        except OSError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
