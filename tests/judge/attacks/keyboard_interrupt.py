"""Pretends that the grader pressed Ctrl-C.

Must get: FAIL
"""


def gradient(x):
    raise KeyboardInterrupt
