"""Sends a frame that claims four gigabytes.

Must get: CRASH
"""

import os


def gradient(x):
    os.write(3, b"\xff" * 8)
    return x * 0.0
