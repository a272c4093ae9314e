"""The fixtures that a spec receives; they exist in checkouts of this project only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from dojo.run import DOJO, kata_of

if TYPE_CHECKING:
    from dojo.calling.calls import KataCalls
    from dojo.spec.documented import Documented
    from dojo.spec.fresh import Fresh


@pytest.fixture
def kata(request: pytest.FixtureRequest) -> KataCalls:
    """The answer to this folder's kata: `kata.descend(x0, lr=0.1, steps=50)` calls it."""
    from dojo.calling.calls import InProcess, KataCalls, Nothing
    from dojo.opening.unusable import missing, way_back
    from dojo.spec.trial import SpecTest

    dojo, own = request.config.stash[DOJO], kata_of(request)
    assert own is not None, f"{request.path} is no kata's spec, so it has no `kata`"
    answer, path = dojo.answer(own), own.answer_in(dojo.answers)
    back = partial(way_back, own, path)
    door = InProcess(answer, back) if answer else Nothing(path, missing(own, path))
    return KataCalls(door, count=SpecTest.of(request.node).count, signatures=own.signatures)


@pytest.fixture
def documented(request: pytest.FixtureRequest) -> Documented:
    """The documented numbers of this folder's kata: `documented.agrees("example_1", trace)`."""
    from dojo.spec.documented import Documented

    own = kata_of(request)
    assert own is not None, f"{request.path} is no kata's spec, so it has no `documented`"
    return Documented(own.traces, lambda: request.getfixturevalue("num_regression"))


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Inputs that are drawn from --kata-seed and the test's name."""
    from dojo.spec.fresh import DEFAULT_SEED, Fresh

    seed = request.config.getoption("--kata-seed")
    return Fresh(DEFAULT_SEED if seed is None else seed, request.node.originalname)
