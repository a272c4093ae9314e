"""The watch itself: what is run after each save and key, and what is then on the terminal."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.feedback.overtime import AFTER
from dojo.terminal.capabilities import size_of_screen
from dojo.terminal.prompt import path_from_here
from dojo.watch.asked import MOST_HINTS, Asked
from dojo.watch.display import Display, told_by, verdicts_in
from dojo.watch.keyboard import CTRL_C, GONE, keys
from dojo.watch.runs import Run, Runner, runner
from dojo.watch.saves import States, kata_numbers, watched

ENOUGH = ("q", "Q", CTRL_C, GONE)
SOON = 0.5  # seconds without a verdict, until it is said that something runs
LOOK = 0.03  # seconds between two looks at what a run has written
DONE = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)  # nothing is left to mend


@dataclass(frozen=True)
class Saved:
    """Files that were saved, moved or deleted."""

    paths: set[Path]


@dataclass(frozen=True)
class Key:
    """A key that was pressed."""

    pressed: str


@dataclass(frozen=True)
class Ended:
    """A run that has ended."""

    run: Run


@dataclass(frozen=True)
class Resized:
    """The terminal has another size."""


@dataclass(frozen=True)
class Closed:
    """Somebody asks for the end, by a signal."""


Event = Saved | Key | Ended | Resized | Closed


def watch(asked: Asked, answers: Path) -> int:
    """Watch until somebody has enough, and return the exit code of the last whole run."""
    events = queue.SimpleQueue[Event]()
    catalogue = asked.catalogue
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        runs = runner(lambda run: events.put(Ended(run)), catalogue.root, Path(folder))
        stack.callback(runs.close)
        stack.enter_context(_signals(events))
        loop = Loop(asked, answers, runs, events)
        try:
            stack.enter_context(keys(lambda pressed: events.put(Key(pressed))))
            stack.enter_context(watched(catalogue, answers, lambda p: events.put(Saved(p))))
            loop.follow()
        except KeyboardInterrupt:
            return pytest.ExitCode.INTERRUPTED
        finally:
            loop.display.leave()
        return loop.code


@contextlib.contextmanager
def _signals(events: queue.SimpleQueue[Event]) -> Iterator[None]:
    """Make events of the signals of a terminal that changes its size, or goes away."""
    wanted: dict[str, Event] = {"SIGWINCH": Resized(), "SIGHUP": Closed(), "SIGTERM": Closed()}
    before = {}
    for name, event in wanted.items():
        if (number := getattr(signal, name, None)) is not None:
            before[number] = signal.signal(number, _putting(event, events))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _putting(event: Event, events: queue.SimpleQueue[Event]) -> Callable[..., None]:
    def handle(*_: object) -> None:
        events.put(event)

    return handle


class Loop:
    """What is in view (one kata, or all that there are), what runs, and what stands by for it."""

    def __init__(
        self, asked: Asked, answers: Path, runs: Runner, events: queue.SimpleQueue[Event]
    ) -> None:
        self._asked, self._answers, self._runs, self._events = asked, answers, runs, events
        self._several = len(asked.katas) > 1
        self._kata, self._whole = asked.katas[0], False
        self._hint, self._plot = asked.hint, False
        self._done, self._note = set[str](), ""
        self._states = States()
        self._current: Run | None = None
        self._standby: Run | None = None
        self._begun, self._said = 0.0, ""
        self.display, self.code = Display(), int(pytest.ExitCode.OK)

    @property
    def _catalogue(self) -> Catalogue:
        return self._asked.catalogue

    def follow(self) -> None:
        """Do what each event asks for, until one asks for the end."""
        self.display.say(self._running())
        self._begin()
        while True:
            match self._next():
                case None:
                    self._look_on()
                case Saved(paths):
                    self._after_save(paths)
                case Ended(run):
                    self._after_run(run)
                case Resized():
                    self._drop_standby()
                    self._begin()
                case Closed():
                    return
                case Key(pressed):
                    if pressed in ENOUGH:
                        return
                    self._after_key(pressed)

    def _next(self) -> Event | None:
        """Return the next event; None while a run lasts, or now and then for Windows' Ctrl-C."""
        wait = SOON if os.name == "nt" else None
        wait = LOOK if self._current is not None else wait
        with contextlib.suppress(queue.Empty):
            return self._events.get(timeout=wait)
        return None

    def _begin(self) -> None:
        """Run what is in view, by what stands by if it is the same; what ran for it is over."""
        if self._current is not None:
            self._runs.kill(self._current)
        args = self._asked.command(None if self._whole else self._kata, self._hint)
        args += ["--plot"] if self._plot else []
        self._plot = False
        ready = self._standby
        if ready is None or list(ready.args) != args or ready.status is not None:
            self._drop_standby()
            ready = self._runs.start(args, self._environment())
        self._current, self._standby = ready, None
        self._begun, self._said = time.monotonic(), ""
        ready.go()

    def _environment(self) -> dict[str, str]:
        """Return what a run must know of the terminal, which it does not see."""
        columns, lines = size_of_screen()
        size = {"COLUMNS": f"{columns}", "LINES": f"{lines}"}
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return {**size, "PY_COLORS": os.environ.get("PY_COLORS", "0" if plain else "1")}

    def _stand_by(self) -> None:
        """Let a run of the same kata get ready for the next save."""
        self._drop_standby()
        args = self._asked.command(self._kata, self._asked.hint)
        self._standby = self._runs.start(args, self._environment())

    def _drop_standby(self) -> None:
        if self._standby is not None:
            self._runs.kill(self._standby)
        self._standby = None

    def _after_save(self, paths: set[Path]) -> None:
        """Run the kata that was saved, if it is one of those that are meant."""
        paths = self._states.new(paths)
        saved = kata_numbers(paths, self._catalogue, self._answers)
        meant = {kata.number for kata in (*self._asked.katas, self._kata)}
        numbers = sorted(saved & meant)
        if not numbers:
            return
        if self._kata.number not in numbers:
            self._kata = self._catalogue.katas[numbers[0]]
        if not {path.name for path in paths} <= self._names_of_answers():
            self._drop_standby()  # it may have read a spec that is another one now
        self._hint, self._whole, self._note = self._asked.hint, False, ""
        self._done.clear()
        self._begin()

    def _names_of_answers(self) -> set[str]:
        stub = self._kata.stub
        return {stub.name, stub.with_suffix(".ipynb").name}

    def _after_key(self, pressed: str) -> None:
        """Do what a key stands for; any other stops what runs, or runs it again."""
        match pressed.lower():
            case "h":
                self._hint, self._whole = min(self._hint + 1, MOST_HINTS), False
            case "n":
                self._to_next()
            case "p":
                self._plot, self._whole = True, False
            case "a":
                self._whole, self._hint = True, 0
            case _ if self._current is not None:
                self._stop()
                return
        self._begin()

    def _to_next(self) -> None:
        """Turn to the kata that follows in the repository; the last one stays."""
        after = [n for n in self._catalogue.katas if n > self._kata.number]
        if after:
            self._turn_to(self._catalogue.katas[after[0]])
        self._note = ""

    def _turn_to(self, kata: Kata) -> None:
        self._kata, self._whole, self._hint = kata, False, self._asked.hint

    def _stop(self) -> None:
        """Let what runs say where it is, and end."""
        if self._current is not None:
            self._runs.interrupt(self._current)

    def _after_run(self, run: Run) -> None:
        """Show what a run has said, or go on to the next kata if this one is done."""
        if run is self._current:
            self._current = None
            answers = [kata.answer_in(self._answers) for kata in self._catalogue.katas.values()]
            text, whole = told_by(run.written(), run.status or 0, answers)
            self.code = (run.status or 0) if whole else int(pytest.ExitCode.INTERNAL_ERROR)
            if self._several and not self._whole and whole and run.status in DONE:
                self._go_on()
            else:
                self.display.show(text, self._keys(), self._note)
                self._stand_by()
        if run is not self._standby:
            run.close()

    def _go_on(self) -> None:
        """Turn to the next kata that is not known to be done, to all of them if there is none."""
        self._done.add(self._kata.number)
        self._note = (
            f"katas/{self._kata.number} is done. The reference: "
            f"{path_from_here(self._kata.solution)}"
        )
        left = [kata for kata in self._asked.katas if kata.number not in self._done]
        after = [kata for kata in left if kata.number > self._kata.number]
        if left:
            self._turn_to((after or left)[0])
        else:
            self._whole, self._note = True, ""
        self._begin()

    def _look_on(self) -> None:
        """Show the verdicts once they are there; where that lasts, say that something runs."""
        if self._current is None:
            return
        written, seconds = self._current.written(), time.monotonic() - self._begun
        if verdicts := verdicts_in(written):
            if verdicts != self._said:
                self.display.show(verdicts, self._explaining(), self._note)
            self._said = verdicts
            return
        if seconds < SOON:
            return
        said = written.strip() if seconds > AFTER else ""
        if said and said != self._said:
            self.display.show(said, self._running())
        elif not self._said:
            self.display.say(self._running())
        self._said = said or self._running()

    def _running(self) -> str:
        return f"Running {self._in_view()} …   a save or a key stops it   q quit"

    def _explaining(self) -> str:
        return f"Looking for the reason in {self._in_view()} …   a key stops it   q quit"

    def _keys(self) -> str:
        return f"Watching {self._in_view()}.   h hint   n next kata   p plot   a all katas   q quit"

    def _in_view(self) -> str:
        return "all katas" if self._whole else f"katas/{self._kata.number}"
