"""Sends a frame that claims four gigabytes.

Must get: CRASH
"""

import os

from dojo.judge.wire import codec


def gradient(x):
    os.write(3, codec.HEADER.pack(1, (1 << 32) - 1, (1 << 32) - 1))
    return x * 0.0
