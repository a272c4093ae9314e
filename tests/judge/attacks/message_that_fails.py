"""Raises an exception that cannot be shown.

Must get: FAIL
"""


class Silent(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def gradient(x):
    raise Silent
