"""How a worker holds itself to its limits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ...processes import HOUSE

LOWER = """
import resource
from dojo.judge.inside.confinement import Limits

resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
Limits(memory=1 << 40, cpu=9).set()
print(*(resource.getrlimit(limit)[1] for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the judge is Linux's own")
def test_a_lower_limit_of_the_system_stays() -> None:
    """Nobody may raise one, and a worker that tried could not begin."""
    told = subprocess.check_output([sys.executable, "-c", LOWER], text=True, cwd=HOUSE)
    assert told.split() == ["32", "9"]
