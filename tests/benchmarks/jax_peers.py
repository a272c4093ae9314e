"""What a user of JAX would write: `lax.scan` with optax, unrolled too, closed forms compiled."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

# one thread, like every row, and the CPU, also where JAX knows a GPU, whose memory it would take:
# JAX reads them when it starts, so they stand before it is imported
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("NPROC", "1")

import jax
import jax.numpy as jnp
import optax

from .cases import CLOSED, FROM_SAMPLES, LOSS, Case, Rates
from .numpy_peers import CLOSED_FORM, CPU, FITS, KNOWN, MOST, summed
from .rows import (
    ITERATED,
    JUMP,
    JUMP_KNOWN,
    MATRIX,
    PRODUCT,
    WHOLE,
    WHOLE_KNOWN,
    Row,
    Run,
    plain,
)
from .torch_peers import DESCENTS

COMPILED: dict[str, Any] = {**CLOSED_FORM, "compiled": True}


def ready(function: Any, *given: Any) -> Run:
    """Run a compiled function and wait for what it gives."""
    compiled = jax.jit(function)
    return Run(lambda: jax.block_until_ready(compiled(*given)))


def arrays(case: Case) -> dict[str, Any]:
    """Return the inputs as JAX's own arrays."""
    return {name: jnp.asarray(value) for name, value in case.arrays().items()}


def scan(case: Case, steps: int, unroll: int = 1) -> Run:
    """Make the loop that XLA compiles, with optax's SGD, so many steps in each turn."""
    slope = jax.grad(LOSS[case.size.problem])
    optimizer = optax.sgd(case.lr, case.momentum or None)

    def descend(given: Any) -> Any:
        def step(held: Any, _: Any) -> Any:
            w, state = held
            updates, state = optimizer.update(slope(w, given), state, w)
            w = optax.apply_updates(w, updates)
            return (w, state), w

        w0 = given["w0"]
        _, path = jax.lax.scan(step, (w0, optimizer.init(w0)), length=steps, unroll=unroll)
        return jnp.concatenate([w0[None], path])

    return ready(descend, arrays(case))


def closed(case: Case, steps: int) -> Run:
    """Make JAX's whole trace at once, from X and y."""
    at = FROM_SAMPLES[case.size.problem]

    def trace(X: Any, y: Any, rates: Rates) -> Any:
        return at(jnp, summed({"X": X, "y": y}), rates, jnp.arange(steps + 1, dtype=jnp.float32))

    return from_samples(trace, case)


def jump(case: Case, steps: int) -> Run:
    """Make JAX's jump to the last step, from X and y; which step that is comes as data too."""
    at = FROM_SAMPLES[case.size.problem]

    def last(X: Any, y: Any, rates: Rates, step: Any) -> Any:
        return at(jnp, summed({"X": X, "y": y}), rates, step)

    return from_samples(last, case, jnp.array([steps], dtype=jnp.float32))


def from_samples(function: Any, case: Case, *more: Any) -> Run:
    """Run a compiled function of X, y, the rates and more."""
    X, y = (jnp.asarray(t.numpy()) for t in case.samples())
    run = ready(function, X, y, case.rates, *more)
    return Run(run.call, lambda trace: case.back(plain(trace)))


def known(case: Case, steps: int) -> Run:
    """Make the whole trace for who knows the curvature, and where the minimum is."""
    at = CLOSED[case.size.problem]

    def trace(given: Any, rates: Rates) -> Any:
        return at(jnp, given, rates, jnp.arange(steps + 1, dtype=jnp.float32))

    return ready(trace, arrays(case), case.rates)


def known_jump(case: Case, steps: int) -> Run:
    """Make the jump for who knows them."""
    at = CLOSED[case.size.problem]

    def last(given: Any, rates: Rates, step: Any) -> Any:
        return at(jnp, given, rates, step)

    return ready(last, arrays(case), case.rates, jnp.array([steps], dtype=jnp.float32))


def through_matrix(a: Any, v: Any) -> Any:
    """Return vᵀJ through J."""
    return v @ jax.jacrev(jax.nn.softmax)(a)


def product(a: Any, v: Any) -> Any:
    """Return vᵀJ by one pass backwards."""
    return jax.vjp(jax.nn.softmax, a)[1](v)[0]


def repeated(function: Any) -> Any:
    """Make a block of so many evaluations, each waited for."""

    def make(case: Case, steps: int) -> Run:
        given = arrays(case)
        one = ready(function, given["a"], given["v"]).call

        def call() -> Any:
            result = None
            for _ in range(steps):
                result = one()
            return result

        return Run(call)

    return make


UNROLLED = partial(scan, unroll=8)
ROWS = [
    Row("JAX lax.scan, optax", ITERATED, DESCENTS, scan, devices=CPU, compiled=True),
    Row("JAX lax.scan, unroll=8", ITERATED, DESCENTS, UNROLLED, devices=CPU, compiled=True),
    Row("JAX closed form", WHOLE, DESCENTS, closed, most_weights=MOST, **COMPILED),
    Row("JAX closed form", JUMP, FITS, jump, most_weights=MOST, **COMPILED),
    Row("JAX closed form", WHOLE_KNOWN, KNOWN, known, **COMPILED),
    Row("JAX closed form", JUMP_KNOWN, ("parabola",), known_jump, **COMPILED),
    Row("JAX jacrev", MATRIX, ("softmax",), repeated(through_matrix), devices=CPU, compiled=True),
    Row("JAX vjp", PRODUCT, ("softmax",), repeated(product), devices=CPU, compiled=True),
]
