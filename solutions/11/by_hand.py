"""Kata 11, activation gradients: how one number of a result is worked out."""

import math
from collections.abc import Callable, Sequence

from torch import Tensor

from dojo.feedback.by_hand import TERMS, Entry, bracketed, by_hand, num


def sigma(x: float) -> float:
    """Return the sigmoid of x, by the form that is safe on its side."""
    small = math.exp(-abs(x))
    return (small if x < 0 else 1.0) / (1 + small)


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": sigma,
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
}


def output(y: float) -> str:
    """Write an output with so many digits that five are left of 1 less it."""
    left = abs(1 - abs(y))
    return bracketed(y, max(5, 4 - math.floor(math.log10(left))) if left else 5)


def sloped(activation: str, y: float) -> str:
    """Write the slope where the output is y, up to its number."""
    if activation == "sigmoid":
        return f"s · (1 − s) = {output(y)} · (1 − {output(y)}) ="
    if activation == "tanh":
        return f"1 − t² = 1 − {output(y)}² ="
    return f"the output {num(y)} is {'' if y > 0 else 'not '}above 0, so the slope is"


def slope_of(activation: str, y: float) -> float:
    """Return the slope where the output is y."""
    return {"sigmoid": y * (1 - y), "tanh": 1 - y**2, "relu": float(y > 0)}[activation]


@by_hand("sigmoid")
def sigmoid(entry: Entry, x: Tensor) -> list[str]:
    """The form that is safe for the sign of x."""
    at = x[*entry.at].item()
    small = num(math.exp(-abs(at)))
    if at < 0:
        return [
            f"{num(at)} is below 0: e^x / (1 + e^x), and e^x = exp({num(at)}) = {small}",
            f"{small} / (1 + {small}) = {entry}",
        ]
    return [
        f"{num(at)} is not below 0: 1 / (1 + e^−x), and e^−x = exp(−{num(at)}) = {small}",
        f"1 / (1 + {small}) = {entry}",
    ]


@by_hand("slope_by_autograd")
def slope_by_autograd(entry: Entry, x: Tensor) -> list[str]:
    """What autograd is to find: the sigmoid at x times the sigmoid at −x."""
    at = x[*entry.at].item()
    one, other = num(sigma(at)), num(sigma(-at))
    return [
        f"the sigmoid at {num(at)} is {one}, and at {num(-at)} it is {other}",
        f"σ(x) · σ(−x) = {one} · {other} = {entry}",
    ]


@by_hand("tanh")
def tanh(entry: Entry, x: Tensor) -> list[str]:
    """A sigmoid, stretched."""
    at = x[*entry.at].item()
    stretched = num(sigma(2 * at), 7)
    return [
        f"the sigmoid at 2 · {bracketed(at)} = {num(2 * at)} is {stretched}",
        f"2 · {stretched} − 1 = {entry}",
    ]


@by_hand("slope")
def slope(entry: Entry, activation: str, y: Tensor) -> str:
    """The slope, read off the output."""
    return f"{sloped(activation, y[*entry.at].item())} {entry}"


@by_hand("log_sigmoid_slope")
def log_sigmoid_slope(entry: Entry, x: Tensor) -> list[str]:
    """−|x| less twice the logarithm of 1 + e^−|x|."""
    far = abs(x[*entry.at].item())
    small = num(math.exp(-far))
    return [
        f"|x| is {num(far)}, and exp(−{num(far)}) = {small}",
        f"−{num(far)} − 2 · log(1 + {small}) = {entry}",
    ]


@by_hand("slope_through")
def slope_through(entry: Entry, activation: str, x: Tensor, layers: int) -> list[str]:
    """The slopes of all layers, each at its own output, multiplied."""
    if layers == 0:
        return [f"without a layer the output is x itself: slope {entry}"]
    y, outputs = x[*entry.at].item(), list[float]()
    for _ in range(layers):
        y = FUNCTIONS[activation](y)
        outputs.append(y)
    slopes = [slope_of(activation, y) for y in outputs]
    return [
        f"the outputs, layer by layer: {listed(outputs, ', ')}",
        f"at the first: {sloped(activation, outputs[0])} {num(slopes[0])}",
        f"all slopes multiplied: {listed(slopes, ' · ')} = {entry}",
    ]


def listed(numbers: Sequence[float], between: str) -> str:
    """Write numbers one after the other; of many the first ones and the last."""
    texts = [num(n) for n in numbers]
    if len(texts) > TERMS:
        texts = [*texts[: TERMS - 2], "…", texts[-1]]
    return between.join(texts)
