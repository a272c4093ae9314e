"""The order of a spec is part of what it teaches: what comes first is simplest.

So a kata's tests run in the order in which the spec has them, whatever shuffles tests here.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dojo.run import kata_of

PLACE = pytest.StashKey[int]()  # of a test among all that were collected


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return tests in the order in which they were collected."""
    return sorted(items, key=place)


def place(item: pytest.Item) -> int:
    """Return the place of a test among all that were collected."""
    return item.stash.get(PLACE, 0)


class SpecOrder:
    """The plugin that gives katas their order back."""

    def __init__(self) -> None:
        self._collected = 0

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Number the tests as they come out of their files."""
        item.stash[PLACE] = self._collected
        self._collected += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put katas' tests in order; all others stay where they are."""
        ours = iter(in_order([item for item in items if kata_of(item) is not None]))
        items[:] = [next(ours) if kata_of(item) is not None else item for item in items]
