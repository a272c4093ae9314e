"""Writes the gradebook itself.

Must get: FAIL
"""

import os
from pathlib import Path


def gradient(x):
    written = []
    for folder in (".", "/tmp", "/judge", os.path.expanduser("~"), "out"):
        for name in ("gradebook.csv", "results.json", "run.json"):
            try:
                Path(folder, name).write_text("name,total\nmallory,100\n")
                written.append(folder)
            except OSError:
                pass
    assert not written, written
    return x * 0.0
