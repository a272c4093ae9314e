"""Starts threads until there is room for none.

Must get: FAIL
"""

import threading
import time


def gradient(x):
    threading.stack_size(1 << 20)
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
