"""Starts bubblewrap, the outer layer: what the zygote sees there, and what it is started with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dojo.catalogue import HOUSE
from dojo.judge.sandbox.readable import DEVICES, PYTHON, modules, packages, readable
from dojo.judge.sandbox.requirements import find_bubblewrap

INSIDE = Path("/judge")  # where these modules are, in there
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


def command(layers: Sequence[str], descriptor: int, program: int | None = None) -> list[str]:
    """Return the command line that starts the zygote, its control socket being `descriptor`.

    program: a descriptor of the outer layer's BPF program
    """
    own = INSIDE if "outer" in layers else HOUSE
    text = (
        f"import gc, sys; gc.disable(); sys.path += {[str(own), *packages()]!r}; "
        f"from dojo.judge.inside.zygote import main; main({descriptor})"
    )
    # gc: what is imported stays, and to look through it is a tenth of the time
    # -I: nothing from the environment or the working directory; -S: nobody's .pth file runs
    start = [os.path.realpath(PYTHON), "-I", "-S", "-B", "-X", "utf8", "-c", text]
    if "outer" not in layers:
        return start
    barred = [] if program is None else ["--seccomp", str(program)]
    return [*_bubblewrap(), *barred, "--", *start]


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
        *("--remount-ro", "/tmp", "--remount-ro", "/", "--chdir", "/tmp"),
    ]
