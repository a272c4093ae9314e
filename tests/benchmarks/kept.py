"""How many bytes each further step keeps: counted in a process of its own, never while timing.

There all of Python's objects come from malloc, as tensors, graphs and arrays do, and malloc is
asked what is in use whenever a function returns. The most that was in use in a run of 2n steps,
less the same for n steps, is what n steps keep: what stays the same cancels.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import IO, Any

from ..processes import PATIENCE
from .cases import CHECKED, MEASURED, Case, build
from .registry import all_rows
from .rows import ITERATED, JUMPS, MATRIX, PRODUCT, Row

FEW, MANY = 80, 10_000  # steps: of a loop, and of what has none
OFTEN = 500  # samples, after which only every second is taken, and so on
HOUSE = Path(__file__).parent.parent.parent


class Malloc(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def in_use() -> Callable[[], int]:
    """Return the function that says how many bytes are in use.

    Errors: AttributeError where malloc is not glibc's.
    """
    info = ctypes.CDLL(None).mallinfo2
    info.restype = Malloc

    def count() -> int:
        told = info()
        return int(told.uordblks) + int(told.hblkhd)

    return count


def in_use_by(case: Case, row: Row, steps: int, count: Callable[[], int]) -> tuple[int, int]:
    """Return the most bytes in use beyond those before, at any return, and those of the result.

    Of many returns only some are looked at, and always the last, when the path is whole.
    """
    call = row.make(case, steps).call
    call()  # so that what is made once is there
    gc.collect()
    sleep(0.02)  # XLA gives memory back a little later
    before = most = count()
    here, seen, every = sys._getframe(), 0, 1

    def outermost(frame: Any) -> bool:
        return frame.f_back is here or (frame.f_back is not None and frame.f_back.f_back is here)

    def look(frame: Any, event: str, _: Any) -> None:
        nonlocal most, seen, every
        if not event.endswith("return"):
            return
        seen += 1
        if seen % every == 0 or (event == "return" and outermost(frame)):
            most = max(most, count())
        if seen == OFTEN * every:
            every *= 2

    sys.setprofile(look)
    try:
        result = call()
    finally:
        sys.setprofile(None)
    held = count()
    del result
    return max(most, held) - before, held - before


def on_cuda(case: Case, row: Row, steps: int) -> int:
    """Return the most bytes that the GPU held beyond those before."""
    import torch

    call = row.make(case, steps).call
    call()
    gc.collect()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = call()
    del result
    return torch.cuda.max_memory_allocated() - before


def kept(case: Case, row: Row, count: Callable[[], int]) -> float:
    """Return the bytes that each further step keeps; where there is no trace, one evaluation."""

    def measured(steps: int) -> tuple[int, int]:
        most, held = in_use_by(case, row, steps, count)
        more = on_cuda(case, row, steps) if case.device == "cuda" else 0
        return most + more, held + more

    if row.kind in (*JUMPS, MATRIX, PRODUCT):
        return float(measured(1)[0])
    if row.kind == ITERATED and not row.compiled:
        few = min(FEW, case.size.steps // 2)
    else:  # so many that what a closed form makes beside its trace is little of it
        cost = case.size.scale if row.kind == ITERATED else case.size.weights
        few = min(MANY, max(case.size.steps // 2, 10_000_000 // cost))
    growth = (
        after - before for after, before in zip(measured(2 * few), measured(few), strict=True)
    )
    return max(0.0, *growth) / few


class Keeper:
    """The process that counts: it is asked about one row at a time, and sleeps otherwise."""

    def __init__(self, answers: Path | None) -> None:
        tuned = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, *([str(answers)] if answers else [])],
            cwd=HOUSE,
            env={**os.environ, **tuned},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, size: str, row: str, device: str) -> float | None:
        """Return the bytes per step of a row; None where they cannot be counted."""
        asked, answered = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(json.dumps([size, row, device]) + "\n")
        asked.flush()
        line = answered.readline()
        return json.loads(line) if line else None

    def close(self) -> None:
        """Let the process go."""
        self.process.communicate(timeout=PATIENCE)


def serve(answers: Path | None, out: IO[str]) -> None:
    """Answer each line of the input with the bytes per step, or null."""
    import torch

    torch.set_num_threads(1)
    sizes = {size.id: size for size in MEASURED + CHECKED}
    rows = {row.id: row for row in all_rows(answers)}
    try:
        count = in_use()
    except AttributeError:
        count = None
    gc.freeze()  # what is imported need not be searched each time
    for line in sys.stdin:
        size, row, device = json.loads(line)
        bytes_a_step = count and kept(build(sizes[size], device), rows[row], count)
        print(json.dumps(bytes_a_step), file=out, flush=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    real, sys.stdout = sys.stdout, sys.stderr  # what a learner's code prints is no answer
    serve(folder, real)
