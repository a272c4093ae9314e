"""Prints without end.

Must get: TIMEOUT
"""


def gradient(x):
    while True:
        print("nothing to see here" * 1000)
