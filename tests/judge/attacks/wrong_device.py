"""Returns a tensor without values.

Must get: FAIL
"""


def gradient(x):
    return x.to("meta")
