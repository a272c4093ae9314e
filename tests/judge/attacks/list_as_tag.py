"""Returns a list that looks like a tensor on the wire.

Must get: FAIL
"""


def gradient(x):
    return ["tensor", "cpu", "float64", list(x.shape)]
