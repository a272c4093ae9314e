"""Leaves Python in a call.

Must get: FAIL
"""

import sys


def gradient(x):
    sys.exit(0)
