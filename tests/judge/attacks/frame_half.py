"""Sends half a frame, and then nothing.

Must get: TIMEOUT
"""

import os
import time


def gradient(x):
    os.write(3, b"\x00\x00\x10\x00\x00\x00\x00\x00" + b"\x90" * 8)
    time.sleep(1000)
