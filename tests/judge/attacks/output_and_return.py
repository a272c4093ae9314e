"""Prints two hundred megabytes, terminal escapes among them.

Must get: FAIL
"""

import os


def gradient(x):
    for _ in range(200):
        os.write(1, b"\x1b[2J\x1b]0;owned\x07" * 50_000)
    return x * 0.0
