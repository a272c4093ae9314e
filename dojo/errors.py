"""What can be said of an answer: not written yet, or wrong and in which way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dojo.stack import Line, told

if TYPE_CHECKING:
    from torch import Tensor


class NotWritten(pytest.fail.Exception):
    """A function that still is the stub: to do, not wrong.

    Built on pytest's own failure, which `pytest.raises` never takes for the error it waits for
    (a stub raises NotImplementedError, and that is a RuntimeError).
    """

    def __init__(
        self, function: str, path: Path, line: int | None, remedy: Sequence[str] = ()
    ) -> None:
        super().__init__(f"{function} is not written yet: {path}", pytrace=False)
        self.function, self.path, self.line, self.remedy = function, path, line, remedy


class TookTooLong(pytest.fail.Exception):
    """The end of a test that took longer than pytest-timeout gives it.

    Built on pytest's own failure, which no `except Exception` in an answer's loop takes.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It took longer than {seconds:g} s (--timeout).", pytrace=False)
        self.seconds = seconds

    def told(self, lines: list[Line]) -> list[str]:
        """Say it, with the answer's lines that were running, the outermost first, if any were."""
        if not lines:
            return [str(self)]
        return [
            f"It took longer than {self.seconds:g} s (--timeout): look for a loop that does not "
            "end.",
            "",
            told(lines),
            f"    {lines[0].text}",
        ]


class Unreachable(RuntimeError):
    """What an answer in a sandbox raises where it cannot be asked: an explanation ends there."""


class TimeIsUp(BaseException):
    """What ends a loop of an answer's that runs only because its failure is to be explained."""


NOT_RIGHT_YET = "NOT RIGHT YET"  # the heading of a claim that is not about numbers, but needs them


class Wrong(AssertionError):
    """A claim that the answer does not meet.

    `heading` names the kind in two or three words, `body` is what a learner reads, `remedy` what to
    type, and `by_value` tells whether numbers differ, so that a known mistake can be looked for;
    `compared` is what was compared of the answer, in float64, to find the call that it came from,
    `differing` the first row of it that differs, since rows may come from several calls;
    `function` is the one that is wrong, where it is wrong before any call of it.
    """

    def __init__(
        self,
        heading: str,
        body: Sequence[str],
        *,
        remedy: Sequence[str] = (),
        by_value: bool = False,
        compared: Tensor | None = None,
        differing: Tensor | None = None,
        function: str = "",
    ) -> None:
        super().__init__("\n".join([heading, *body]))
        self.heading, self.body, self.by_value = heading, list(body), by_value
        self.compared, self.differing = compared, differing
        self.remedy, self.function = list(remedy), function

    def headed(self, heading: str) -> Wrong:
        """Return the same claim under another heading."""
        return Wrong(
            heading,
            self.body,
            remedy=self.remedy,
            by_value=self.by_value,
            compared=self.compared,
            differing=self.differing,
            function=self.function,
        )
