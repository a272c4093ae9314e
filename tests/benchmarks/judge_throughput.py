"""How fast the judge is: an inbox of right answers, beside one plain run of pytest for each.

    python -m tests.benchmarks.judge_throughput --kata 03 --submissions 200 --judges 1 2

Everything is timed as a grader would: whole processes, from the start of Python to the end, with
reports on the screen and a gradebook. The plain runs are begun before the judged ones and after
them, so that a machine that becomes slower meanwhile slows both.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dojo.catalogue import Kata, open_catalogue

HOUSE = Path(__file__).parents[2]
TITLES = ("submissions", "judges", "seconds", "a second", "x plain", "MiB")


@dataclass(frozen=True)
class Run:
    """One finished process: wall-clock seconds, and the memory of its largest process in MiB."""

    seconds: float
    memory: float


def pytest_run(log: Path, *args: str | Path) -> Run:
    """Run pytest to its end.

    Errors: SystemExit, with what it printed, where not all tests pass.
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *map(str, args)]
    with log.open("w", encoding="utf-8") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=HOUSE, env=env, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"pytest ended with {process.returncode}:\n{log.read_text('utf-8')}")
    return Run(seconds, used.ru_maxrss / 1024)


def fill(inbox: Path, kata: Kata, submissions: int) -> None:
    """Make an inbox of right answers, no two alike."""
    right = kata.answer_in(HOUSE / "solutions").read_text(encoding="utf-8")
    inbox.mkdir()
    for i in range(submissions):
        (inbox / f"student {i:05}.py").write_text(f"{right}\n# {i}\n", encoding="utf-8")


def plain(folder: Path, kata: Kata) -> Run:
    """Practise one right answer, as a learner does."""
    answers = folder / "plain"
    answer = kata.answer_in(answers)
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.write_bytes(kata.answer_in(HOUSE / "solutions").read_bytes())
    return pytest_run(folder / "plain.log", f"katas/{kata.number}", "--answers", answers)


def judged(folder: Path, kata: Kata, submissions: int, judges: int) -> Run:
    """Judge an inbox of so many submissions, so many at once."""
    name = f"{submissions} {judges}"
    inbox, out = folder / f"inbox {name}", folder / f"out {name}"
    fill(inbox, kata, submissions)
    told = ["--submissions", inbox, "--gradebook", out, "--judges", str(judges)]
    run = pytest_run(folder / f"{name}.log", f"katas/{kata.number}", *told)
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as lines:
        totals = [row["total"] for row in csv.DictReader(lines)]
    if totals != ["1.0"] * submissions:
        raise SystemExit(f"{len(totals)} rows, {totals.count('1.0')} of them with full marks")
    return run


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--kata", default="01", help="its number (default: 01)")
    parser.add_argument("--submissions", type=int, nargs="+", default=[200], help="how many")
    parser.add_argument("--judges", type=int, nargs="+", default=[1], help="how many at once")
    parser.add_argument("--plain", type=int, default=3, help="plain runs, before and after each")
    asked = parser.parse_args(arguments)
    kata = open_catalogue(HOUSE).katas[asked.kata]
    print(f"kata {kata.number}, {os.cpu_count()} processors; x plain: how many times as fast")
    print("  ".join(f"{title:>11}" for title in TITLES), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain(folder, kata)  # what it reads is in the system's cache from here on
        single = [plain(folder, kata) for _ in range(asked.plain)]
        for submissions in asked.submissions:
            for judges in asked.judges:
                run = judged(folder, kata, submissions, judges)
                after = [plain(folder, kata) for _ in range(asked.plain)]
                each = statistics.median(r.seconds for r in single + after)
                print(_row(run, submissions, judges, each), flush=True)
                single = after
    last = single[-1]
    print(f"The last plain run took {last.seconds:.2f} s, and {last.memory:.0f} MiB.")


def _row(run: Run, submissions: int, judges: int, each: float) -> str:
    progress = submissions / run.seconds
    cells = (
        *(f"{submissions}", f"{judges}", f"{run.seconds:.1f}", f"{progress:.1f}"),
        *(f"{progress * each:.1f}", f"{run.memory:.0f}"),
    )
    return "  ".join(f"{cell:>11}" for cell in cells)


if __name__ == "__main__":
    main()
