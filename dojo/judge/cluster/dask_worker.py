"""What a Dask worker does: it asks a judge of its own, and passes on what that says.

The judge is a process (`judge_process`), one for each thread that the Dask worker has. So a sandbox
lives as long as its judge, and hangs on no thread of Dask's; collecting the specs does nothing to
the worker; torch is not even imported here; and if a judge dies, Dask sees an error, not the loss
of a worker that others' answers were waiting on.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import queue
import subprocess
import sys

from dojo.catalogue import HOUSE


class JudgeLost(RuntimeError):
    """The judge of a Dask worker ended in the middle, alone or with its worker."""

    def __init__(self, message: str, *, with_its_worker: bool = False) -> None:
        super().__init__(message)
        self.with_its_worker = with_its_worker


class JudgeProcess:
    """A judge in a process of its own, which a thread of a Dask worker asks."""

    def __init__(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dojo.judge.cluster.judge_process"],
            cwd=HOUSE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the Dask worker
        )

    def ask(self, request: str) -> str:
        """Send a line, and return the line that comes back. Errors: JudgeLost."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(request, file=self._process.stdin, flush=True)
            if (reply := self._process.stdout.readline()).endswith("\n"):
                return reply
        self.close()
        raise JudgeLost(f"a judge on {platform.node()} ended. Why is in the Dask worker's log.")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


IDLE = queue.SimpleQueue[JudgeProcess]()  # of this Dask worker


def judge_here(request: str) -> str:
    """Have a request answered on this Dask worker: this is the task that Dask runs.

    A judge that was here before may be of another version, or its sandbox broken since: before a
    trouble is reported, a fresh one is asked. Errors: JudgeLost if that one dies.
    """
    while True:
        try:
            process, fresh = IDLE.get_nowait(), False
        except queue.Empty:
            process, fresh = JudgeProcess(), True
        try:
            reply = process.ask(request)
        except JudgeLost:
            if fresh:
                raise
            continue
        if "trouble" not in json.loads(reply):
            IDLE.put(process)
            return reply
        process.close()
        if fresh:
            return reply
