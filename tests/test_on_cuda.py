"""What runs on CUDA, where there is an NVIDIA GPU: in processes of its own, which can see it."""

from __future__ import annotations

import os
import shutil

import pytest
import torch

from .conftest import NO_GPU, VISIBLE
from .processes import finished

pytestmark = pytest.mark.skipif(
    torch.version.cuda is None or shutil.which("nvidia-smi") is None,
    reason=f"{NO_GPU}On a machine that has one, and a torch for it, they run too.",
)


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is started see the GPU, which other tests do not."""
    if not os.environ[VISIBLE]:
        monkeypatch.delenv(VISIBLE)


def test_every_solution_passes() -> None:
    """The half of all katas that a machine without a GPU skips."""
    run = finished("katas", "--answers", "solutions", "--require-cuda", "-m", "cuda")
    assert run.returncode == 0, run.stdout


def test_every_row_gives_the_closed_form() -> None:
    """The rows of the benchmarks that such a machine does not have."""
    run = finished("tests/benchmarks", "--require-cuda", "-m", "cuda")
    assert run.returncode == 0, run.stdout
