"""Returns an integer of a million digits.

Must get: FAIL
"""


def gradient(x):
    return 1 << 3_000_000
