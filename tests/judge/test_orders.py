"""What one submission gets never depends on which others there are, nor on their order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from dojo.judge.door import SandboxDoor
from dojo.judge.grader import Case, Grader
from dojo.judge.inbox.source import HandedIn
from dojo.judge.verdict import Verdict

from ..conftest import HOUSE
from .conftest import BRIEFLY, LONG, SOLUTION

ANSWERS = {
    "right": b"",
    "right again": b"\n# again\n",
    "right otherwise": b"\ndef gradient(x):\n    return (x - 5) * 2\n",
    "rounds otherwise": b"\ndef update(x, grad, lr):\n    return (x / lr - grad) * lr\n",
    "wrong": b"\ndef gradient(x):\n    return 10 - 2 * x\n",
    "wrong again": b"\ndef gradient(x):\n    return -(2 * x - 10)\n",
    "wrong and said": b"\ndef update(x, grad, lr):\n    print(lr)\n    return x + lr * grad\n",
    "to do": b"\ndef descend(x0, lr, steps):\n    raise NotImplementedError\n",
    "left": b"\ndef update(x, grad, lr):\n    import os\n    os._exit(lr > 0.2)\n",
    "endless": b"\ndef descend(x0, lr, steps):\n    while True: pass\n",
    "on meta": b"\ndef descend(x0, lr, steps):\n    return x0.to('meta')\n",
    "too large": b"\ndef gradient(x):\n    return [0.0] * 6_000\n",
    "forged": b"\ndef gradient(x):\n    import os\n    os.write(3, b'\\0' * 99)\n    return x\n",
    "broken": b"\nimport nonsuch\n",
    "counts": b"""
met = []
def gradient(x):
    met.append(x)
    return 2 * x - 10 + len(met) // 9
""",
}


@pytest.fixture
def afresh(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Grader]:
    """Make judges that have judged nothing yet, in one sandbox."""
    limits = {"call_seconds": BRIEFLY, "seconds": LONG}
    monkeypatch.setattr(SandboxDoor.__init__, "__kwdefaults__", limits)

    def made() -> Grader:
        one = Grader(grader.catalogue, grader.specs, grader.inbox, grader.seed, grader.layers)
        one.__dict__["sandbox"] = grader.sandbox
        one.trusted.add("01")
        one.asked = grader.asked
        return one

    return made


def judged(grader: Grader, names: Iterable[str]) -> dict[str, str]:
    """Judge answers in turn, and return their records."""
    kata, records = grader.catalogue.katas["01"], dict[str, str]()
    for name in names:
        source = SOLUTION + ANSWERS[name]
        handed = HandedIn("one/01/manual_update.py", source, source.decode())
        result = grader.decide(Case(name, kata, handed, grader.seed))
        assert result.verdict is not Verdict.GRADER_ERROR
        records[name] = replace(result, seconds=0.0).to_json()
    return records


def test_each_alone_and_all_in_any_order(afresh: Callable[[], Grader]) -> None:
    """The records are the same bytes, whatever was judged before them."""
    alone = {name: judged(afresh(), [name])[name] for name in ANSWERS}
    for seed in range(2):
        names = list(ANSWERS)
        random.Random(seed).shuffle(names)
        assert judged(afresh(), names) == alone


def test_right_answers_are_compared_once(
    afresh: Callable[[], Grader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that replies the same, to the byte, passes without a test being run."""
    one = afresh()
    first = judged(one, ["right"])

    def run(*_: object) -> None:
        raise AssertionError("a test ran")

    monkeypatch.setattr("dojo.spec.trial.SpecTest.try_on", run)
    assert judged(one, ["right again"])["right again"].count('"PASS"') == first["right"].count(
        '"PASS"'
    )


def test_the_seed_is_a_part_of_it(afresh: Callable[[], Grader]) -> None:
    """What was compared with one seed says nothing of another."""
    one = afresh()
    kata = one.catalogue.katas["01"]
    source = (HOUSE / "solutions/01/manual_update.py").read_bytes()
    for seed in (5, 6, 5):
        assert all(r.passed for r in one.try_source(kata, source, "one/01/m.py", seed))
