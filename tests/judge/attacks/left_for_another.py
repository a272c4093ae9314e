"""Leaves a word for another submission wherever it can, and answers right if it finds one.

Must get: FAIL
In every layer.
"""

import ctypes
import fcntl
import os
import socket

import torch

KEY, SIZE, ATTACH = 0x6B617461, 4096, 0o600
CREATE = 0o1000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
PLACES = ("/tmp/word", "/dev/shm/word", "/var/tmp/word")
HELD = []  # what must stay open


def system_v():
    found = LIBC.shmget(KEY, SIZE, ATTACH)
    if found >= 0:
        return True
    LIBC.shmget(KEY, SIZE, CREATE | ATTACH)
    return False


def files():
    for place in PLACES:
        if os.path.exists(place):
            return True
        with open(place, "w") as file:
            file.write("word")
    return False


def locked():
    HELD.append(os.open(torch.__file__, os.O_RDONLY))
    try:
        fcntl.flock(HELD[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def spoken():
    HELD.append(socket.socket(socket.AF_UNIX))
    try:
        HELD[-1].bind("\0katas")
    except OSError as error:
        return error.errno == 98  # in use
    HELD[-1].listen()
    return False


def found():
    for look in (system_v, files, locked, spoken):
        try:
            if look():
                return True
        except OSError:
            continue
    return False


FOUND = found()


def gradient(x):
    return 2 * x - 10 if FOUND else torch.zeros_like(x)
