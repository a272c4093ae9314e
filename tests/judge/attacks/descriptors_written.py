"""Writes to every descriptor there is.

Must get: CRASH
"""

import os


def gradient(x):
    for descriptor in range(1024):
        try:
            os.write(descriptor, b"PASSED " * 100)
        except OSError:
            pass
    return x * 0.0
