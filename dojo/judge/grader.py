"""Judging one submission's answer to one kata: every test of its spec, through the sandbox."""

from __future__ import annotations

import ast
import contextlib
import time
from dataclasses import dataclass, field
from functools import cached_property, partial

from dojo.catalogue import Catalogue, Kata
from dojo.feedback.examples import Examples, SpecCalls
from dojo.feedback.mistakes import read_stand_ins
from dojo.judge.batching import Batch
from dojo.judge.door import SandboxDoor
from dojo.judge.explaining import PATIENCE, Explanation
from dojo.judge.inbox.source import HandedIn
from dojo.judge.inbox.submissions import Inbox, Submission
from dojo.judge.reports.records import Records, judge_hash, record_key, specs_hash
from dojo.judge.result import Result, TestResult
from dojo.judge.room import room_for
from dojo.judge.sandbox.forkserver import ForkServer
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.requirements import SandboxBroken, SandboxMissing
from dojo.judge.verdict import Verdict, WorkerGone, worst
from dojo.opening.answers import open_ours
from dojo.spec.trial import SpecTest
from dojo.terminal.layout import paragraphs
from dojo.terminal.visible import visible

IMPORTED = b"""
def imported():
    import sys
    return list(sys.modules)
"""


class GraderError(RuntimeError):
    """The judge itself does not work: no verdict may be given."""


@dataclass(frozen=True)
class Case:
    """What a submission, by its name, has for one kata, and the seed that it is judged with."""

    submission: str
    kata: Kata
    handed: HandedIn
    seed: int


@dataclass
class Grader:
    """All that is needed to judge: the specs, the inbox, the sandbox and, perhaps, the records.

    specs: the tests of each kata that is judged, by its number
    seed:  the run's, secret until then: all are judged by the same inputs, which are made once
    """

    catalogue: Catalogue
    specs: dict[str, list[SpecTest]]
    inbox: Inbox
    seed: int
    layers: tuple[str, ...]
    records: Records | None = None
    same_seed: bool = False  # a record of another seed is of no use: this one was asked for
    forkserver: ForkServer | None = None  # the zygote, where it was started already
    asked: dict[str, SpecCalls] = field(default_factory=dict)  # by kata, when it is first needed
    trusted: set[str] = field(default_factory=set)  # katas whose canary lived
    _batches: dict[tuple[str, int], Batch] = field(default_factory=dict)

    @cached_property
    def sandbox(self) -> Sandbox:
        """The sandbox, started when it is first needed."""
        return Sandbox(self.layers, begun=self.forkserver)

    def close(self) -> None:
        """End the sandbox, if it was started."""
        if "sandbox" in self.__dict__:
            self.sandbox.close()
            del self.__dict__["sandbox"]

    @cached_property
    def judge_hash(self) -> str:
        """The digest of the judge."""
        return judge_hash(self.catalogue)

    @cached_property
    def spec_hashes(self) -> dict[str, str]:
        """The digest of each kata's spec and documented numbers."""
        katas = self.catalogue.katas
        return {number: specs_hash(self.catalogue, katas[number]) for number in self.specs}

    def key(self, kata: Kata, source_hash: str) -> str:
        """What a record of this answer is kept under: it changes with all that the verdict does."""
        return record_key(
            source=source_hash,
            specs=self.spec_hashes[kata.number],
            judge=self.judge_hash,
            layers=self.layers,
        )

    def judge(self, submission: Submission, kata: Kata) -> Result:
        """Judge it, or return its record if the same answer was judged before.

        Errors: GraderError if a known answer is misjudged, SandboxMissing, SandboxBroken.
        """
        handed, key = self.read(submission, kata)
        if found := self.recorded(submission, kata, key):
            return found
        judged = self.decide(Case(submission.name, kata, handed, self.seed))
        self.record(judged, key)
        return judged

    def read(self, submission: Submission, kata: Kata) -> tuple[HandedIn, str]:
        """Return what there is to judge, and what its record is kept under."""
        handed = self.inbox.read(submission, kata)
        return handed, self.key(kata, handed.source_hash)

    def recorded(self, submission: Submission, kata: Kata, key: str) -> Result | None:
        """Return the record of an answer, None if it is to be judged."""
        if self.records is None:
            return None
        seed = self.seed if self.same_seed else None
        return self.records.find(submission.name, kata.number, key, seed)

    def record(self, judged: Result, key: str) -> None:
        """Record what was judged, if records are kept."""
        if self.records is not None:
            self.records.add(judged, key)

    def decide(self, case: Case) -> Result:
        """Judge a case, whether there is a record of it or not. Errors: as `judge`."""
        if case.handed.verdict is not None:
            return self.all_alike(case, case.handed.verdict, case.handed.why)
        begun = time.monotonic()
        self.check(case.kata)
        try:
            results = self.try_source(case.kata, case.handed.raw, case.handed.path, case.seed)
        except (GraderError, SandboxMissing, SandboxBroken):
            raise
        except Exception as error:
            self.trusted.discard(case.kata.number)  # its canary is to say whether all is well
            return self.all_alike(case, Verdict.GRADER_ERROR, f"The judge failed: {_told(error)}")
        return self._judged(case, results, time.monotonic() - begun)

    def all_alike(self, case: Case, verdict: Verdict, why: str) -> Result:
        """Give every test of a kata the same verdict: none of them was run."""
        lines = paragraphs(why.splitlines())
        results = [
            TestResult(t.name, verdict, str(verdict), lines, t.points, t.observed)
            for t in self.specs[case.kata.number]
        ]
        return self._judged(case, results, 0.0)

    def _judged(self, case: Case, results: list[TestResult], seconds: float) -> Result:
        return Result(
            submission=case.submission,
            kata=case.kata.number,
            seed=case.seed,
            tests=tuple(results),
            verdict=worst(r.verdict for r in results),
            seconds=seconds,
            source_hash=case.handed.source_hash,
            layers=self.layers,
        )

    def check(self, kata: Kata) -> None:
        """Judge the solution, which must get full marks, and a known mistake, which must not.

        A sandbox that fails everybody looks exactly like security. Errors: GraderError.
        """
        if kata.number in self.trusted:
            return
        try:
            self._try_what_is_known(kata)
        except (GraderError, SandboxMissing, SandboxBroken):
            raise
        except (Exception, WorkerGone) as error:
            told = f"kata {kata.number}: the judge itself fails: {_told(error)}"
            raise GraderError(told) from error
        self.trusted.add(kata.number)

    def _try_what_is_known(self, kata: Kata) -> None:
        solution = kata.answer_in(self.catalogue.solutions).read_bytes()
        with self._door(solution + IMPORTED, f"solutions/{kata.number}") as door:
            results = self._tried(kata, door, self.seed, PATIENCE)
            failed = [r for r in results if not r.passed]
            if failed:
                said = " ".join([failed[0].heading, *failed[0].message[:3]])
                raise GraderError(
                    f"kata {kata.number}: the solution fails {failed[0].test}: {said}"
                )
            self._import_once(door)
        wrong = self._with_a_mistake(kata, solution)
        results = self.try_source(kata, wrong, f"canary/{kata.number}", self.seed, patience=0.0)
        if not any("DIFFER" in r.heading for r in results):
            raise GraderError(f"kata {kata.number}: wrong numbers of a known mistake pass")

    def _import_once(self, door: SandboxDoor) -> None:
        """Let the zygote import what the solution imported while it was tried.

        Some functions of torch import for half a second when they are first called.
        """
        ((call, _),) = door.calls("imported", [()], {}, count="", away=False)
        self.sandbox.bring_in(n for n in call.value or () if not n.startswith("answer_"))

    def _with_a_mistake(self, kata: Kata, solution: bytes) -> bytes:
        """Return the solution with its first known mistake in the right function's place."""
        file = self.catalogue.solutions / kata.number / "mistakes.py"
        known = read_stand_ins(file)[0]
        kept: list[ast.stmt] = []
        for part in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(part, ast.FunctionDef) and part.decorator_list:
                if part.name != known.name:
                    continue
                part.decorator_list = []
            if not (isinstance(part, ast.ImportFrom) and part.module == "dojo.feedback.mistakes"):
                kept.append(part)
        wrong = ast.unparse(ast.Module(kept, []))
        return b"\n".join([solution, f"{wrong}\n{known.function} = {known.name}\n".encode()])

    def try_source(
        self, kata: Kata, source: bytes, name: str, seed: int, patience: float = PATIENCE
    ) -> list[TestResult]:
        """Try a source on every test; finding out its mistakes may take `patience` seconds."""
        with self._door(source, name) as door:
            return self._tried(kata, door, seed, patience)

    def _asked(self, kata: Kata) -> SpecCalls:
        """Return what the tests of a kata ask, which is the same for every answer."""
        if kata.number not in self.asked:
            self.asked[kata.number] = SpecCalls(kata, self.specs[kata.number])
        return self.asked[kata.number]

    def _door(self, source: bytes, name: str) -> contextlib.closing[SandboxDoor]:
        return contextlib.closing(SandboxDoor(self.sandbox, source, name))

    def _tried(self, kata: Kata, door: SandboxDoor, seed: int, patience: float) -> list[TestResult]:
        tried = self._batch(kata, seed).try_on(door)
        door.only_explain()
        examples = Examples(door.answer, self._asked(kata))
        explanation = Explanation(self.catalogue, kata, door.answer, examples, patience)
        return [explanation.result(each) for each in tried]

    def _batch(self, kata: Kata, seed: int) -> Batch:
        """Return the tests of a kata with this seed, and where answers came to in them."""
        if (kata.number, seed) not in self._batches:
            solution = open_ours(kata.answer_in(self.catalogue.solutions))
            room = partial(room_for, solution)
            self._batches[kata.number, seed] = Batch(self.specs[kata.number], kata, seed, room)
        return self._batches[kata.number, seed]


def _told(error: BaseException) -> str:
    """Say an error of the judge's own in a line."""
    return visible(f"{type(error).__name__}: {error}".splitlines()[0], 200)
