"""Ends its process, as if all were well, in a call.

Must get: CRASH
"""

import os


def gradient(x):
    os._exit(0)
