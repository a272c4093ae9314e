"""Sends a pickle that would run code where it is read.

Must get: CRASH
"""

import os
import pickle

from dojo.judge.wire import codec


class Code:
    def __reduce__(self):
        return os.system, ("touch /tmp/owned",)


def gradient(x):
    body = pickle.dumps(Code())
    os.write(3, codec.HEADER.pack(1, len(body), 0) + body)
    return x * 0.0
