"""Corrects its result after it has returned it.

Must get: FAIL
"""

import threading
import time

import torch


def correct(result, x):
    time.sleep(0.01)
    while True:
        result.copy_(2 * x - 10)


def gradient(x):
    result = torch.zeros_like(x)
    threading.Thread(target=correct, args=(result, x.clone()), daemon=True).start()
    return result
