"""Returns numbers and strings of subclasses that agree with everything.

Must get: FAIL
"""


class Number(float):
    def __eq__(self, other):
        return True

    __hash__ = None


def gradient(x):
    return [Number(0.0), {"a": Number(1.0)}]
