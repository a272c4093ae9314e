"""How the tests of katas are collected: in the order of their spec, and by names that can be told.

What comes first in a spec is simplest, so its order is part of what it teaches, whatever shuffles.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue
from dojo.run import kata_of

PLACE = pytest.StashKey[int]()  # of a test among all that were collected


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return tests in the order in which they were collected."""
    return sorted(items, key=place)


def place(item: pytest.Item) -> int:
    """Return the place of a test among all that were collected."""
    return item.stash.get(PLACE, 0)


class SpecCollection:
    """The plugin of one run that collects specs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._collected = catalogue, 0

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module | None:
        """Call a spec by its kata's number, so that `-k update` means tests of that name.

        `-k` looks at the names of modules, too: all of test_manual_update.py would be meant.
        """
        kata = self._catalogue.kata_of(module_path)
        if kata is None:
            return None
        module: pytest.Module = pytest.Module.from_parent(
            parent, path=module_path, name=kata.number
        )
        return module

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Number the tests as they come out of their files."""
        item.stash[PLACE] = self._collected
        self._collected += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put katas' tests in order; all others stay where they are."""
        ours = iter(in_order([item for item in items if kata_of(item) is not None]))
        items[:] = [next(ours) if kata_of(item) is not None else item for item in items]
