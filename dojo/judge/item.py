"""What pytest runs where submissions are judged: an item for each submission and kata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojo.catalogue import Kata
from dojo.judge.inbox.submissions import Submission
from dojo.judge.result import Result
from dojo.judge.verdict import Verdict


class NotFull(Exception):
    """An answer that does not get full marks; the item's report carries why."""


class SubmissionItem(pytest.Item):
    """One submission's answer to one kata."""

    judged: Result | None = None

    def __init__(
        self,
        *,
        judge: Callable[[SubmissionItem], Result],
        submission: Submission,
        kata: Kata,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self._judge, self.submission, self.own = judge, submission, kata

    def runtest(self) -> None:
        """Judge it."""
        self.judged = self._judge(self)
        if self.judged.verdict is not Verdict.PASS:
            raise NotFull(self.judged.verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any, **__: Any) -> str:
        """Say the verdict in a line, and in full only what the judge itself did wrong."""
        if isinstance(excinfo.value, NotFull):
            return f"{self.submission.name}, kata {self.own.number}: {excinfo.value}"
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the item by its submission."""
        return self.path, None, f"kata {self.own.number}: {self.submission.name}"
