"""Leaves Python while it is imported.

Must get: FAIL
"""

import sys

sys.exit(0)
