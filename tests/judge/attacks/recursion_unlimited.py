"""Calls itself without end, through C, with Python's limit lifted.

Must get: CRASH or OUT-OF-MEMORY
"""

import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def gradient(x):
    return Deep().x
