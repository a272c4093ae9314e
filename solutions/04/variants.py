"""Kata 04, momentum oscillation: answers written another way, for the contract tests."""

import math
from itertools import groupby

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right

Pair = tuple[Tensor, Tensor]


def check(momentum: float) -> None:
    """Refuse a bad momentum."""
    if momentum < 0 or momentum >= 1:
        raise ValueError("momentum")


@right("average_weights")
def weights_in_python(beta: float, n: int) -> Tensor:
    """a list of Python numbers"""
    return torch.tensor([(1 - beta) * math.pow(beta, i) for i in range(n)], dtype=torch.float64)


@right("average_weights")
def weights_of_a_pulse(beta: float, n: int) -> Tensor:
    """the recursion itself, fed with a single 1"""
    v = 1 - beta
    weights = [v]
    for _ in range(n - 1):
        v = beta * v
        weights.append(v)
    return torch.tensor(weights, dtype=torch.double)


@right("step")
def step_by_torch(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """torch.optim.SGD, its velocity set by hand"""
    check(momentum)
    leaf = w.detach().clone().requires_grad_()
    leaf.grad = grad.clone()
    sgd = torch.optim.SGD([leaf], lr=lr, momentum=momentum)
    sgd.state[leaf]["momentum_buffer"] = v.clone()
    sgd.step()
    new_v = sgd.state[leaf]["momentum_buffer"] if momentum else grad.clone()
    return leaf.detach(), new_v


@right("step")
def step_in_place(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """in place, on clones"""
    check(momentum)
    w, v = w.clone(), v.clone()
    v.mul_(momentum).add_(grad)
    w.sub_(v, alpha=lr)
    return w, v


@right("step")
def step_in_float64(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """float64 inside"""
    check(momentum)
    new = momentum * v.double() + grad.double()
    return (w.double() - lr * new).to(w.dtype), new.to(v.dtype)


@right("descend")
def descend_by_torch(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """backward() and torch.optim.SGD"""
    w = w0.detach().clone().requires_grad_()
    sgd, path = torch.optim.SGD([w], lr=lr, momentum=momentum), [w0.clone()]
    for _ in range(steps):
        sgd.zero_grad()
        (4 * w**2).sum().backward()
        sgd.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@right("descend")
def descend_by_matrix(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """powers of the companion matrix, in float64"""
    matrix = torch.tensor([[1 + momentum - 8 * lr, -momentum], [1.0, 0.0]], dtype=torch.float64)
    matrix = matrix.to(w0.device)
    now = torch.stack([w0, w0]).double().reshape(2, -1)
    rows = [(torch.linalg.matrix_power(matrix, t) @ now)[0] for t in range(steps + 1)]
    return torch.stack(rows).reshape(steps + 1, *w0.shape).to(w0.dtype)


@right("descend")
def descend_in_two_terms(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """without v: each row from the two before it, in the dtype of w0"""
    path = [w0, w0 - lr * 8 * w0]
    for _ in range(steps - 1):
        path.append((1 + momentum - 8 * lr) * path[-1] - momentum * path[-2])
    return torch.stack(path[: steps + 1])


@right("descend")
def descend_by_positions(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """without v: the last move, scaled, and a plain step"""
    path = [w0, w0]
    for _ in range(steps):
        path.append(path[-1] - lr * 8 * path[-1] + momentum * (path[-1] - path[-2]))
    return torch.stack(path[1:])


@right("descend")
def descend_with_lr_in_v(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """lr inside v: the same path, for lr is constant here"""
    w, v = w0.clone(), torch.zeros_like(w0)
    path = w0.new_empty(steps + 1, *w0.shape)
    path[0] = w
    for t in range(steps):
        v = momentum * v - lr * 8 * w
        w += v
        path[t + 1] = w
    return path


@right("crossings")
def crossings_in_a_loop(trace: Tensor) -> int:
    """a loop that remembers the last side"""
    count, side = 0, 0.0
    for x in trace.reshape(-1).tolist():
        if x and x * side < 0:
            count += 1
        side = x or side
    return count


@right("crossings")
def crossings_by_groups(trace: Tensor) -> int:
    """runs of one side: one crossing less than there are runs"""
    runs = list(groupby(x > 0 for x in trace.flatten().tolist() if x != 0))
    return max(0, len(runs) - 1)


@right("crossings")
def crossings_by_numpy(trace: Tensor) -> int:
    """neighbouring products of the values that are not 0"""
    away = trace[trace != 0].cpu().numpy()
    return int((away[1:] * away[:-1] < 0).sum())


@right("critical_momentum")
def critical_multiplied_out(lr: float, curvature: float) -> float:
    """the square multiplied out, with torch"""
    product = torch.tensor(lr * curvature, dtype=torch.float64)
    if product > 1:
        raise ValueError("lr is too large: every momentum oscillates")
    return (1 + product - 2 * product.sqrt()).item()


@right("critical_momentum")
def critical_by_halving(lr: float, curvature: float) -> float:
    """the discriminant's change of sign, found by halving"""
    if lr * curvature > 1:
        raise ValueError("lr")
    low, high = 0.0, 1.0
    while high - low > 1e-15:
        m = (low + high) / 2
        low, high = (m, high) if (1 + m - lr * curvature) ** 2 >= 4 * m else (low, m)
    return low


@mistaken("average_weights", known_as="weights_oldest_first")
def weights_from_the_past(beta: float, n: int) -> Tensor:
    """the recursion, unrolled from the oldest value on"""
    return torch.tensor([(1 - beta) * beta ** (n - 1 - i) for i in range(n)], dtype=torch.float64)


@mistaken("average_weights", known_as="weights_made_to_add_up")
def weights_corrected(beta: float, n: int) -> Tensor:
    """bias-corrected, as Adam does it"""
    i = torch.arange(n, dtype=torch.float64)
    return (1 - beta) * beta**i / (1 - beta**n)


@mistaken("step", known_as="step_averages")
def step_averages_in_place(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """lerp, in place"""
    check(momentum)
    v = v.clone().lerp_(grad, 1 - momentum)
    return w - v * lr, v


@mistaken("step", known_as="step_nesterov")
def step_nesterov_by_torch(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """torch's own nesterov, written in place"""
    check(momentum)
    v = v.mul(momentum).add(grad)
    return w.sub(grad.add(v, alpha=momentum), alpha=lr), v


@mistaken("descend", known_as="dampened")
def dampened_by_torch(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """torch.optim.SGD with dampening"""
    w = w0.detach().clone().requires_grad_()
    sgd = torch.optim.SGD([w], lr=lr, momentum=momentum, dampening=momentum)
    path = [w0.clone()]
    for _ in range(steps):
        sgd.zero_grad()
        (4 * w**2).sum().backward()
        sgd.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="never_cleared")
def never_cleared_by_torch(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """no zero_grad()"""
    w = w0.detach().clone().requires_grad_()
    sgd, path = torch.optim.SGD([w], lr=lr, momentum=momentum), [w0.clone()]
    for _ in range(steps):
        (4 * w**2).sum().backward()
        sgd.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="velocity_forgotten")
def velocity_in_the_loop(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a new optimizer for every step: its velocity is new as well"""
    w = w0.detach().clone().requires_grad_()
    path = [w0.clone()]
    for _ in range(steps):
        sgd = torch.optim.SGD([w], lr=lr, momentum=momentum)
        sgd.zero_grad()
        (4 * w**2).sum().backward()
        sgd.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="uphill")
def uphill_by_plus(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the right velocity, added"""
    w, v = w0, torch.zeros_like(w0)
    path = [w]
    for _ in range(steps):
        v = momentum * v + 8 * w
        w = w + lr * v
        path.append(w)
    return torch.stack(path)


@mistaken("crossings", known_as="zeros_have_a_side")
def zeros_have_a_side_in_a_loop(trace: Tensor) -> int:
    """neighbours compared, in a loop"""
    sides = trace.flatten().sign().tolist()
    return sum(sides[i] != sides[i + 1] for i in range(len(sides) - 1))


@mistaken("critical_momentum", known_as="critical_other_root")
def critical_by_the_other_sign(lr: float, curvature: float) -> float:
    """the quadratic formula with its plus sign"""
    if lr * curvature > 1:
        raise ValueError("lr")
    return 1 + lr * curvature + 2 * math.sqrt(lr * curvature)


@muddled("average_weights")
def weights_swapped_and_late(beta: float, n: int) -> Tensor:
    """two mistakes at once"""
    return beta * (1 - beta) ** torch.arange(1, n + 1, dtype=torch.float64)


@muddled("step")
def step_takes_one(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """half a check: momentum 1 passes"""
    if momentum < 0 or momentum > 1:
        raise ValueError("momentum")
    v = momentum * v + grad
    return w - lr * v, v


@muddled("step")
def step_takes_a_negative_one(
    w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float
) -> Pair:
    """half a check: momentum below 0 passes"""
    if momentum >= 1:
        raise ValueError("momentum")
    v = momentum * v + grad
    return w - lr * v, v


@muddled("step")
def step_averages_uphill(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """two mistakes at once"""
    check(momentum)
    v = momentum * v + (1 - momentum) * grad
    return w + lr * v, v


@muddled("descend")
def half_the_gradient_and_dampened(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """two mistakes at once"""
    w, v = w0, torch.zeros_like(w0)
    path = [w]
    for _ in range(steps):
        v = momentum * (v + 4 * w)
        w = w - lr * v
        path.append(w)
    return torch.stack(path)


@muddled("crossings")
def turns_one_way(trace: Tensor) -> int:
    """two mistakes at once: turns are counted, and only those at the top"""
    moves = trace.flatten().diff()
    return int(((moves[:-1] > 0) & (moves[1:] < 0)).sum())


@muddled("critical_momentum")
def critical_refused_late(lr: float, curvature: float) -> float:
    """half a check: lr · curvature is refused above 1.5 only"""
    if lr * curvature > 1.5:
        raise ValueError("lr")
    return (1 - math.sqrt(lr * curvature)) ** 2


@muddled("critical_momentum")
def critical_without_curvature_and_square(lr: float, curvature: float) -> float:
    """two mistakes at once"""
    return 1 - math.sqrt(lr)


@mistaken("crossings", known_as="there_and_back_cancel")
def sides_subtracted(trace: Tensor) -> int:
    """what a sum of differences comes to: the last side less the first"""
    sides = [x > 0 for x in trace.flatten().tolist() if x != 0]
    return int(sides[-1]) - int(sides[0]) if sides else 0
