"""Raises a type of its own that is called as pytest's are.

Must get: FAIL
"""


class Skipped(BaseException):
    """Named like pytest's outcome."""


Skipped.__module__ = "_pytest.outcomes"


def gradient(x):
    raise Skipped
