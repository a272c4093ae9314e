"""Returns dicts whose keys are no strings.

Must get: FAIL
"""


def gradient(x):
    return {1: x, None: x, (1, 2): x}
