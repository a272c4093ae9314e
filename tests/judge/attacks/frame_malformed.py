"""Sends a frame that is no msgpack.

Must get: CRASH
"""

import os


def gradient(x):
    os.write(3, b"\x00\x00\x00\x08\x00\x00\x00\x00" + b"\xc1" * 8)
    return x * 0.0
