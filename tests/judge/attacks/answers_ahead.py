"""Answers the next call, before it is made, with what it will rightly be.

Must get: CRASH
"""

import os
import time

from dojo.judge.wire import codec


def gradient(x):
    frames = b""
    for number, value in ((1, 2 * x - 10), (2, 2 * x - 8)):
        reply = {"names": ("x",), "values": [value], "fault": None, "seen": {}}
        frames += codec.pack(reply, number)
    os.write(3, frames)
    time.sleep(1000)
