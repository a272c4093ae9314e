"""What a user of torch would write instead: the documents' own way, `torch.optim.SGD`, autograd.

torch.compile has a row where it pays within a minute: for momentum, whose step is all elementwise.
On two shared x86 cores a step on a million weights takes 4.7 ms where kata 04's takes 5.7, after 6
seconds of compiling; on few weights it takes more than twice as long. For 1,000×32 a compiled step
takes 29 µs where the eager one takes 22, since its guards run at every call. Nor does it pay to
unroll: fifty steps of that in one graph take 16 µs a step, after half a minute, ten steps of the
parabola 7 µs where numpy takes 4, after 16 seconds, and ten with momentum on one weight compile for
more than a minute.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from .cases import LOSS, SLOPE, Case
from .rows import ITERATED, MATRIX, PRODUCT, WHOLE_KNOWN, Row, Run

DESCENTS = ("parabola", "regression", "heavy ball", "momentum")
SLOW = 1_000  # steps: none of these loops gets faster per step by taking more


def document(case: Case, steps: int) -> Run:
    """Make the documents' loop: all it starts from asks for gradients, so the graph grows."""
    given = {name: t.clone().requires_grad_() for name, t in case.given.items()}
    loss, slope = LOSS[case.size.problem], SLOPE[case.size.problem]
    by_autograd = case.size.problem == "parabola"  # the other documents use the formula

    def call() -> list[Tensor]:
        w, v, path = given["w0"], torch.zeros_like(given["w0"]), [given["w0"]]
        for _ in range(steps):
            if by_autograd:
                (grad,) = torch.autograd.grad(loss(w, given), w)
            else:
                grad = slope(w, given)
            v = case.momentum * v + grad if case.momentum else grad
            w = w - case.lr * v
            path.append(w)
        return path

    return Run(call)


def sgd(case: Case, steps: int, **how: bool) -> Run:
    """Make the loop with `torch.optim.SGD`, one of its three ways to update."""
    loss, given = LOSS[case.size.problem], case.given

    def call() -> Tensor:
        w = given["w0"].clone().requires_grad_()
        optimizer = torch.optim.SGD([w], lr=case.lr, momentum=case.momentum, **how)
        path = [w.detach().clone()]
        for _ in range(steps):
            optimizer.zero_grad()
            loss(w, given).backward()
            optimizer.step()
            path.append(w.detach().clone())
        return torch.stack(path)

    return Run(call)


def compiled(case: Case, steps: int) -> Run:
    """Make a loop over one compiled step."""
    slope, given = SLOPE[case.size.problem], case.given

    def eager(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = case.momentum * v + slope(w, given)
        return w - case.lr * v, v

    w0, rest = given["w0"], torch.zeros_like(given["w0"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own modules, when imported
        step = torch.compile(eager, dynamic=False)
        step(w0, rest)

    def call() -> Tensor:
        w, v, path = w0, rest, [w0]
        for _ in range(steps):
            w, v = step(w, v)
            path.append(w)
        return torch.stack(path)

    return Run(call)


def fused(case: Case, steps: int) -> Run:
    """Make the loop of fewest calls that needs no compiler: torch's own fused operations."""
    w0, lr, m = case.given["w0"], case.lr, case.momentum
    five = torch.tensor(5.0, device=w0.device)

    def falling() -> Tensor:
        path = w0.new_empty(steps + 1, 1)
        path[0] = w0
        for w, new in itertools.pairwise(path.unbind()):
            torch.lerp(w, five, 2 * lr, out=new)
        return path

    def swinging() -> Tensor:
        path, v = w0.new_empty(steps + 1, len(w0)), torch.zeros_like(w0)
        path[0] = w0
        for w, new in itertools.pairwise(path.unbind()):
            torch.add(w, v.mul_(m).add_(w, alpha=8), alpha=-lr, out=new)
        return path

    return Run(falling if case.size.problem == "parabola" else swinging)


def compiled_closed_form(case: Case, steps: int) -> Run:
    """Make the whole trace in one compiled kernel, for who knows where the minimum is."""

    def closed(w0: Tensor, k: Tensor) -> Tensor:
        return 5 + (1 - 2 * case.lr) ** k[:, None] * (w0 - 5)

    w0, k = case.given["w0"], torch.arange(steps + 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in `compiled`
        whole = torch.compile(closed, dynamic=False)
        whole(w0, k)
    return Run(lambda: whole(w0, k))


def repeated(one: Callable[[Tensor, Tensor], Any]) -> Callable[[Case, int], Run]:
    """Make a block of so many evaluations of one function of a and v."""

    def make(case: Case, steps: int) -> Run:
        a, v = case.given["a"], case.given["v"]

        def call() -> Any:
            result = None
            for _ in range(steps):
                result = one(a, v)
            return result

        return Run(call)

    return make


softmax = partial(torch.softmax, dim=0)


def backward(a: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ by one pass backwards."""
    a = a.detach().requires_grad_()
    return torch.autograd.grad(softmax(a), a, v)[0]


def functional_jacobian(a: Tensor, v: Tensor) -> Any:
    """Return vᵀJ through J, built row by row."""
    return v @ torch.autograd.functional.jacobian(softmax, a)


def jacrev(a: Tensor, v: Tensor) -> Any:
    """Return vᵀJ through J, built by one vectorised pass."""
    return v @ torch.func.jacrev(softmax)(a)


WAYS = {"for-loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
ROWS = [
    Row("document, graph grows", ITERATED, DESCENTS, document, most_steps=SLOW),
    *(
        Row(
            *(f"torch.optim.SGD {name}", ITERATED, DESCENTS, partial(sgd, **way)),
            most_steps=SLOW,
            brief=name == "for-loop",
        )
        for name, way in WAYS.items()
    ),
    Row("torch, fused by hand", ITERATED, ("parabola", "momentum"), fused, most_steps=SLOW),
    Row("torch.autograd.grad", PRODUCT, ("softmax",), repeated(backward)),
    Row(
        *("autograd.functional.jacobian", MATRIX, ("softmax",), repeated(functional_jacobian)),
        brief=False,
    ),
    Row("torch.func.jacrev", MATRIX, ("softmax",), repeated(jacrev)),
]
COMPILED = [
    Row("torch.compile", ITERATED, ("momentum",), compiled, most_steps=SLOW, slow_start=True),
    Row(
        *("torch.compile", WHOLE_KNOWN, ("parabola",), compiled_closed_form),
        devices=("cpu",),
        compiled=True,
        reads="nothing",
        slow_start=True,
    ),
]
