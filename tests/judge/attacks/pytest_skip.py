"""Ends its test by pytest.skip.

Must get: FAIL
"""

import pytest


def gradient(x):
    pytest.skip("all is well")
