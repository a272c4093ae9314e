"""Returns right numbers as complex ones.

Must get: FAIL
"""


def gradient(x):
    return (2 * x - 10) + 0j
