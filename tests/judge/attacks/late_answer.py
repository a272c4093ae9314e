"""Lets a thread answer the next call, before it is made.

Must get: CRASH
"""

import os
import threading
import time

import torch

from dojo.judge import wire

SEEN = {"changed": [], "shared": [], "attached": False}


def later(x):
    time.sleep(0.2)
    for number in range(20):
        reply = {"id": number, "names": ("x",), "value": 2 * x - 10, "fault": None, "seen": SEEN}
        os.write(3, wire.pack(reply))


def gradient(x):
    threading.Thread(target=later, args=(x,), daemon=True).start()
    time.sleep(0.5)
    return torch.zeros_like(x)
