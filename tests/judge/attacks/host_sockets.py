"""Reaches for the machine that this one is a guest of, and for the kernel, through sockets.

Must get: FAIL
In every layer.
"""

import socket

import torch

UNIX, NETLINK, PACKET, ALG, VSOCK = 1, 16, 17, 38, 40  # vsock knows no network namespace


def attempts():
    for family in (VSOCK, ALG, NETLINK, PACKET, UNIX):
        for kind in (socket.SOCK_STREAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            yield lambda: socket.socket(family, kind)
    yield lambda: socket.socketpair()


def gradient(x):
    for attempt in attempts():
        try:
            attempt()
        except OSError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
