"""A judge that only writes: killed and run again by test_records.py.

It says "judged NAME KATA" when a record is safe, "book" before the gradebook, "done" at the end.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from dojo.judge.reports.gradebook import Run, write_gradebook
from dojo.judge.reports.records import Records, record_key
from dojo.judge.result import Result, TestResult
from dojo.judge.verdict import Verdict, worst

KATAS = ("01", "03")
ENDS = (Verdict.PASS, Verdict.FAIL, Verdict.TODO, Verdict.PASS, Verdict.TIMEOUT)


def judge(name: str, kata: str, seed: int) -> Result:
    """Make up what came of one submission's answer, the same each time but for the clock."""
    rolled = hashlib.sha256(f"{name} {kata} {seed}".encode()).digest()
    tests = tuple(
        TestResult(f"test_{i}", ENDS[byte % 5], "TRACE DIFFERS", [f"{byte} is wrong"], 1.0, i > 4)
        for i, byte in enumerate(rolled[:6])
    )
    seconds = time.perf_counter()
    verdict = worst(t.verdict for t in tests)
    return Result(name, kata, seed, tests, verdict, seconds, rolled.hex(), ("outer", "inner"))


def end_after(files: int) -> None:
    """Let this process be killed when one more file than so many is to take its name."""
    replace, count = os.replace, itertools.count()

    def counted(part: Path, whole: Path) -> None:
        if next(count) == files:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(part, whole)

    os.replace = counted  # type: ignore[assignment]


def main(out: Path, number: int, seed: int | None, most: int | None) -> None:
    """Judge so many submissions of two katas, those that are not recorded yet.

    most: after so many records it waits to be killed
    """
    left = itertools.count(most or sys.maxsize, -1)
    keys: dict[tuple[str, str], str] = {}
    with Records(out) as records:
        seed = records.run_seed(seed)
        for name in (f"student {i}" for i in range(number)):
            for kata in KATAS:
                key = record_key(source=name, specs="s", judge="j", layers=["inner"])
                keys[name, kata] = key
                if records.find(name, kata, key) is None:
                    records.add(judge(name, kata, seed), key)
                    print("judged", name, kata, flush=True)
                    if next(left) == 1:
                        signal.pause()
        print("book", flush=True)
        specs = dict.fromkeys(KATAS, "s")
        run = Run(KATAS, seed, ("inner",), specs, "j", "2026-01-01T00:00:00", time.perf_counter())
        write_gradebook(out, records.each(keys), run)
        records.end_run()
    print("done", flush=True)
