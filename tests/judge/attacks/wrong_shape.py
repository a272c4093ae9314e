"""Returns right numbers in a shape that broadcasts.

Must get: FAIL
"""


def gradient(x):
    return (2 * x - 10)[None]
