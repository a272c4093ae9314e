"""A judge in a process of its own, for a Dask worker: `python -m dojo.judge.cluster.judge_process`.

A line of JSON in is a submission's answer to one kata; the line that comes back is what was judged,
or why nothing may be judged here. It ends with the process that asks, at once.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import platform
import select
import sys
import threading
import warnings
from typing import Any

import pytest

from dojo.catalogue import HOUSE, Kata, open_catalogue
from dojo.judge.grader import Case, Grader, GraderError
from dojo.judge.inbox.source import HandedIn
from dojo.judge.inbox.submissions import Inbox
from dojo.judge.result import Result
from dojo.judge.sandbox.requirements import SandboxBroken, SandboxMissing
from dojo.opening.reading import decoded
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest

HERE = platform.node()


class JudgeServer:
    """Judges what it is sent by the specs of this checkout, which it collects once."""

    def __init__(self) -> None:
        self._catalogue = open_catalogue(HOUSE)
        self._specs = collected()
        self._graders = dict[tuple[str, ...], Grader]()  # by the layers of their sandboxes

    def answer(self, line: str) -> str:
        """Return the reply to a request: `judged`, or `trouble` if no verdict may be given."""
        try:
            return json.dumps({"judged": self._judge(json.loads(line)).to_json()})
        except (GraderError, SandboxMissing, SandboxBroken) as error:
            return json.dumps({"trouble": f"{HERE}: {error}"})

    def _judge(self, asked: dict[str, Any]) -> Result:
        grader = self._grader(tuple(asked["layers"]))
        kata = self._same(grader, asked)
        raw = base64.b64decode(asked["source"])
        handed = HandedIn(asked["path"], raw, decoded(raw))
        return grader.decide(Case(asked["submission"], kata, handed, asked["seed"]))

    def _grader(self, layers: tuple[str, ...]) -> Grader:
        if layers not in self._graders:
            empty = Inbox(HOUSE, (), (), ())  # what is judged comes by the line
            self._graders[layers] = Grader(
                self._catalogue, self._specs, empty, DEFAULT_SEED, layers
            )
        return self._graders[layers]

    def _same(self, grader: Grader, asked: dict[str, Any]) -> Kata:
        """Return the kata, if it and the judge are here what they are where the run began."""
        number = asked["kata"]
        if number not in self._specs:
            raise GraderError(
                f"in {HOUSE}, pytest finds no tests of kata {number}. See there what it says: "
                "pytest --collect-only katas"
            )
        own = {"judge": grader.judge_hash, "specs": grader.spec_hashes[number]}
        if differing := [what for what in own if own[what] != asked[what]]:
            raise GraderError(
                f"{HOUSE} is of another version than this run ({' and '.join(differing)} of kata "
                f"{number}): give every Dask worker the same commit, Python, torch, numpy and "
                "pytest."
            )
        return self._catalogue.katas[number]


def collected() -> dict[str, list[SpecTest]]:
    """Return the tests of every kata, by its number, as pytest collects them."""
    found: dict[str, list[SpecTest]] = {}

    class Collector:
        def pytest_collection_finish(self, session: pytest.Session) -> None:
            for item in session.items:
                if isinstance(item, pytest.Function) and (test := SpecTest.of(item)).on_cpu:
                    found.setdefault(item.path.parent.name, []).append(test)

    asked = ["--collect-only", "-qs", "-pno:cacheprovider", f"--rootdir={HOUSE}"]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*asked, str(HOUSE / "katas")], plugins=[Collector()])
    return found


def _end_with_the_asker() -> None:
    """End when nobody can ask any more, also in the middle: the sandbox ends with this process."""
    hung_up = select.poll()
    hung_up.register(sys.stdin, 0)
    hung_up.poll()
    os._exit(0)


def main() -> None:
    """Answer requests on standard input; whatever else is printed is for the asker's log."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    warnings.simplefilter("ignore")  # as pytest would keep them to itself
    server = JudgeServer()
    for line in sys.stdin:
        print(server.answer(line), file=replies, flush=True)


if __name__ == "__main__":
    main()
