"""Calls itself without end.

Must get: FAIL
"""


def gradient(x):
    return gradient(x)
