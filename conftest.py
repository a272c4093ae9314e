"""Numeric policy of the katas, and the `device` fixture: CPU and CUDA."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs CUDA where there is none, at once: by its fixture it would take as long."""
    needing = [item for item in items if item.get_closest_marker("cuda") is not None]
    if needing and not config.getoption("--require-cuda", default=False):
        import torch

        if not torch.cuda.is_available():
            for item in needing:
                item.add_marker(pytest.mark.skip(reason="no CUDA device here"))


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.cuda)])
def device(request: pytest.FixtureRequest) -> str:
    """Each device in turn; CUDA is skipped where there is none, or fails with --require-cuda."""
    import torch

    name: str = request.param
    if name == "cuda" and not torch.cuda.is_available():
        pytest.fail("--require-cuda: there is no CUDA device here", pytrace=False)
    return name


@pytest.fixture(autouse=True, scope="session")
def full_precision() -> None:
    """Multiply matrices in full float32: TF32 would be wrong in the fourth decimal."""
    import torch

    torch.set_float32_matmul_precision("highest")


@pytest.fixture(scope="module")
def original_datadir(request: pytest.FixtureRequest) -> Path:
    """Where `num_regression` finds the documented numbers: the kata's `traces`, for all devices."""
    return request.path.parent / "traces"
