"""Returns a list nested a hundred thousand deep.

Must get: FAIL
"""


def gradient(x):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
