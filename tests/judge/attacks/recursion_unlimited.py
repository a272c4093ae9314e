"""Calls itself without end, through C, with Python's limit lifted.

Since Python 3.12, calls through C have a limit of their own, which raises RecursionError: FAIL.

Must get: CRASH or OUT-OF-MEMORY or FAIL
"""

import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def gradient(x):
    return Deep().x
