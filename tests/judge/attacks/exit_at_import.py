"""Ends its process, as if all were well, while it is imported.

Must get: CRASH
"""

import os

os._exit(0)
