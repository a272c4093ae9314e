"""The end of a run of katas in the terminal: which reports are ours, and what is said of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest

from dojo.catalogue import BESIDE
from dojo.feedback.outcome import Feedback, carried_by
from dojo.paths import typed
from dojo.run import Dojo, kata_of
from dojo.terminal.capabilities import encoding_of_screen, legible, letters, size_of_screen

FAILED = "failed", "error"  # pytest's names for the tests whose tracebacks it shows
YELLOW = {"yellow": True}
STATUS = {"done": ("passed", "PASSED"), "wrong": ("failed", "FAILED")}
CRASHED = ["The process that ran this test ended in the middle: does it call os._exit?"]
ERROR = re.compile(r"[\w.]+(Error|Exception|Warning|Exit)\b")
VERDICTS, REASONS = "\x1everdicts\x1e", "\x1ereasons\x1e"  # begin the two screens of a watched run
NEEDS_CUDA = "skipped", "", "SKIPPED"  # no letter: half of them would say nothing else
Status = tuple[str, str, str | tuple[str, dict[str, bool]]]


class Summary:
    """A plugin of one run: it gives tests their letters, and prints our screen at the end."""

    def __init__(self, config: pytest.Config, dojo: Dojo) -> None:
        self._config, self._dojo = config, dojo
        self._encoding = encoding_of_screen()
        self._letters = letters(self._encoding)
        self._due = Counter[str]()  # tests of each kata that are to run
        self._left_out = bool(config.getoption("lf", False))  # it drops tests without a word

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what is to run."""
        katas = map(kata_of, session.items)
        self._due.update(kata.number for kata in katas if kata is not None)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note whether tests were deselected that could have run here."""
        self._left_out |= any(item.get_closest_marker("cuda") is None for item in items)

    def pytest_sessionfinish(self) -> None:
        """In a process of pytest-xdist, hand on what was counted."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["katas"] = [dict(self._due), self._left_out]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a process of pytest-xdist has counted; each has collected the same."""
        due, left_out = getattr(node, "workeroutput", {}).get("katas", [{}, True])
        self._due |= Counter(due)
        self._left_out |= left_out

    def pytest_report_teststatus(self, report: pytest.TestReport) -> Status | None:
        """Give each test of a kata one letter, and none to what needs a GPU."""
        if _needs_cuda(report):
            return NEEDS_CUDA
        said = _said_of(report)
        outcome = said.outcome if said is not None else None
        if outcome is None or (outcome == "done" and not report.passed):
            return None
        if outcome == "broken":
            return "failed", "E", "COULD NOT BE RUN"
        letter = self._letters[outcome]
        if outcome == "to do":
            return outcome, letter, ("TO DO", YELLOW)
        category, word = STATUS[outcome]
        return category, letter, word

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, None, None]:
        """Say failures in our own words instead of pytest's, unless a traceback was asked for."""
        stats = terminalreporter.stats
        ours = self._outcomes(stats)
        speak = self._config.getoption("tbstyle") == "auto"
        failed = {key: stats[key] for key in FAILED if key in stats}
        if speak:  # said below in our own words; the count at the end still needs them
            for key, reports in failed.items():
                stats[key] = [r for r in reports if self._number(r) is None]
        result = yield
        stats.update(failed)
        if ours and self._dojo.explanations:
            terminalreporter.write(VERDICTS)
            self._print(terminalreporter, ours, speak=speak)
            terminalreporter.write(REASONS)
            terminalreporter.flush()
            for explain in self._dojo.explanations:
                explain()
            ours = self._outcomes(stats)
        if ours or self._dojo.stopped_at:
            self._print(terminalreporter, ours, speak=speak)
        return result

    def _outcomes(self, stats: dict[str, list[Any]]) -> list[Feedback]:
        """Return what came of each test of a kata; what nothing is known of could not be run."""
        reports = [r for group in stats.values() for r in group if isinstance(r, pytest.TestReport)]
        reports += [r for r in stats.get("error", []) if isinstance(r, pytest.CollectReport)]
        found = [*self._lost(), *filter(None, map(_said_of, reports))]
        for report in reports:
            number = self._number(report)
            if number and report.outcome == "failed" and carried_by(report) is None:
                found.append(self._unexplained(number, report))
        return found

    def _lost(self) -> Iterator[Feedback]:
        """Yield an outcome for each kata that was to run and has no spec: the solution is there."""
        catalogue, here = self._dojo.catalogue, self._config.invocation_params.dir
        asked = [(here / str(arg).split("::")[0]).resolve() for arg in self._config.args]
        for solution in sorted(catalogue.solutions.glob("[0-9][0-9]/*.py")):
            folder, name = catalogue.root / "katas" / solution.parent.name, solution.stem
            if folder.name in catalogue.katas or solution.name in BESIDE:
                continue
            if any(folder.resolve().is_relative_to(path) for path in asked):
                lost, title = f"test_{name}.py", name.replace("_", " ")
                yield Feedback(folder.name, title, lost, "broken", body=["The file is not there."])

    def _unexplained(self, number: str, report: Any) -> Feedback:
        """Return the outcome of a test that failed outside of an answer, such as in a fixture."""
        reason = _reason(str(report.longrepr))
        test = report.nodeid.rsplit("/", 1)[-1].split("::")[-1]
        title = self._dojo.catalogue.katas[number].title
        if "crashed while running" in reason:  # the answer took its process of xdist with it
            return Feedback(number, title, test, "wrong", heading="CRASHED", body=CRASHED)
        return Feedback(number, title, test, "broken", heading="COULD NOT BE RUN", body=[reason])

    def _number(self, report: Any) -> str | None:
        """Return which kata a report is of, None if it is of none."""
        path = self._config.rootpath / str(getattr(report, "nodeid", "")).split("::")[0]
        kata = self._dojo.catalogue.kata_of(path)
        return kata.number if kata is not None else None

    def _whole(self, stats: dict[str, list[Any]]) -> bool:
        """Whether every test of the katas that were named was to run, and did, or needs a GPU."""
        if self._left_out or not self._dojo.whole:
            return False
        reports = [r for group in stats.values() for r in group]
        ran = {(self._number(r), r.nodeid) for r in reports if _said_of(r) or _needs_cuda(r)}
        seen = Counter(number for number, _ in ran)
        return all(seen[number] >= due for number, due in self._due.items())

    def _print(self, terminal: Any, outcomes: list[Feedback], *, speak: bool) -> None:
        from dojo.feedback.screen import Screen

        config, dojo = self._config, self._dojo
        words = map(str, config.invocation_params.args)
        args = [word for word in words if not word.startswith(("--hint", "--watched"))]
        reports = [r for group in terminal.stats.values() for r in group]
        screen = Screen(
            outcomes=outcomes,
            printed={said.test: r.capstdout for r in reports if (said := _said_of(r))},
            prompt=dojo.prompt(
                dojo.catalogue,
                args,
                config.getoption("--answers") or "",
                watched=config.getoption("--watched") is not None,
            ),
            hint_level=config.getoption("hint"),
            whole=self._whole(terminal.stats),
            in_detail=speak,
            verbose=config.get_verbosity() > 0,
            reference=dojo.answers == dojo.catalogue.solutions,
            skipped=sum(map(_needs_cuda, reports)),
            stopped_at=dojo.stopped_at,
            pictures=dojo.pictures,
            notebooks=[said for number in self._due if (said := self._of_notebook(number))],
        )
        columns, lines = size_of_screen()
        if config.get_verbosity() < 0:  # where pytest itself leaves no line between
            terminal.write_line("")
            lines -= 1
        for line in screen.lines(lines, columns):
            terminal.write_line(legible(line, self._encoding))

    def _of_notebook(self, number: str) -> str:
        """Say what of a notebook is the answer, or that one is not read; "" where there is none."""
        kata = self._dojo.catalogue.katas[number]
        path, plain = self._dojo.answer_path(kata), kata.answer_in(self._dojo.answers)
        if path != plain:
            from dojo.opening.notebook import said_of

            return said_of(path)
        beside = plain.with_suffix(".ipynb")
        if not beside.is_file():
            return ""
        return f"{typed(beside)} is not read, for {plain.name} is there too."


def _reason(traceback: str) -> str:
    """Return what pytest's own words about a failure come to: the error, else their last line."""
    lines = [line for line in traceback.splitlines() if line.strip()]
    told = [line[1:].strip() for line in lines if line.startswith("E ")]
    errors = [line for line in told if ERROR.match(line)]
    return [*errors, *told, *(line.strip() for line in reversed(lines)), "no reason is known"][0]


def _said_of(report: Any) -> Feedback | None:
    """Return what we have to say of a report; nothing of an attempt that is made again."""
    said = carried_by(report)
    return said if said is not None and report.outcome != "rerun" else None


def _needs_cuda(report: Any) -> bool:
    """Whether a test was skipped because there is no GPU here."""
    return bool(getattr(report, "skipped", False)) and "no CUDA device" in str(report.longrepr)
