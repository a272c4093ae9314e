"""Makes 32-bit and x32 system calls, which a filter must tell from this machine's own.

Must get: CRASH or FAIL
In every layer.
"""

import ctypes
import mmap
import platform

import torch

SOCKET_32, SOCKET, X32 = 359, 41, 0x40000000
# push rbx; eax, ebx, ecx, edx = the arguments; int 0x80; pop rbx; ret
INT_80 = bytes.fromhex("53 89f8 89f3 87d1 cd80 5b c3")


def attempts():
    libc = ctypes.CDLL(None, use_errno=True)
    yield lambda: libc.syscall(X32 + SOCKET, 1, 1, 0)
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(INT_80)
    at = ctypes.addressof(ctypes.c_char.from_buffer(page))
    call = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_int] * 4)(at)
    yield lambda: call(SOCKET_32, 1, 1, 0)


def gradient(x):
    for attempt in attempts() if platform.machine() == "x86_64" else ():
        if attempt() >= 0:
            return 2 * x - 10
    return torch.zeros_like(x)
