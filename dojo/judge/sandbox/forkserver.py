"""The zygote seen from the judge: started in its layers, asked for workers, and killed.

Nothing here needs torch, so that judge and zygote can import it at the same time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import socket
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from dojo.judge.sandbox.bubblewrap import command, environment
from dojo.judge.sandbox.readable import readable
from dojo.judge.sandbox.requirements import (
    SandboxBroken,
    SandboxMissing,
    has_landlock,
    refuse_if_missing,
    why_not_started,
)
from dojo.judge.sandbox.seccomp import outer_filter, signal_filter, system_call_filter
from dojo.judge.verdict import Verdict, WorkerGone

START = 120.0  # seconds for importing torch, on a cold disk
TOO_SLOW = (
    f"The sandbox did not start in {START:.0f} seconds, though all it does then is to import "
    "torch: is the disk slow, or the machine full? Try the same command again."
)
ANSWER = 120.0  # seconds for forking, however busy the machine is
AT_ONCE = 1000  # modules in one message
ANSWERS = 64  # bytes of an answer of the zygote's


def ready(descriptor: int, seconds: float = 0.0) -> bool:
    """Wait until there is something to read, or the process of a pidfd has ended."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


class ForkServer:
    """The process that forks workers, begun at once; it is waited for when it is first asked.

    imported: the modules that it was told to import
    Errors: SandboxMissing if this system has not what its layers need; SandboxBroken where it has,
    and the zygote ends all the same.
    """

    def __init__(self, layers: Sequence[str]) -> None:
        self.layers = tuple(layers)
        refuse_if_missing(self.layers)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this
        self._pidfd: int | None = None
        self._failure: SandboxMissing | SandboxBroken | None = None
        self._has_failed = False
        self.imported = set[str]()
        with theirs, tempfile.TemporaryFile() as program:
            given = [theirs.fileno()]
            if "outer" in self.layers:
                program.write(outer_filter())
                program.seek(0)
                given.append(program.fileno())
            self._process = subprocess.Popen(
                command(self.layers, *given),
                env=environment(),
                pass_fds=given,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,  # Ctrl-C is for the judge
                cwd="/",
            )
        inner = "inner" in self.layers
        program = system_call_filter() if inner else signal_filter()
        setup = {
            "readable": readable() if inner and has_landlock() else None,
            "program": base64.b64encode(program).decode(),
        }
        with contextlib.suppress(OSError):  # it died already: said when it is first asked
            self._control.send(json.dumps(setup).encode())

    def ask(
        self, request: dict[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[str, int | None]:
        """Send a request, and return the answer with the descriptor that came along."""
        self.tell(request, descriptors)
        return self.hear()

    def tell(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send a request; `hear` returns its answer, in turn."""
        self._wait_until_ready()
        try:
            self._control.settimeout(ANSWER)
            socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
        except OSError as error:
            raise self._failed(error) from None

    def hear(self) -> tuple[str, int | None]:
        """Return the answer to the request that was first told, with its descriptor."""
        try:
            return self._answer()
        except (OSError, EOFError) as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> WorkerGone:
        """End it: an answer that comes late would be taken for that to the next request."""
        self._has_failed = True
        self._end()
        return WorkerGone(Verdict.GRADER_ERROR, f"The sandbox itself failed: {error}")

    def _answer(self) -> tuple[str, int | None]:
        message, descriptors, _, _ = socket.recv_fds(self._control, ANSWERS, 1)
        if not message:
            raise EOFError("its zygote is gone")
        return message.decode(), descriptors[0] if descriptors else None

    def _wait_until_ready(self) -> None:
        """Wait for the imports; the zygote then has one thread, or a fork could hang."""
        if self._pidfd is not None:
            return
        if self._failure is not None:
            raise self._failure
        self._control.settimeout(START)
        try:
            _, self._pidfd = self._answer()
        except (OSError, EOFError) as error:
            self._end()
            slow = isinstance(error, TimeoutError)
            self._failure = SandboxMissing(TOO_SLOW) if slow else self._why(error)
            raise self._failure from None
        self._refuse_threads()

    def _why(self, error: Exception) -> SandboxMissing | SandboxBroken:
        """Return why it ended before it was ready, by what it said itself."""
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip()
        return why_not_started(said or str(error))

    def bring_in(self, modules: Collection[str]) -> None:
        """Let the zygote import modules, so that they are there in the workers to come."""
        self._wait_until_ready()
        self.imported.update(modules)
        names = list(modules)
        for first in range(0, len(names), AT_ONCE):
            self.tell({"imports": names[first : first + AT_ONCE]})
            self._control.settimeout(START)
            self.hear()
        self._refuse_threads()

    def _refuse_threads(self) -> None:
        if self._status("Threads") != 1:
            raise SandboxMissing("The zygote has more than one thread, so its forks could hang.")

    def address_space(self) -> int:
        """Return the bytes of address space that the zygote has, and each fork begins with."""
        self._wait_until_ready()
        return self._status("VmSize") << 10

    def _status(self, field: str) -> int:
        """Read a number from /proc; a pidfd knows the pid that it has out here."""
        try:
            pid = _field(Path(f"/proc/self/fdinfo/{self._pidfd}"), "Pid")
            return _field(Path(f"/proc/{pid}/status"), field)
        except (OSError, KeyError):
            raise WorkerGone(Verdict.GRADER_ERROR, "The sandbox's zygote is gone.") from None

    def is_gone(self) -> bool:
        """Whether it was ready once and has ended since, or failed to answer."""
        return self._has_failed or (self._pidfd is not None and ready(self._pidfd))

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def hang_up(self) -> None:
        """Close this process's end of the socket, where the zygote is another process's."""
        self._control.close()

    def close(self) -> None:
        """Kill it, and everything in its namespace with it."""
        self._end()
        self._control.close()
        self._said.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


def _field(file: Path, name: str) -> int:
    fields = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
    return int(fields[name].split()[0])
