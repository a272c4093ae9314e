"""Sleeps, and takes no processor time.

Must get: TIMEOUT
"""

import time


def gradient(x):
    time.sleep(1000)
