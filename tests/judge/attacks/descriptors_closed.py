"""Closes every descriptor there is.

Must get: CRASH
"""

import os


def gradient(x):
    os.closerange(0, 1024)
    return x * 0.0
