"""A limit of processor time, for what an answer is asked beside its tests."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

import pytest

from dojo.calling import time_limit
from dojo.calling.time_limit import limited
from dojo.errors import TimeIsUp


def stubborn() -> None:
    """Go on for ever, whatever error comes."""
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))


def test_a_limit_is_no_error_that_a_loop_could_take_for_its_own() -> None:
    """No `except Exception` keeps it from ending."""
    with pytest.raises(TimeIsUp), limited(0.05):
        stubborn()


def busy() -> None:
    """Go on for ever."""
    while True:
        sum(range(1000))


def test_who_takes_no_notice_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare `except:` in a loop catches the first one only; the kind of error may be chosen."""
    monkeypatch.setattr(time_limit, "AGAIN", 0.05)
    caught = list[BaseException]()

    def deaf_once() -> None:
        try:
            busy()
        except KeyError as error:
            caught.append(error)
            busy()

    with pytest.raises(KeyError), limited(0.05, KeyError):
        deaf_once()
    assert len(caught) == 1


def test_in_any_thread_and_over_with_its_block() -> None:
    """It is not for the main thread alone; afterwards nothing comes, and no thread is left."""
    ended = list[str]()

    def work() -> None:
        try:
            with limited(0.05):
                stubborn()
        except TimeIsUp:
            ended.append("in time")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == ["in time"]
    before = threading.active_count()
    with limited(0.02):
        pass
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert threading.active_count() == before


def test_an_error_that_comes_late_is_over_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be sent at any moment, in the last step too: it comes inside, or not at all."""
    before = threading.active_count()
    monkeypatch.setattr(time_limit, "LOOK", 0.0001)
    for count in range(300):
        with contextlib.suppress(TimeIsUp), limited(0.0):
            end = time.perf_counter() + 0.0001 * (count % 9)
            while time.perf_counter() < end:
                pass
        step()
    assert threading.active_count() == before


def test_a_block_that_was_left_without_its_end_disturbs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error may come before `end` could be called: it is not raised in who runs afterwards."""
    monkeypatch.setattr(time_limit, "LOOK", 0.01)
    before = threading.active_count()

    def lost() -> None:
        limited(0.0).__enter__()

    lost()
    end = time.process_time() + 6 * time_limit.LOOK
    while time.process_time() < end:
        pass
    assert threading.active_count() == before


def test_an_error_that_comes_at_once_leaves_no_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may come while the watcher is being started."""
    before = threading.active_count()
    monkeypatch.setattr(time_limit, "LOOK", 0.0)
    for _ in range(300):
        with contextlib.suppress(TimeIsUp), limited(-1.0):
            pass
    assert threading.active_count() == before


def test_a_debugger_looks_on() -> None:
    """What traces each call goes on to do so: no step is taken for ever."""
    seen = list[str]()

    def trace(*_: object) -> None:
        seen.append("step")

    before = sys.getprofile()
    sys.setprofile(trace)
    try:
        with limited(5.0):
            step()
        step()
    finally:
        sys.setprofile(before)
    assert seen


def step() -> None:
    """Do nothing."""
