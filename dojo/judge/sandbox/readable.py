"""What may be read inside the sandbox: libraries, the interpreter, and a few modules of ours.

Both layers go by it: bubblewrap shows nothing else, and Landlock opens nothing else.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

ROOMS = {  # all that a worker knows of this project
    ".": ("__init__", "catalogue", "errors", "paths", "stack"),
    "calling": ("calls", "def_lines", "observing", "pretended_device", "values", "warned"),
    "isolation": ("isolation", "namespaces", "settings", "torch_settings"),
    "opening": ("answers", "python_errors", "reading", "syntax_errors", "unusable"),
    "judge": ("__init__",),
    "judge/inside": ("confinement", "worker", "zygote"),
    "judge/wire": ("codec",),
}
PYTHON = sys.executable
DEVICES = ("/dev/null", "/dev/urandom")
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


def modules() -> list[str]:
    """Return the files of this project that are in the sandbox, as seen from its checkout."""
    rooms = (f"dojo/{room}/__init__.py" for room in ROOMS if room != ".")
    files = (f"dojo/{room}/{name}.py" for room, names in ROOMS.items() for name in names)
    return list(dict.fromkeys(os.path.normpath(file) for file in (*rooms, *files)))


def readable() -> list[str]:
    """Return what a worker may read: libraries, the interpreter and its packages.

    No whole prefix is among them: that of a system's Python is /usr, and a checkout may be in it.
    """
    base = Path(sys.base_prefix)
    own = [base / "lib", base / "lib64", sysconfig.get_path("stdlib"), os.path.realpath(PYTHON)]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    places = map(str, (*SYSTEM, *own, *packages(), *libraries, *DEVICES))
    return [place for place in dict.fromkeys(places) if place and Path(place).exists()]


def packages() -> list[str]:
    """Return the folders of installed packages on this interpreter's path."""
    return [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
