"""What the tests of the recipes share."""

from __future__ import annotations

import sys

import pytest

from ..conftest import NO_SANDBOX


@pytest.fixture(autouse=True, scope="session")
def linux() -> None:
    """Skip them where there are no containers of Linux: the platforms run nothing else."""
    if sys.platform != "linux":
        pytest.skip(f"{NO_SANDBOX}the platforms' containers are Linux.")
