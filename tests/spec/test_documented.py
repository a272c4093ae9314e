"""Documented numbers: pytest-regressions and the comparison that spares its start agree."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from dojo.catalogue import open_catalogue
from dojo.errors import Wrong
from dojo.spec.documented import Documented, read_sources, read_trace

from ..conftest import HOUSE

KATAS = open_catalogue(HOUSE).katas.values()
TRACES = [
    pytest.param(k.traces, name, id=f"{k.number}-{name}")
    for k in KATAS
    for name in read_sources(k.traces)
]


@pytest.mark.parametrize(("folder", "name"), TRACES)
def test_a_source_is_said_in_letters_of_one_column(folder: Path, name: str) -> None:
    """A Chinese title or heading has an English one beside it, which the screen can count."""
    said = str(read_sources(folder)[name])
    assert [c for c in said if unicodedata.east_asian_width(c) in "WF"] == []


@pytest.fixture(scope="module")
def original_datadir(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `num_regression` finds the numbers: a copy, since it writes what is missing."""
    copy = tmp_path_factory.mktemp("traces") / "traces"
    shutil.copytree(folder, copy)
    return copy


def decided_alone(folder: Path, name: str, numbers: Tensor) -> bool:
    """Whether the numbers agree by the comparison that a learner's run makes."""
    try:
        Documented(folder).agrees(name, numbers)
    except Wrong:
        return False
    return True


class Spy:
    """Stands in for `num_regression`, and counts how often it is asked."""

    def __init__(self, fixture: Any) -> None:
        self.asked, self._fixture = 0, fixture

    def check(self, *args: Any, **named: Any) -> None:
        """Pass the question on."""
        self.asked += 1
        self._fixture.check(*args, **named)


@pytest.mark.parametrize(("folder", "name"), TRACES, scope="module")
@pytest.mark.parametrize("off", [0.0, 0.999, 1.001, 50.0, float("nan"), float("inf")])
def test_both_draw_the_line_at_the_same_place(
    folder: Path, name: str, off: float, num_regression: Any
) -> None:
    """One number off by a part of the tolerance: what one passes, the other passes."""
    source = read_sources(folder)[name]
    numbers = read_trace(folder / f"{name}.csv")
    flat = numbers.flatten()
    flat[len(flat) // 2] += off * source.atol
    columns = numbers.reshape(len(numbers), -1).T.numpy()
    head = (folder / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0].split(",")[1:]
    try:
        num_regression.check(
            dict(zip(head, columns, strict=True)),
            basename=name,
            default_tolerance={"atol": source.atol, "rtol": 0.0},
        )
        regression = True
    except AssertionError:
        regression = False
    assert decided_alone(folder, name, numbers) == regression == (off < 1)


@pytest.mark.parametrize(("folder", "name"), TRACES[:1], scope="module")
def test_pytest_regressions_has_the_last_word(folder: Path, name: str, num_regression: Any) -> None:
    """It is asked only where numbers differ, but not by far, and then it decides."""
    spy = Spy(num_regression)
    documented = Documented(folder, lambda: spy)
    numbers = read_trace(folder / f"{name}.csv")
    documented.agrees(name, numbers)
    assert spy.asked == 0
    for off, asked in ((1.5, 1), (50.0, 1), (float("nan"), 1)):
        with pytest.raises(Wrong, match="TRACE DIFFERS"):
            documented.agrees(name, numbers + off * read_sources(folder)[name].atol)
        assert spy.asked == asked


@pytest.mark.parametrize(("folder", "name"), TRACES, scope="module")
@pytest.mark.parametrize("way", [-1, 1])
def test_a_print_that_was_rounded_fails_no_float32(folder: Path, name: str, way: int) -> None:
    """The exact number may be half a unit off the printed one, and float32's rounding beyond."""
    source, numbers = read_sources(folder)[name], read_trace(folder / f"{name}.csv")
    exact = numbers + way * source.atol
    rounded = torch.nextafter(exact.float(), torch.full_like(exact, way * torch.inf).float())
    assert decided_alone(folder, name, rounded)
    assert not decided_alone(folder, name, (numbers + way * 1.5 * source.atol).double())
