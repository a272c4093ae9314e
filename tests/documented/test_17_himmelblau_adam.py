"""What document 003 does with Himmelblau's function, and no function of kata 17 can show.

Its 20000 steps are taken here, in plain Python floats: that is 0.03 s, where torch, made for more
than two numbers, would need 3.
"""

from __future__ import annotations

import pytest
import torch
from torch.optim.adam import adam

Point = tuple[float, float]
LOOKS = (1, 2001, 4001, 6001)  # the steps after which the document's loop prints
RUNS = [  # start; x after those steps; the end; f before the first three of them
    pytest.param(
        (-4.0, 0.0),
        [
            (-3.999, -0.000999999999),
            (-3.52656227124, -2.50024874838),
            (-3.77744692397, -3.27778545337),
            (-3.77931025299, -3.28318599017),
        ],
        (-3.77931025338, -3.28318599129),
        [146, 19.4500688547, 0.00121252519169],
        id="m4x0",
        marks=pytest.mark.documented("m003-adam-m4x0"),
    ),
    pytest.param(
        (1.0, 0.0),
        [
            (1.001, 0.0009999999995),
            (2.74495430494, 1.85848622851),
            (2.99778323346, 2.0032831281),
            (2.99999991675, 2.00000012912),
        ],
        (3.0, 2.0),
        [136, 3.23607080488, 0.000220904747675],
        id="1x0",
        marks=pytest.mark.documented("m003-adam-1x0"),
    ),
    pytest.param(
        (4.0, 0.0),
        [
            (3.999, -0.000999999999),
            (3.57419917782, -1.76418492393),
            (3.58442833095, -1.84812645405),
            (3.58442834033, -1.84812652696),
        ],
        (3.58442834033, -1.84812652696),
        [34, 0.0990433878394, 7.96635573966e-14],
        id="4x0",
        marks=pytest.mark.documented("m003-adam-4x0"),
    ),
]


def brackets(x: float, y: float) -> Point:
    """Return x² + y − 11 and x + y² − 7."""
    return x * x + y - 11, x + y * y - 7


def walk(x: float, y: float, lr: float, steps: int) -> list[tuple[float, float, float]]:
    """Return (x, y, f before the step) after each step of Adam."""
    path = list[tuple[float, float, float]]()
    mean_x = mean_y = square_x = square_y = 0.0
    for t in range(1, steps + 1):
        a, b = brackets(x, y)
        slope_x, slope_y = 4 * x * a + 2 * b, 2 * a + 4 * y * b
        mean_x, mean_y = 0.9 * mean_x + 0.1 * slope_x, 0.9 * mean_y + 0.1 * slope_y
        square_x = 0.999 * square_x + 0.001 * slope_x**2
        square_y = 0.999 * square_y + 0.001 * slope_y**2
        rate, root = lr / (1 - 0.9**t), (1 - 0.999**t) ** 0.5
        x -= rate * mean_x / (square_x**0.5 / root + 1e-8)
        y -= rate * mean_y / (square_y**0.5 / root + 1e-8)
        path.append((x, y, a * a + b * b))
    return path


@pytest.mark.parametrize(("start", "looks", "end", "losses"), RUNS)
def test_twenty_thousand_documented_steps(
    start: Point, looks: list[Point], end: Point, losses: list[float]
) -> None:
    """For thousands of steps the documented run is on its way, and then at a minimum."""
    path = walk(*start, lr=1e-3, steps=20000)
    for step, wanted in zip(LOOKS, looks, strict=True):
        assert path[step - 1][:2] == pytest.approx(wanted, abs=1e-9)
    assert path[-1][:2] == pytest.approx(end, abs=1e-10)
    assert [path[step - 1][2] for step in LOOKS[:3]] == pytest.approx(losses, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("start", [(-4.0, 0.0), (1.0, 0.0), (4.0, 0.0)])
def test_plain_floats_walk_as_torch_does(start: Point) -> None:
    """The walk above is torch's: a hundred steps of both agree."""
    p, unused = torch.tensor(start, dtype=torch.float64, requires_grad=True), list[torch.Tensor]()
    m, s, count = torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0)
    for x, y, f in walk(*start, lr=0.05, steps=100):
        loss = (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2
        (grad,) = torch.autograd.grad(loss, p)
        with torch.no_grad():
            adam(
                *([p], [grad], [m], [s], unused, [count]),
                lr=0.05,
                beta1=0.9,
                beta2=0.999,
                eps=1e-8,
                weight_decay=0.0,
                amsgrad=False,
                maximize=False,
                foreach=False,
            )
        assert (p[0].item(), p[1].item(), loss.item()) == pytest.approx((x, y, f), abs=1e-10)


@pytest.mark.documented("m003-print-timing")
def test_the_document_prints_f_of_the_point_before() -> None:
    """Step 0 from (−4, 0) prints x = (−3.999, −0.001) and f = 146; f there is 145.888."""
    x, y, printed = walk(-4.0, 0.0, lr=1e-3, steps=1)[0]
    assert (x, y, printed) == pytest.approx((-3.999, -0.001, 146), abs=1e-9)
    a, b = brackets(x, y)
    assert a * a + b * b == pytest.approx(145.888069984, abs=1e-8)


@pytest.mark.documented("m003-himmelblau-minima", "m003-himmelblau-values")
def test_two_printed_numbers_are_cut() -> None:
    """3.13131252 and −1.84812653 would round to 3.131313 and −1.848127; f is 1e-11 as printed."""
    assert f"{3.131312518250573:.6f} {-1.848126526964404:.6f}" == "3.131313 -1.848127"
    printed = [(-2.805118, 3.131312), (3.584428, -1.848126)]
    losses = [a * a + b * b for a, b in (brackets(*p) for p in printed)]
    assert losses == pytest.approx([1.09892966569e-11, 8.89437649758e-12], rel=1e-6)


@pytest.mark.documented("m003-grid-shapes")
def test_adding_up_makes_a_tick_too_many() -> None:
    """The document's 120 ticks are multiples of 0.1: added up, rounding leaves one more below 6."""
    tick, ticks = -6.0, list[float]()
    while tick < 6:
        ticks.append(tick)
        tick += 0.1
    assert len(ticks) == 121
    assert len(torch.arange(-6, 6, 0.1, dtype=torch.float64)) == 120
