"""Returns an object that equals whatever it is compared with.

Must get: FAIL
"""


class Equal:
    shape = dtype = device = property(lambda self: self)

    def __eq__(self, other):
        return True

    __hash__ = None

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __sub__(self, other):
        return 0.0


def gradient(x):
    return Equal()
