"""Judging on a Dask cluster: what has no record yet goes there, and comes back judged.

Lines of text cross, in both directions: Dask neither pickles nor unpickles anything else of ours.
What a Dask worker does with one is in `dask_worker`.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from dojo.judge.cluster.dask_worker import JudgeLost
from dojo.judge.result import Result
from dojo.judge.verdict import Verdict

if TYPE_CHECKING:
    from distributed import Client, Future

    from dojo.catalogue import Kata
    from dojo.judge.grader import Grader
    from dojo.judge.inbox.submissions import Submission

CONNECT = 10.0  # seconds
BATCH = 100  # answers in one message to the scheduler
RETRIES = 2  # further tries for an answer whose judge died
LOSSES = 20  # further tries for one that Dask gave up, since workers were lost that had it
INSTALL = (
    "Install this checkout wherever Dask runs: pip install -c constraints.txt -e '.[judge,cluster]'"
)
Place = tuple[str, str]  # a submission's name and a kata's number


class ClusterError(RuntimeError):
    """There is no cluster to judge on; the message says what to do."""


@dataclass
class Asked:
    """An answer that the cluster has, and what its record will be kept under."""

    submission: Submission
    kata: Kata
    key: str
    losses: int = 0

    @property
    def place(self) -> Place:
        """What tells it from all others of a run."""
        return self.submission.name, self.kata.number


def connect(address: str) -> Client:
    """Return a client of the scheduler at this address. Errors: ClusterError."""
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        raise ClusterError(
            "--dask needs Dask: pip install -c constraints.txt -e '.[judge,cluster]'"
        ) from None
    for name in ("distributed", "distributed.client"):  # what matters is said in our words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        get_address_host_port(address)  # a client that cannot read it takes 20 s to say so
        return Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"--dask {address}: no scheduler answers there ({error}). Start one with "
            "`dask scheduler`: it prints the address to give, tcp://HOST:8786."
        ) from None


class Cluster:
    """A Dask cluster that judges a run's answers.

    Every answer that can be tried and has no record is sent out at once. What comes back is
    recorded in the order in which it comes.
    """

    def __init__(
        self, client: Client, grader: Grader, wanted: Iterable[tuple[Submission, Kata]]
    ) -> None:
        from distributed import as_completed

        self._grader, self._done = grader, as_completed(loop=client.loop)
        self._asked = dict[object, Asked]()  # by the key of its future
        self._due, self._here = set[Place](), dict[Place, Result]()
        requests = (r for each in wanted if (r := self._request(*each)) is not None)
        while batch := list(islice(requests, BATCH)):
            lines = [line for _, line in batch]
            futures = client.map(_task(), lines, key="judge", pure=False, retries=RETRIES)
            for future, (asked, _) in zip(futures, batch, strict=True):
                self._asked[future.key] = asked
                self._due.add(asked.place)
            self._done.update(futures)

    def _request(self, submission: Submission, kata: Kata) -> tuple[Asked, str] | None:
        grader = self._grader
        handed, key = grader.read(submission, kata)
        if handed.verdict is not None or grader.recorded(submission, kata, key):
            return None
        line = json.dumps(
            {
                "submission": submission.name,
                "kata": kata.number,
                "path": handed.path,
                "source": base64.b64encode(handed.raw).decode(),
                "seed": grader.seed,
                "layers": grader.layers,
                "specs": grader.spec_hashes[kata.number],
                "judge": grader.judge_hash,
            }
        )
        return Asked(submission, kata, key), line

    def judge(self, submission: Submission, kata: Kata) -> Result:
        """Wait for what the cluster says; what was not sent out needs no trying.

        Errors: GraderError if a Dask worker cannot judge, or must not.
        """
        place = submission.name, kata.number
        while place in self._due:
            self._receive(next(self._done))
        if place in self._here:
            return self._here.pop(place)
        return self._grader.judge(submission, kata)

    def _receive(self, future: Future[str]) -> None:
        """Take what has come, whosever it is."""
        asked = self._asked.pop(future.key)
        try:
            judged = self._read(asked, _reply(future))
        except JudgeLost as lost:
            if lost.with_its_worker and asked.losses < LOSSES:
                asked.losses += 1
                self._asked[future.key] = asked
                future.retry()
                self._done.add(future)
                return
            judged = self._given_up(asked, str(lost))
        self._grader.record(judged, asked.key)
        self._here[asked.place] = judged
        self._due.remove(asked.place)

    def _read(self, asked: Asked, reply: str) -> Result:
        """Read a reply. Errors: GraderError if it is none to what was asked."""
        from dojo.judge.grader import GraderError

        said: dict[str, str] = json.loads(reply)
        if "missing" in said:
            raise GraderError(f"{said['missing']}. {INSTALL}")
        if "trouble" in said:
            raise GraderError(said["trouble"])
        judged = Result.from_json(said["judged"])
        key = self._grader.key(asked.kata, judged.source_hash)
        found = (judged.submission, judged.kata, judged.seed, judged.layers, key)
        if found != (*asked.place, self._grader.seed, self._grader.layers, asked.key):
            name, number = asked.place
            raise GraderError(f"{name}, kata {number}: a Dask worker judged something else")
        return judged

    def _given_up(self, asked: Asked, why: str) -> Result:
        """Return a GRADER-ERROR: it says nothing of the answer, and the next run tries again."""
        from dojo.judge.grader import Case

        handed, _ = self._grader.read(asked.submission, asked.kata)
        case = Case(asked.submission.name, asked.kata, handed, self._grader.seed)
        return self._grader.all_alike(case, Verdict.GRADER_ERROR, f"The judge was lost: {why}")


def _task() -> Callable[[str], str]:
    """Return what Dask is to run: a function that travels with its code, being no module's own.

    So a Dask worker that lacks this project can say so. It would end, and Dask with it wait for
    others, if it had to import the function before it is called.
    """

    def pass_on(request: str) -> str:
        import json
        import platform

        try:
            from dojo.judge.cluster.dask_worker import judge_here
        except ImportError as error:
            return json.dumps({"missing": f"{platform.node()}: {error}"})
        return judge_here(request)

    return pass_on


def _reply(future: Future[str]) -> str:
    """Return what a Dask worker replied. Errors: JudgeLost, and GraderError if none can."""
    from distributed import CancelledError, KilledWorker

    from dojo.judge.grader import GraderError

    try:
        return future.result()
    except JudgeLost:
        raise
    except KilledWorker as error:  # by whatever was on them: Dask cannot tell which
        raise JudgeLost(str(error), with_its_worker=True) from None
    except CancelledError:
        raise GraderError("the Dask scheduler is gone. Run again to go on.") from None
    except Exception as error:
        said = f"{type(error).__name__}: {error}".split("\n")[0]
        raise GraderError(f"{said}. {INSTALL}") from None
