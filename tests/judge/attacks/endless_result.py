"""Returns a small list that unfolds to a billion of billions.

Must get: TIMEOUT
"""


def gradient(x):
    value = [1.0]
    for _ in range(30):
        value = [value] * 1000
    return value
