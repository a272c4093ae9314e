"""A word to older Pythons: pip would speak of conflicts, or download half a gigabyte first."""

import platform
import sys

from setuptools import setup

# requires-python says it as well, but pip looks at that last
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Gradient katas need Python 3.11 or newer, and this is Python "
        + platform.python_version()
        + ". Where a newer one is installed, type its name: python3.13 -m venv --clear .venv"
    )
setup()
