"""Starts a program.

Must get: FAIL
"""

import subprocess


def gradient(x):
    return float(subprocess.run(["echo", "1"], capture_output=True, check=True).stdout)
