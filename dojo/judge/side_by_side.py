"""Judging in several processes (`--judges 2`): each is a fork of this one, with its own sandbox.

A fork has all that is imported and collected here, so a further judge costs no second start. It is
handed one answer at a time, and what it says of it comes back as a line of JSON. It ends with this
process, at once, and what it has made with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import multiprocessing
import os
import signal
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import torch

from dojo.catalogue import Kata
from dojo.judge.additions import Additions
from dojo.judge.grader import Case, Grader, GraderError
from dojo.judge.inbox.submissions import Submission
from dojo.judge.options import FEWER
from dojo.judge.result import Result
from dojo.judge.sandbox.forkserver import ForkServer
from dojo.judge.sandbox.requirements import SandboxBroken, SandboxMissing
from dojo.judge.verdict import Verdict

PR_SET_PDEATHSIG = 1
RETRIES = 2  # further tries for an answer whose judge died
MEMORY = "It was killed (signal 9), as the system does where memory is short."
Wanted = tuple[Submission, Kata]


@dataclass
class Judge:
    """A process that judges, and what it was handed.

    zygote: the one that was begun for it; None where it begins its own
    """

    process: BaseProcess
    channel: Connection
    zygote: ForkServer | None
    handed: Wanted | None = None


class SideBySide:
    """Several judges, who share the answers of a run that have to be tried.

    What comes back is recorded in the order in which it comes.

    begun: for each judge, the zygote that was started already
    """

    def __init__(
        self,
        grader: Grader,
        additions: Additions,
        wanted: Iterable[Wanted],
        begun: Sequence[ForkServer | None],
    ) -> None:
        self._grader, self._additions, self._begun = grader, additions, begun
        self._waiting = deque(each for each in wanted if self._is_to_be_tried(*each))
        self._due = {_place(*each) for each in self._waiting}
        self._here = dict[tuple[str, str], Result]()
        self._losses = Counter[tuple[str, str]]()
        self._judges = list[Judge]()

    def _is_to_be_tried(self, submission: Submission, kata: Kata) -> bool:
        handed, key = self._grader.read(submission, kata)
        if handed.verdict is not None:
            return False
        found = self._grader.recorded(submission, kata, key)
        return found is None or self._additions.are_due(found, kata)

    def judge(self, submission: Submission, kata: Kata) -> Result:
        """Wait for what the judges say of it; what was handed to none needs no trying.

        Errors: GraderError if a judge cannot judge, or must not.
        """
        place = _place(submission, kata)
        while place in self._due:
            self._hand_out()
            self._receive()
            self._hand_out()  # now: what is said of this answer takes a while to be reported
        if place in self._here:
            return self._here.pop(place)
        return self._grader.judge(submission, kata)

    def _start(self) -> None:
        """Fork as many judges as were asked for, but no more than there are answers."""
        gc.freeze()  # no collection in a fork touches, and so copies, what is shared
        for zygote, _ in zip(self._begun, self._waiting, strict=False):
            self._judges.append(self._started(zygote))

    def _hand_out(self) -> None:
        """Hand an answer to each judge that has none, while there are some."""
        if not self._judges:
            self._start()
        for judge in self._judges:
            if judge.handed is None and self._waiting:
                judge.handed = submission, kata = self._waiting.popleft()
                handed, key = self._grader.read(submission, kata)
                case = Case(submission.name, kata, handed, self._grader.seed)
                with contextlib.suppress(OSError):  # it died: that is seen where it is heard
                    judge.channel.send((case, self._grader.recorded(submission, kata, key)))

    def _receive(self) -> None:
        """Take what the judges say, once one of them says something."""
        busy = {judge.channel: judge for judge in self._judges if judge.handed is not None}
        for channel in wait(list(busy)):
            judge = busy[channel]  # type: ignore[index]
            assert judge.handed is not None
            try:
                said = json.loads(judge.channel.recv_bytes())
            except (EOFError, OSError):
                self._replace(judge)
            else:
                self._take(judge.handed, _result(said))
                judge.handed = None

    def _take(self, wanted: Wanted, judged: Result) -> None:
        self._grader.record(judged, self._grader.key(wanted[1], judged.source_hash))
        self._here[_place(*wanted)] = judged
        self._due.remove(_place(*wanted))

    def _replace(self, lost: Judge) -> None:
        """Put another judge in a lost one's place, and have its answer tried again."""
        assert lost.handed is not None
        lost.channel.close()
        lost.process.join()
        place = _place(*lost.handed)
        self._losses[place] += 1
        if self._losses[place] <= RETRIES:
            self._waiting.appendleft(lost.handed)
        else:
            self._take(lost.handed, self._given_up(*lost.handed, lost.process.exitcode or 0))
        if lost.zygote is not None:  # else what was tried in there would run on
            lost.zygote.close()
        self._judges[self._judges.index(lost)] = self._started(None)

    def _given_up(self, submission: Submission, kata: Kata, status: int) -> Result:
        """Return a GRADER-ERROR: it says nothing of the answer, and the next run tries again.

        status: that of the last process that was lost; a signal's number is below 0
        """
        handed, _ = self._grader.read(submission, kata)
        case = Case(submission.name, kata, handed, self._grader.seed)
        how = MEMORY if status == -signal.SIGKILL else f"With status {status}."
        why = f"The judge was lost: its process ended {RETRIES + 1} times at this answer. {how}"
        return self._grader.all_alike(case, Verdict.GRADER_ERROR, why)

    def _started(self, zygote: ForkServer | None) -> Judge:
        """Fork a judge. Errors: GraderError where the system has no room for another process."""
        forks = multiprocessing.get_context("fork")
        here, there = forks.Pipe()
        given = (os.getpid(), here, there, zygote)
        process = forks.Process(target=self._serve, args=given, daemon=True)
        with there, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: numpy ends its own
            try:
                process.start()
            except OSError as error:
                here.close()
                raise GraderError(f"No further judge can be started: {error}. {FEWER}") from None
        return Judge(process, here, zygote)

    def _serve(
        self, parent: int, here: Connection, channel: Connection, zygote: ForkServer | None
    ) -> None:
        """Judge what is handed over, until the process that was forked ends this one."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it could be followed
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for that process
        torch.set_num_threads(1)  # its threads were not forked, and the processors are shared
        here.close()
        self._let_go_of_others(zygote)
        self._grader.forkserver = zygote
        with contextlib.suppress(EOFError, ConnectionError):  # that process has ended
            while True:
                case, found = channel.recv()
                channel.send_bytes(json.dumps(self._said(case, found)).encode())

    def _let_go_of_others(self, own: ForkServer | None) -> None:
        """Close what came along with a fork, and belongs to the other judges."""
        for judge in self._judges:
            judge.channel.close()
        for zygote in self._begun:
            if zygote is not None and zygote is not own:
                zygote.hang_up()

    def _said(self, case: Case, found: Result | None) -> dict[str, str]:
        try:
            judged = found or self._grader.decide(case)
            added = self._additions.put_on(judged, case.kata, case.handed)
        except (GraderError, SandboxMissing, SandboxBroken) as error:
            return {"trouble": str(error)}
        return {"judged": added.to_json()}

    def close(self) -> None:
        """End all judges."""
        for judge in self._judges:
            judge.process.kill()
        for judge in self._judges:
            judge.process.join()
            judge.channel.close()


def _place(submission: Submission, kata: Kata) -> tuple[str, str]:
    """Return what tells an answer from all others of a run."""
    return submission.name, kata.number


def _result(said: dict[str, str]) -> Result:
    """Return what was judged. Errors: GraderError if no verdict may be given."""
    if "trouble" in said:
        raise GraderError(said["trouble"])
    return Result.from_json(said["judged"])
