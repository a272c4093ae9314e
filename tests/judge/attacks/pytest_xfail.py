"""Ends its test by pytest.xfail.

Must get: FAIL
"""

import pytest


def gradient(x):
    pytest.xfail("all is well")
