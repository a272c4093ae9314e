"""Returns a list that holds itself.

Must get: FAIL
"""


def gradient(x):
    value = []
    value.append(value)
    return value
