"""Starts bubblewrap, the outer layer: what the zygote sees there, and what it is started with."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from dojo.catalogue import HOUSE
from dojo.judge.sandbox.requirements import find_bubblewrap

ROOMS = {  # all that a worker knows of this project
    ".": ("__init__", "catalogue", "errors", "paths", "stack"),
    "calling": ("calls", "def_lines", "observing", "pretended_device", "values", "warned"),
    "isolation": ("isolation", "namespaces", "settings", "torch_settings"),
    "opening": ("answers", "python_errors", "reading", "syntax_errors", "unusable"),
    "judge": ("__init__",),
    "judge/inside": ("confinement", "worker", "zygote"),
    "judge/wire": ("codec",),
}
INSIDE = Path("/judge")  # where these modules are, in there
PYTHON = sys.executable
DEVICES = ("/dev/null", "/dev/urandom")
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
LARGE_PAGES = "/sys/kernel/mm/transparent_hugepage"  # the C library asks there whether it has any
ENVIRONMENT = {
    "HOME": "/tmp",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp",  # torch makes it when it is imported, and /tmp is there
    "LANG": "C.UTF-8",
    "CUDA_VISIBLE_DEVICES": "",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # large pages: cheap to fork, where they are had
    "MALLOC_ARENA_MAX": "2",  # each further one reserves 128 MiB of a thread's address space
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


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
    places = map(str, (*SYSTEM, *own, *_packages(), *libraries, *DEVICES))
    return [place for place in dict.fromkeys(places) if place and Path(place).exists()]


def _packages() -> list[str]:
    return [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]


def command(layers: Sequence[str], descriptor: int) -> list[str]:
    """Return the command line that starts the zygote, its control socket being `descriptor`."""
    own = INSIDE if "outer" in layers else HOUSE
    program = (
        f"import sys; sys.path += {[str(own), *_packages()]!r}; "
        f"from dojo.judge.inside.zygote import main; main({descriptor})"
    )
    # -I: nothing from the environment or the working directory; -S: nobody's .pth file runs
    start = [os.path.realpath(PYTHON), "-I", "-S", "-B", "-X", "utf8", "-c", program]
    return [*_bubblewrap(), *start] if "outer" in layers else start


def environment() -> dict[str, str]:
    """Return all that the zygote's environment holds."""
    libraries = os.environ.get("LD_LIBRARY_PATH")
    return ENVIRONMENT | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


def _bubblewrap() -> list[str]:
    bound = [word for place in readable() for word in ("--ro-bind", place, place)]
    for device in DEVICES:
        at = bound.index(device) - 1
        bound[at] = "--dev-bind"
    for module in modules():
        bound += ["--ro-bind", str(HOUSE / module), str(INSIDE / module)]
    bound += ["--ro-bind-try", LARGE_PAGES, LARGE_PAGES]
    known = [word for name, value in environment().items() for word in ("--setenv", name, value)]
    # no /proc is mounted: what is not there shows neither siblings nor the zygote
    return [
        *(
            find_bubblewrap() or "bwrap",
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ),
        *("--cap-drop", "ALL", "--hostname", "sandbox", "--tmpfs", "/tmp", *known, *bound),
        *("--remount-ro", "/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--"),
    ]
