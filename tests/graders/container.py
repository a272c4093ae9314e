"""A place like a platform's container: its own root file system, and no namespaces to be had."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from dojo.judge.sandbox.requirements import find_bubblewrap

from ..conftest import NO_SANDBOX
from ..processes import PATIENCE, Finished

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")


@dataclass(frozen=True)
class Container:
    """Runs programs where the folders in `root` are those in `/`; `katas` is a checkout there."""

    root: Path
    katas: str

    def run(self, *command: str, landlock: bool = True) -> Finished:
        """Run a command in there; without Landlock, as on a kernel that does not have it."""
        (self.inside(self.katas) / ".venv").mkdir(exist_ok=True)
        bubblewrap = find_bubblewrap()
        if bubblewrap is None:
            pytest.skip(f"{NO_SANDBOX}bubblewrap is missing.")
        places = [*(p for p in SYSTEM if Path(p).exists()), sys.base_prefix]
        words = [bubblewrap, "--die-with-parent", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin"]
        words += ["--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc"]
        words += ["--unshare-net", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev"]
        words += [word for place in places for word in ("--ro-bind", place, place)]
        words += ["--tmpfs", "/tmp"]
        words += [w for own in self.root.iterdir() for w in ("--bind", str(own), f"/{own.name}")]
        words += ["--ro-bind", sys.prefix, f"{self.katas}/.venv"]
        with tempfile.TemporaryFile() as program:
            if not landlock:
                program.write(_no_landlock())
                program.seek(0)
                words += ["--seccomp", str(program.fileno())]
            done = subprocess.run(
                [*words, "--", *command],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
                pass_fds=[program.fileno()],
            )
        if done.stderr.startswith("bwrap:"):
            pytest.skip(NO_SANDBOX + done.stderr.strip())
        return done

    def inside(self, path: str) -> Path:
        """Return where a path of the container is on this machine."""
        return self.root / path.lstrip("/")

    def hand_in(self, folder: str, **files: str) -> None:
        """Put a submission in there, in place of the last: its files by name, without ending."""
        to = self.inside(folder)
        to.mkdir(parents=True, exist_ok=True)
        for old in to.iterdir():
            old.unlink()
        for name, text in files.items():
            (to / f"{name}.py").write_text(text, encoding="utf-8")


def _no_landlock() -> bytes:
    """Return a BPF program under which the kernel seems not to know Landlock."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"):
        rules.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
