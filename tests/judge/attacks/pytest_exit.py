"""Ends its test by pytest.exit.

Must get: FAIL
"""

import pytest


def gradient(x):
    pytest.exit("all is well")
