"""Returns lone surrogates, escapes and marks of direction.

Must get: FAIL
"""


def gradient(x):
    return "\ud800\x1b[2J\u202e=cmd|calc\x00"
