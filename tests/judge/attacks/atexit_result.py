"""Leaves something to say for the time after its exit.

Must get: CRASH
"""

import atexit
import os
import sys


def gradient(x):
    atexit.register(os.write, 3, b"PASSED " * 9)
    atexit._run_exitfuncs()
    sys.exit(0)
