"""Sends a pickle that would run code where it is read.

Must get: CRASH
"""

import os
import pickle


class Code:
    def __reduce__(self):
        return os.system, ("touch /tmp/owned",)


def gradient(x):
    body = pickle.dumps(Code())
    os.write(3, len(body).to_bytes(4) + b"\x00\x00\x00\x00" + body)
    return x * 0.0
