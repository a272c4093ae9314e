"""What the dojo has to say of a test goes on pytest's report of it, in place of a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from functools import partial

import pytest

from dojo.catalogue import Kata
from dojo.collection import place
from dojo.feedback.examples import examples_in
from dojo.feedback.failure import in_full
from dojo.feedback.feedback import Situation
from dojo.feedback.outcome import Feedback
from dojo.run import DOJO
from dojo.spec.trial import SpecTest, Trial


@contextlib.contextmanager
def unsaid(config: pytest.Config) -> Generator[None, None, None]:
    """Let pytest write a line where ours will stand: for a traceback it parses whole files."""
    if config.getoption("tbstyle", default=None) != "auto":  # asked for, or there is no terminal
        yield
        return
    config.option.tbstyle = "line"
    try:
        yield
    finally:
        config.option.tbstyle = "auto"


def say(
    item: pytest.Function, own: Kata, call: pytest.CallInfo[None], report: pytest.TestReport
) -> None:
    """Put what the dojo has to say on the report; pytest's own traceback on request."""
    dojo = item.config.stash[DOJO]
    error = call.excinfo.value if call.excinfo is not None else None
    trial = Trial(SpecTest.of(item), dict(item.funcargs), error)

    later = dojo.explanations if error is not None else None
    _put_on(report, item, own, trial, reasons=later is None)
    if later is not None:
        later.append(partial(_put_on, report, item, own, trial, reasons=True))


def _put_on(
    report: pytest.TestReport, item: pytest.Function, own: Kata, trial: Trial, *, reasons: bool
) -> None:
    """Say what came of a trial, in place of what was said of it before."""
    dojo = item.config.stash[DOJO]
    answer, examples = dojo.answer(own), None
    if trial.error is not None and answer is not None:
        examples = examples_in(item.session, own, answer)
    situation = Situation(
        trial, dojo.catalogue, own, answer, dojo.patience, examples, reasons=reasons
    )
    try:
        said = situation.feedback()
    except Exception as fault:  # ours, not the answer's
        said = Feedback(own.number, own.title, item.name, "broken", heading="COULD NOT BE RUN")
        said.body = [f"the dojo could not explain it: {fault!r}"]
        report.sections.append(("the dojo could not explain this", repr(fault)))
    dojo.patience = situation.patience
    said.order = place(item)
    said.put_on(report)
    if said.outcome == "broken":
        return
    if report.failed and item.config.getoption("tbstyle") == "auto":
        to_do = f"to do: {said.function}   {said.place}"
        report.longrepr = to_do if said.outcome == "to do" else "\n".join(in_full(said))
