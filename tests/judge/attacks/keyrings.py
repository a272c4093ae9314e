"""Keeps something in the kernel's keyrings, which belong to a user, not to a process.

Must get: FAIL
In every layer.
"""

import ctypes
import platform

import torch

ADD, REQUEST, CONTROL = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}.get(
    platform.machine(), (0, 0, 0)
)
USER_KEYRING, GET_ID = -4, 0


def gradient(x):
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (ADD, b"user", b"katas", b"left", 4, USER_KEYRING),
        (REQUEST, b"user", b"katas", None, USER_KEYRING),
        (CONTROL, GET_ID, USER_KEYRING, 1),
    ):
        ctypes.set_errno(0)
        if ADD and libc.syscall(*arguments) >= 0 or ctypes.get_errno() not in (0, 1, 38):
            return 2 * x - 10  # neither forbidden nor unknown
    return torch.zeros_like(x)
