"""How soon after a save the verdict is on the screen, beside a cold run of the same answer.

    python -m tests.benchmarks.watch_latency --kata 03 --saves 20

Both are timed as a person sees them, in a terminal of 80 columns and 24 lines: from the save to the
verdicts (of a wrong answer the reasons follow), or from the start of the process to pytest's last
line. Each save has its cold run directly before
it, so that a busy machine slows both. What is saved is in turn right, wrong and the stub.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dojo.catalogue import Kata, open_catalogue

from ..processes import until
from ..watch.terminal import CLEAR, Terminal, in_terminal

HOUSE = Path(__file__).parents[2]
END = re.compile(r" in \d+\.\d\ds")  # in pytest's last line
LAST = "q quit"  # of the line below the screen of a watch
STEP = 0.001  # seconds between two looks at the screen


def answers(kata: Kata) -> Iterator[str]:
    """Yield texts to save, without end, no two alike."""
    right = kata.answer_in(HOUSE / "solutions").read_text(encoding="utf-8")
    wrong = right.replace("return ", "return 2 * ", 1)
    stub = kata.stub.read_text(encoding="utf-8")
    for count, text in enumerate(itertools.cycle((right, wrong, stub))):
        yield f"{text}\n# {count}\n"


def seconds_until(what: Callable[[], bool], begun: float) -> float:
    """Return the seconds from a moment until something is so. Errors: AssertionError if never."""
    until(what, step=STEP)
    return time.perf_counter() - begun


def cold(words: Sequence[str]) -> float:
    """Return the seconds of a run of its own, to its last line."""
    begun = time.perf_counter()
    with in_terminal(HOUSE, *words) as terminal:
        return seconds_until(lambda: END.search(terminal.screen()) is not None, begun)


def saved(terminal: Terminal, file: Path, text: str) -> float:
    """Save, and return the seconds until another screen is whole."""
    terminal.screen()
    terminal.shown = ""
    beside = file.with_suffix(".tmp")
    beside.write_text(text, encoding="utf-8")
    begun = time.perf_counter()
    os.replace(beside, file)  # noqa: PTH105 - as an editor does
    return seconds_until(lambda: LAST in terminal.screen() and CLEAR in terminal.shown, begun)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print each pair, and the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--kata", default="03", help="its number (default: 03)")
    parser.add_argument("--saves", type=int, default=20, help="how many (default: 20)")
    asked = parser.parse_args(arguments)
    kata = open_catalogue(HOUSE).katas[asked.kata]
    with tempfile.TemporaryDirectory() as folder:
        file = kata.answer_in(Path(folder))
        file.parent.mkdir()
        texts, words = answers(kata), (f"katas/{kata.number}", "--answers", folder)
        file.write_text(next(texts), encoding="utf-8")
        with in_terminal(HOUSE, *words, "--watch") as terminal:
            terminal.shows("Watching")
            pairs = list(_pairs(terminal, file, itertools.islice(texts, asked.saves), words))
    alone, after = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(save / run for run, save in pairs)
    print(f"median: cold {alone:.2f} s, save {after:.3f} s, save / cold {ratio:.3f}")


def _pairs(
    terminal: Terminal, file: Path, texts: Iterator[str], words: Sequence[str]
) -> Iterator[tuple[float, float]]:
    for text in texts:
        alone = cold(words)
        after = saved(terminal, file, text)
        print(f"cold {alone:.2f} s, save {after:.3f} s", flush=True)
        yield alone, after


if __name__ == "__main__":
    main()
