"""Returns plain data that looks like a tensor on the wire.

Must get: FAIL
"""


def gradient(x):
    return {"tensor": ["cpu", "float64", [2, 2]], "bytes": "\x00" * 32}
