"""One test of a spec, and what comes of trying an answer on it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from dojo.calling.calls import Door, KataCalls
from dojo.calling.observing import KEPT, WORK
from dojo.catalogue import Kata
from dojo.spec.documented import Documented
from dojo.spec.fresh import Fresh

T = TypeVar("T")


@dataclass(frozen=True)
class SpecTest:
    """One test of a spec, with the parameters that it is run with.

    observed: it rests on what is seen of a call beside its result
    count:    what is counted during each call: WORK, KEPT or nothing
    wanted:   the names of what the function is given
    """

    name: str
    function: Callable[..., None]
    params: dict[str, Any]
    documented_ids: tuple[str, ...]
    observed: bool
    count: str = ""
    points: float = 1.0
    wanted: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: pytest.Function) -> SpecTest:
        """Return the test that a pytest item stands for."""
        callspec = getattr(item, "callspec", None)
        params = dict(callspec.params) if callspec is not None else {}
        ids = tuple(i for mark in item.iter_markers("documented") for i in mark.args)
        observed = item.get_closest_marker("observed")
        count = _counted(observed, item.nodeid) if observed else ""
        points = next((float(m.args[0]) for m in item.iter_markers("points")), 1.0)
        wanted = tuple(inspect.signature(item.obj).parameters)
        return cls(item.name, item.obj, params, ids, observed is not None, count, points, wanted)

    @property
    def promise(self) -> str:
        """What the test asks for: the first paragraph of its docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[0]

    @property
    def on_cpu(self) -> bool:
        """Whether it asks for no other device: submissions are judged on the CPU."""
        return bool(self.params.get("device", "cpu") == "cpu")

    def try_on(self, door: Door, kata: Kata, seed: int) -> Trial:
        """Run the test on the answer behind `door`, without pytest's loop around it."""
        calls = KataCalls(door, count=self.count, signatures=kata.signatures)
        given: dict[str, Any] = {"kata": calls, **self.params}
        if "documented" in self.wanted:
            given["documented"] = Documented(kata.traces)
        if "fresh" in self.wanted:
            given["fresh"] = Fresh(seed, self.name.split("[")[0])
        try:
            self.function(**{name: given[name] for name in self.wanted})
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Trial(self, given, error)
        return Trial(self, given, None)


def _counted(observed: pytest.Mark, test: str) -> str:
    if observed.args not in ((), (WORK,), (KEPT,)):
        raise pytest.UsageError(f"{test}: @pytest.mark.observed takes {WORK!r} or {KEPT!r}")
    return "".join(observed.args)


@dataclass(frozen=True)
class Trial:
    """A test that ran: what it was given, and the error that it ended with, if any."""

    test: SpecTest
    given: dict[str, Any]
    error: BaseException | None

    def first(self, kind: type[T]) -> T | None:
        """Return the fixture of this kind that the test was given."""
        return next((v for v in self.given.values() if isinstance(v, kind)), None)
