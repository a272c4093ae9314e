"""A process that has torch, waits to be told what to run, and is one run of pytest then.

It runs what `pytest …` would, with the same plugin. What differs is what it says to type next.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import pytest

from dojo.feedback.overtime import Overtime
from dojo.paths import quoted
from dojo.run import DOJO
from dojo.terminal.prompt import Prompt

ENDED = 100  # is added to an exit code of pytest's: answers that end their process choose others
STOPS = "The stop button (interrupt the kernel) ends it."
BEFORE = ("katas/NN", "--answers", "DIR")  # the words that `%%kata` puts before those of its line


class CellPrompt(Prompt):
    """What to type in a cell's first line."""

    def again(self, *options: str) -> str:
        """Return the first line of a cell, with more options."""
        return " ".join([self._first_line(self.words[0]), *options])

    def kata(self, number: str) -> str:
        """Return the first line of a cell of another kata."""
        return f"%%kata {number}"

    def _first_line(self, named: str) -> str:
        number = named.replace("\\", "/").removeprefix("katas/").split("/")[0]
        return " ".join([self.kata(number), *map(quoted, self.words[len(BEFORE) :])])


class InCell:
    """The plugin of a run from a notebook."""

    @pytest.hookimpl(trylast=True)  # after the dojo's own
    def pytest_configure(self, config: pytest.Config) -> None:
        """Let what is to type be the first line of a cell; there is no Ctrl-C either."""
        if (dojo := config.stash.get(DOJO, None)) is not None:
            dojo.prompt = CellPrompt
            overtime = config.pluginmanager.get_plugin("dojo-overtime")
            if isinstance(overtime, Overtime):
                overtime.stops = STOPS


def stand_by() -> int:
    """Import what a run imports, wait for one line of JSON, and run pytest on its words."""
    importlib.import_module("torch")
    line = sys.stdin.readline()
    if not line:
        return 0  # nobody is there any more
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    return ENDED + pytest.main(json.loads(line), plugins=[InCell()])


if __name__ == "__main__":
    try:
        sys.exit(stand_by())
    except KeyboardInterrupt:  # before pytest began
        sys.exit(ENDED + pytest.ExitCode.INTERRUPTED)
