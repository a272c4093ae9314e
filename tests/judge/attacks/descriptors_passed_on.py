"""Puts the output where the channel was.

Must get: CRASH
"""

import os


def gradient(x):
    os.dup2(1, 3)
    while True:
        os.write(3, b"PASSED")
