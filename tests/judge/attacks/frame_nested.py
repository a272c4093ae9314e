"""Sends a frame that would unfold to gigabytes of lists.

Must get: CRASH
"""

import os


def gradient(x):
    inside = b"\xdd\x00\x03\xff\xff" * 500
    body = inside + b"\x90" * (1 << 17)
    os.write(3, len(body).to_bytes(4) + b"\x00\x00\x00\x00" + body)
    return x * 0.0
