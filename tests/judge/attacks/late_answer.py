"""Lets a thread answer a call once more, while the next one waits.

Must get: CRASH
"""

import os
import threading
import time

from dojo.judge.wire import codec

calls = []


def later(x):
    time.sleep(0.3)
    reply = {"names": ("x",), "values": [2 * x - 8], "fault": None, "seen": {}}
    os.write(3, codec.pack(reply, 1))


def gradient(x):
    calls.append(x)
    if len(calls) > 1:
        time.sleep(1000)
    threading.Thread(target=later, args=(x,), daemon=True).start()
    return 2 * x - 10
