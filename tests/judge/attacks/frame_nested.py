"""Sends a frame that would unfold to gigabytes of lists.

Must get: CRASH
"""

import os

from dojo.judge.wire import codec


def gradient(x):
    inside = b"\xdd\x00\x03\xff\xff" * 500
    body = inside + b"\x90" * (1 << 17)
    os.write(3, codec.HEADER.pack(1, len(body), 0) + body)
    return x * 0.0
