"""Reads where there is no memory.

Must get: CRASH
"""

import ctypes


def gradient(x):
    return ctypes.string_at(0)
