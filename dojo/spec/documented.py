"""The `documented` fixture: claims that numbers are those of a document, as precisely as printed.

A kata's `traces/` holds a CSV for each documented series, as `num_regression` reads them, and
`sources.toml`, which says of each where it comes from:

    [example_1]
    id = ["m000-trace64-x-before"]         the documented entries that it pins
    document = "000_b4836e76e30d0af2"      the document's file name
    title = "..."                          the document's title
    english = "..."                        what a learner reads, where that is another language
    where = "Example 1, cell In[10]"       where in it, in English
    heading = "..."                        the heading there, where that is another language
    printed = 4                            its decimals: the tolerance is half the last one
    atol = 1e-4                            only where that is not the tolerance,
    because = "..."                        and then why
"""

from __future__ import annotations

import contextlib
import csv
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dojo.errors import Wrong
from dojo.paths import typed
from dojo.spec import proof

NEAR = 2.0  # tolerances: what is farther off is wrong, whoever looks


@dataclass(frozen=True)
class Source:
    """Where a documented series comes from, and how precisely it is known."""

    name: str
    ids: tuple[str, ...]
    document: str
    title: str
    where: str
    printed: int
    atol: float

    def __str__(self) -> str:
        return f"Document: {self.title}; {self.where}."


class MissingTrace(LookupError):
    """A spec names a documented series that is not there: the repository is incomplete."""


def read_sources(traces: Path) -> dict[str, Source]:
    """Read `sources.toml` of a kata's traces, empty if it has none."""
    file = traces / "sources.toml"
    return dict(_sources(file, file.stat().st_mtime_ns)) if file.is_file() else {}


@cache  # the judge asks for them again with every submission
def _sources(file: Path, _changed: int) -> dict[str, Source]:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: _source(name, table) for name, table in tables.items()}


def _source(name: str, table: dict[str, Any]) -> Source:
    if ("atol" in table) != ("because" in table):
        raise ValueError(
            f"sources.toml, [{name}]: a tolerance of its own needs `because`, the reason"
        )
    atol = table.get("atol", 0.5 * 10.0 ** -table["printed"])
    ids = tuple(table["id"])
    title = table.get("english", table["title"])
    return Source(name, ids, table["document"], title, table["where"], table["printed"], atol)


def read_trace(file: Path) -> Tensor:
    """Read a series: float64, [rows] for one column of numbers, else [rows, columns]."""
    return _trace(file, file.stat().st_mtime_ns).clone()


@cache
def _trace(file: Path, _changed: int) -> Tensor:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [[float(cell) for cell in row[1:]] for row in list(csv.reader(lines))[1:]]
    table = torch.tensor(rows, dtype=torch.float64)
    return table[:, 0] if table.shape[1] == 1 else table


def rounding_of(yours: Tensor, wanted: Tensor, atol: float) -> float:
    """Return what a dtype short of float64 may add to a printed number's half unit.

    The print's own rounding may have used up nearly all of it. A few roundings a step, each of
    the largest number: a right answer never fails by them, and no mistake is as small.
    """
    if yours.dtype not in (torch.float32, torch.float16, torch.bfloat16) or not wanted.numel():
        return 0.0
    largest = float(wanted.abs().max()) + atol
    return 4 * len(wanted) * torch.finfo(yours.dtype).eps * largest


def _holds(claim: Callable[[float], None], atol: float) -> bool:
    """Whether a claim holds within a tolerance."""
    try:
        claim(atol)
    except Wrong:
        return False
    return True


class Documented:
    """What a spec receives as `documented`: `documented.agrees("example_1", trace)`.

    `compare` gives the `num_regression` fixture where pytest runs the test: it has the last word.
    """

    def __init__(self, traces: Path, compare: Callable[[], Any] | None = None) -> None:
        self._traces, self._compare = traces, compare
        self.source: Source | None = None

    def agrees(
        self,
        name: str,
        yours: Tensor,
        row: str = "step",
        *,
        what: str = "",
        at: Sequence[int] | None = None,
    ) -> None:
        """Claim that `yours` is the documented series `name`, at the printed precision.

        What the dtype of `yours` rounds in so many steps is added to the tolerance.
        `row`, `what` and `at` say in a failure what is compared, as in `proof.close`.
        Shapes: [rows] or [rows, columns]; dimensions of one at the end are passed over.
        Errors: Wrong with a table; MissingTrace if the repository has no such series.
        """
        __tracebackhide__ = True
        self.source = read_sources(self._traces).get(name)
        file = self._traces / f"{name}.csv"
        if self.source is None or not file.is_file():
            raise MissingTrace(
                f"no documented series {name!r} in {typed(self._traces)}: it needs {name}.csv and "
                f"[{name}] in sources.toml (numbers come from a document, never from a run)"
            )
        wanted = read_trace(file)
        mine = yours.detach().cpu().to(torch.float64)
        if mine.numel() == wanted.numel() and len(mine) == len(wanted):
            mine = mine.reshape(wanted.shape)
        else:
            body = [f"the result has shape {list(yours.shape)}, documented: {list(wanted.shape)}."]
            raise Wrong("WRONG SHAPE", body)
        atol = self.source.atol + rounding_of(yours, wanted, self.source.atol)
        claim = partial(self._explain, mine, wanted, row=row, what=what, at=at)
        self._compared(file, mine, atol, claim)
        self.source = None  # what fails after this is no longer about the trace

    def _compared(
        self, file: Path, mine: Tensor, atol: float, claim: Callable[[float], None]
    ) -> None:
        """Compare here first: pytest-regressions imports pandas, a fifth of a learner's start.

        Where numbers differ by little more than they may, it decides. A test holds that both draw
        the line at the same place.
        """
        __tracebackhide__ = True
        try:
            return claim(atol)
        except Wrong:
            if self._compare is None or not _holds(claim, NEAR * atol):
                raise
            with contextlib.suppress(AssertionError):
                return self._check(file, mine, atol, self._compare())
            raise

    def _check(self, file: Path, mine: Tensor, atol: float, num_regression: Any) -> None:
        """Let pytest-regressions decide."""
        assert self.source is not None
        with file.open(encoding="utf-8", newline="") as lines:
            names = next(csv.reader(lines))[1:]
        columns = mine.reshape(len(mine), -1).T.numpy()
        num_regression.check(
            dict(zip(names, columns, strict=True)),
            basename=self.source.name,
            default_tolerance={"atol": atol, "rtol": 0.0},
        )

    def _explain(self, mine: Tensor, wanted: Tensor, atol: float, /, **said: Any) -> None:
        """Apply the tolerance, and say a difference as a table that a learner can read."""
        assert self.source is not None
        digits = self.source.printed or None  # beside a whole number, yours may be 3.5
        try:
            proof.close(mine, wanted, atol=atol, column="documented", digits=digits, **said)
        except Wrong as wrong:
            raise wrong.headed("TRACE DIFFERS") from None
