"""Returns a string of a hundred megabytes.

Must get: FAIL
"""


def gradient(x):
    return "a" * 100_000_000
