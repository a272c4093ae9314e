"""The end of a run of katas in the terminal: which reports are ours, and what is said of them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from dojo.run import Dojo


class Summary:
    """A plugin of one run: it gives tests their letters, and prints our screen at the end."""

    def __init__(self, config: pytest.Config, dojo: Dojo) -> None:
        self._config, self._dojo = config, dojo

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count what is to do apart from what fails."""
        if _is_ours(report) and report.kata["outcome"] == "to do":
            return "to do", "t", "TO DO"
        return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, None, None]:
        """Say failures in our own words instead of pytest's, unless a traceback was asked for."""
        stats = terminalreporter.stats
        ours = [r for reports in stats.values() for r in reports if _is_ours(r)]
        speak = self._config.getoption("tbstyle") == "auto"
        failed = stats.get("failed", [])
        if speak:  # said below in our own words; the count at the end still needs them
            stats["failed"] = [r for r in failed if not hasattr(r, "kata")]
        result = yield
        if failed:
            stats["failed"] = failed
        if ours or self._dojo.stopped_at:
            self._print(terminalreporter, ours, speak=speak)
        return result

    def _print(self, terminal: Any, ours: list[Any], *, speak: bool) -> None:
        from dojo.answers import quoted
        from dojo.feedback import Feedback
        from dojo.screen import Screen

        config = self._config
        args = [str(a) for a in config.invocation_params.args if not str(a).startswith("--hint")]
        answers = config.getoption("--answers")
        screen = Screen(
            outcomes=[Feedback(**r.kata) for r in ours],
            printed={r.kata["test"]: r.capstdout for r in ours},
            command=" ".join(["pytest", *map(quoted, args)]),
            options=f" --answers {quoted(answers)}" if answers else "",
            hint_level=config.getoption("hint"),
            whole=self._dojo.whole and not _left_out(terminal),
            stopped_at=self._dojo.stopped_at,
        )
        for line in screen.lines(in_detail=speak):
            terminal.write_line(line)
        skipped = [r for r in terminal.stats.get("skipped", []) if "CUDA" in str(r.longrepr)]
        if skipped:
            tests = f"{len(skipped)} test{'s' if len(skipped) > 1 else ''} skipped"
            terminal.write_line("")
            terminal.write_line(f"cuda: no GPU here, {tests} (--require-cuda fails them instead)")


def _is_ours(report: Any) -> bool:
    """Whether we have something to say of a report, and it is no attempt that is made again."""
    return hasattr(report, "kata") and report.outcome != "rerun"


def _left_out(terminal: Any) -> bool:
    """Whether tests were deselected that could have run here."""
    deselected = terminal.stats.get("deselected", [])
    return any(item.get_closest_marker("cuda") is None for item in deselected)
