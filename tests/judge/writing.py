"""A judge that only writes: killed and run again by test_records.py.

    python -m tests.judge.writing OUT NUMBER [SEED]

It says "judged NAME KATA" when a record is safe, "book" before the gradebook, "done" at the end.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from dojo.judge.gradebook import Run, write_gradebook
from dojo.judge.judged import Judged, TestResult, worst
from dojo.judge.records import Records, record_key
from dojo.judge.verdict import Verdict

KATAS = ("01", "03")
ENDS = (Verdict.PASS, Verdict.FAIL, Verdict.TODO, Verdict.PASS, Verdict.TIMEOUT)


def judge(name: str, kata: str, seed: int) -> Judged:
    """Make up what came of one submission's answer, the same each time but for the clock."""
    rolled = hashlib.sha256(f"{name} {kata} {seed}".encode()).digest()
    tests = tuple(
        TestResult(f"test_{i}", ENDS[byte % 5], "TRACE DIFFERS", [f"{byte} is wrong"], 1.0, i > 4)
        for i, byte in enumerate(rolled[:6])
    )
    seconds = time.perf_counter()
    verdict = worst(t.verdict for t in tests)
    return Judged(name, kata, seed, tests, verdict, seconds, rolled.hex(), ("outer", "inner"))


def main(out: Path, number: int, asked: int | None) -> None:
    """Judge so many submissions of two katas, those that are not recorded yet."""
    keys: dict[tuple[str, str], str] = {}
    with Records(out) as records:
        seed = records.run_seed(asked)
        for name in (f"student {i}" for i in range(number)):
            for kata in KATAS:
                key = record_key(source=name, specs="s", judge="j", seed=seed, layers=["inner"])
                keys[name, kata] = key
                if records.find(name, kata, key) is None:
                    records.add(judge(name, kata, seed), key)
                    print("judged", name, kata, flush=True)
        print("book", flush=True)
        specs = dict.fromkeys(KATAS, "s")
        run = Run(KATAS, seed, ("inner",), specs, "j", "2026-01-01T00:00:00", time.perf_counter())
        write_gradebook(out, records.each(keys), run)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else None)
