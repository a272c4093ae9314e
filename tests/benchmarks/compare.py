"""The guard against a step that became slower: two runs, ratio against ratio.

    python -m tests.benchmarks.compare BASE.json [NOW.json]

Each file is what `--benchmark-json` wrote. Without NOW.json a quick run is made first. A row is
worse where our fastest row's ratio to the peer that was the fastest in BASE is now greater, in
every visit, than it was in any visit of BASE, and by more than RUNS. Machines differ, and so do
their moments: the ratio to a peer that ran beside it differs least. Exit status: 1 where a row is
worse.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .table import Entry, Ratio, grouped, loaded, ratio_of

RUNS = 1.1  # two runs of the same code differ by so much where their visits do not
HOUR = 3_600  # seconds: a quick run takes one minute, and many where the machine is busy
HOUSE = Path(__file__).parents[2]
MEASURE = ("-m", "pytest", "tests/benchmarks/test_step_throughput.py", "--benchmark-enable")


@dataclass(frozen=True)
class Pair:
    """One group in both runs."""

    group: str
    base: Ratio
    now: Ratio | None

    @property
    def verdict(self) -> str:
        """Worse, better, as before, or gone: what can be said beyond the spread of the visits."""
        if self.now is None:
            return "gone"
        if self.now.bounds[0] > RUNS * self.base.bounds[1]:
            return "worse"
        return "better" if self.now.bounds[1] * RUNS < self.base.bounds[0] else "as before"


def pairs(base: list[Entry], now: list[Entry]) -> Iterator[Pair]:
    """Compare each group of BASE, by its own fastest peer."""
    there = grouped(now)
    for group, rows in grouped(base).items():
        if (before := ratio_of(rows)) and group in there:
            yield Pair(group, before, ratio_of(there[group], before.peer["implementation"]))


def measured_now() -> list[Entry]:
    """Measure quickly, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "now.json"
        command = [sys.executable, *MEASURE, "--quick", "--benchmark-json", str(file)]
        subprocess.run(command, cwd=HOUSE, check=True, stdout=subprocess.DEVNULL, timeout=HOUR)
        return loaded(file)


def main(files: list[str]) -> int:
    """Print a line a group; return 1 where one is worse, 2 where there is nothing to compare."""
    base = loaded(Path(files[0]))
    now = loaded(Path(files[1])) if len(files) > 1 else measured_now()
    found = list(pairs(base, now))
    for pair in found:
        print(f"{pair.verdict:>9}  {pair.base!s:>20} → {pair.now!s:<20}  {pair.group}")
    worse = [pair for pair in found if pair.verdict == "worse"]
    print(f"{len(worse)} of {len(found)} ratios to a peer got worse by more than their spread")
    return 2 if not found else int(bool(worse))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
