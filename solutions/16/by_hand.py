"""Kata 16, optimizers: how one number of a result is worked out.

The memory comes first, then the w that it moves: if the memory is wrong, w is wrong because of it.
"""

from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num


def average(share: float, old: Tensor, new: str) -> str:
    """The share that stays of the old one, and the rest of the new."""
    return f"{num(share)} · {bracketed(old)} + (1 − {num(share)}) · {new}"


def squared(x: Tensor) -> str:
    """A number's square."""
    return f"{bracketed(x)}²"


@by_hand("sgd", outputs=("the new w", "the new v"))
def sgd(
    entry: Entry,
    w: Tensor,
    v: Tensor,
    grad: Tensor,
    lr: float,
    momentum: float,
    weight_decay: float,
    nesterov: bool,
) -> list[str]:
    """The gradient with its decay, v, and the step."""
    which, *i = entry.at
    g = grad[*i] + weight_decay * w[*i]
    new = entry.result[1][*i]
    step = g + momentum * new if nesterov else new
    lines = [
        f"g: {num(grad[*i])} + {num(weight_decay)} · {bracketed(w[*i])} = {num(g)}",
        f"v: {num(momentum)} · {bracketed(v[*i])} + {bracketed(g)} = {num(new)}",
    ]
    if which == 0 and nesterov:
        lines.append(f"Nesterov: {num(g)} + {num(momentum)} · {bracketed(new)} = {num(step)}")
    if which == 0:
        lines.append(f"w: {num(w[*i])} − {num(lr)} · {bracketed(step)} = {entry}")
    return lines


def over_the_root(entry: Entry, w: Tensor, grad: Tensor, lr: float, eps: float) -> list[str]:
    """The step of Adagrad and of RMSprop, if w is asked for."""
    which, *i = entry.at
    if which != 0:
        return []
    root = f"(√({num(entry.result[1][*i])}) + {num(eps)})"
    return [f"w: {num(w[*i])} − {num(lr)} · {bracketed(grad[*i])} / {root} = {entry}"]


@by_hand("adagrad", outputs=("the new w", "the new s"))
def adagrad(entry: Entry, w: Tensor, s: Tensor, grad: Tensor, lr: float, eps: float) -> list[str]:
    """The sum of squares, and its root under the step."""
    _, *i = entry.at
    total = f"s: {num(s[*i])} + {squared(grad[*i])} = {num(entry.result[1][*i])}"
    return [total, *over_the_root(entry, w, grad, lr, eps)]


@by_hand("rmsprop", outputs=("the new w", "the new s"))
def rmsprop(
    entry: Entry, w: Tensor, s: Tensor, grad: Tensor, lr: float, alpha: float, eps: float
) -> list[str]:
    """The average of squares, and its root under the step."""
    _, *i = entry.at
    mean = f"s: {average(alpha, s[*i], squared(grad[*i]))} = {num(entry.result[1][*i])}"
    return [mean, *over_the_root(entry, w, grad, lr, eps)]


@by_hand("adadelta", outputs=("the new w", "the new s", "the new d"))
def adadelta(
    entry: Entry, w: Tensor, s: Tensor, d: Tensor, grad: Tensor, lr: float, rho: float, eps: float
) -> list[str]:
    """The new s, the step with the old d, and then w or the new d."""
    which, *i = entry.at
    new = entry.result[1][*i]
    step = (d[*i] + eps).sqrt() / (new + eps).sqrt() * grad[*i]
    over = f"√({num(d[*i])} + {num(eps)}) / √({num(new)} + {num(eps)})"
    squares = f"s: {average(rho, s[*i], squared(grad[*i]))} = {num(new)}"
    moves = f"step: {over} · {bracketed(grad[*i])} = {num(step)}"
    if which == 0:
        return [squares, moves, f"w: {num(w[*i])} − {num(lr)} · {bracketed(step)} = {entry}"]
    if which == 1:
        return [squares]
    return [squares, moves, f"d: {average(rho, d[*i], squared(step))} = {entry}"]


@by_hand("adam", outputs=("the new w", "the new m", "the new s"))
def adam(
    entry: Entry,
    w: Tensor,
    m: Tensor,
    s: Tensor,
    t: int,
    grad: Tensor,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> list[str]:
    """Both averages, both corrected, and the step."""
    which, *i = entry.at
    slope, new_w, new_m, new_s = (part[*i] for part in (grad, *entry.result))
    mean, square = new_m / (1 - beta1**t), new_s / (1 - beta2**t)
    mean_line = f"m: {average(beta1, m[*i], bracketed(slope))} = {num(new_m)}"
    square_line = f"s: {average(beta2, s[*i], squared(slope))} = {num(new_s)}"
    if which != 0:
        return [mean_line if which == 1 else square_line]
    return [
        mean_line,
        square_line,
        f"m̂: m / (1 − {num(beta1)}^{t}) = {num(mean)}; "
        f"ŝ: s / (1 − {num(beta2)}^{t}) = {num(square)}",
        f"w: {num(w[*i])} − {num(lr)} · {bracketed(mean)} / (√({num(square)}) + {num(eps)})"
        f" = {num(new_w)}",
    ]


def resized(sign: float) -> str:
    """What the signs of two gradients do to a size."""
    if sign == 0:
        return "one is 0, so size stays"
    return "one sign, so size grows" if sign > 0 else "opposite signs, so size shrinks"


def limited(size: float, smallest: float, largest: float) -> str:
    """What the limits make of a size."""
    if size > largest:
        return f", but largest is {num(largest)}"
    return f", but smallest is {num(smallest)}" if size < smallest else ""


@by_hand("rprop", outputs=("the new w", "the new size", "the new before"))
def rprop(
    entry: Entry,
    w: Tensor,
    size: Tensor,
    before: Tensor,
    grad: Tensor,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> list[str]:
    """What the two signs say, the size that comes of it, and the move."""
    which, *i = entry.at
    old, slope, last = float(size[*i]), float(grad[*i]), float(before[*i])
    sign = slope * last
    signs = f"grad {num(slope)}, before {num(last)}: {resized(sign)}"
    if which == 2:
        waits = "w waits, so the new before is 0"
        return [signs, waits if sign < 0 else f"the new before is grad: {num(slope)}"]
    eta = etaplus if sign > 0 else etaminus
    product = f"{num(old)} · {num(eta)} = {num(old * eta)}" if sign else num(old)
    new = f"size: {product}{limited(old * eta if sign else old, smallest, largest)}"
    if which == 1:
        return [signs, new]
    if sign < 0:
        return [signs, f"w waits: it stays {entry}"]
    if slope == 0:
        return [signs, f"grad is 0: w stays {entry}"]
    size_now = num(entry.result[1][*i])
    return [signs, new, f"w: {num(w[*i])} {'−' if slope > 0 else '+'} {size_now} = {entry}"]
