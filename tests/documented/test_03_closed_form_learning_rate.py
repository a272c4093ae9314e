"""What document 002 says of learning rates, and no function of kata 03 can show."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor


def recorded(lr: float, steps: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Return (x, its slope, its loss) before each update of the document's loop, in float32."""
    x = torch.tensor([2.0], requires_grad=True)
    rows = []
    for _ in range(steps):
        loss = torch.pow(2 * x, 2)
        loss.backward()
        assert x.grad is not None
        rows.append((x.detach().clone(), x.grad.clone(), loss))
        x.data.sub_(lr * x.grad)
        x.grad.zero_()
    return rows


def float32_losses(lr: float, steps: int) -> list[float]:
    """Return the losses of the document's loop."""
    return [loss.item() for _, _, loss in recorded(lr, steps)]


@pytest.mark.documented("m002-lr1-x", "m002-lr1-grad", "m002-lr1-loss", "m002-derivative")
def test_autograd_finds_the_documented_slopes() -> None:
    """At rate 1, x, slope and loss are the whole numbers of the worked sequence, in float32 too."""
    rows = [tuple(t.item() for t in row) for row in recorded(1.0, 3)]
    assert rows == [(2, 16, 16), (-14, -112, 784), (98, 784, 38416)]


@pytest.mark.documented("m002-print-format")
def test_numpy_scalars_are_printed_as_doubles() -> None:
    """The loop's print pads to eight places, but a rounded float32 shows all its digits."""
    lines = [
        f"Iter:{i}, X:{x.numpy()[0]:8}, X.grad:{slope.numpy()[0]:8}, loss:{loss.item():10}"
        for i, (x, slope, loss) in enumerate(recorded(0.2, 2))
    ]
    assert lines[0] == "Iter:0, X:     2.0, X.grad:    16.0, loss:      16.0"
    assert lines[1].startswith("Iter:1, X:-1.2000000476837158, X.grad:")


@pytest.mark.documented("m002-plot-loss-tensors")
def test_a_list_of_loss_tensors_cannot_be_plotted() -> None:
    """Each loss still hangs on its graph: numpy refuses the list, and takes the numbers."""
    losses = [loss for _, _, loss in recorded(0.2, 4)]
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        np.asarray(losses)
    numbers = np.asarray([loss.item() for loss in losses])
    np.testing.assert_allclose(numbers, [16, 5.76, 2.0736, 0.746496], rtol=1e-6)


@pytest.mark.documented("m002-sweep-losses", "m002-lr02-200steps")
def test_float32_losses_underflow() -> None:
    """In float32 seven of the ten losses are exactly 0 after 99 updates: they rank nothing."""
    last = [float32_losses(lr, 100)[-1] for lr in np.linspace(0.01, 0.2, 10).tolist()]
    assert last[:2] == pytest.approx([1.08171e-06, 3.92237e-24], rel=1e-4)
    assert last[2:9] == [0.0] * 7
    assert last[9] < 1e-42  # 1.89e-43 as a subnormal, 0 where those are flushed
    x, _, loss = recorded(0.2, 200)[-1]
    assert abs(x.item()) < 1e-43
    assert loss.item() == 0


@pytest.mark.documented("m002-sweep-larger-max")
def test_float32_losses_overflow() -> None:
    """In float32 the losses at 0.5 are inf from the 40th update on, and nan from the 81st."""
    losses = float32_losses(0.5, 100)
    assert losses.index(math.inf) == 40
    assert next(n for n, loss in enumerate(losses) if math.isnan(loss)) == 81
    assert float32_losses(0.3, 100)[99] == pytest.approx(1.37237e30, rel=1e-4)
