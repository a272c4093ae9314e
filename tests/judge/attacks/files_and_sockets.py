"""Reaches for the network, the disk, and other processes' sockets.

Must get: FAIL
In every layer.
"""

import os
import socket

import torch


def attempts():
    yield lambda: socket.create_connection(("127.0.0.1", 22), timeout=0.1)
    yield lambda: socket.socketpair()
    yield lambda: socket.socket(socket.AF_UNIX).bind("/tmp/s")
    yield lambda: os.mkfifo("/tmp/fifo")
    yield lambda: os.symlink("/etc/passwd", "/tmp/link")
    yield lambda: os.memfd_create("memory")
    yield lambda: os.open("/dev/shm/memory", os.O_CREAT | os.O_RDWR)
    yield lambda: open("/etc/passwd").read()


def gradient(x):
    for attempt in attempts():
        try:
            attempt()
        except OSError:
            continue
        return 2 * x - 10  # something got through: let the judge see a pass
    return torch.zeros_like(x)
