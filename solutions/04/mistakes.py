"""Kata 04, momentum oscillation: what learners get wrong."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake

Pair = tuple[Tensor, Tensor]


def walk(w0: Tensor, steps: int, step: Callable[[Tensor, Tensor], Pair]) -> Tensor:
    """Return the path of a step from (w, v) to (w, v) that is repeated, from rest."""
    w, v = w0, torch.zeros_like(w0)
    path = [w]
    for _ in range(steps):
        w, v = step(w, v)
        path.append(w)
    return torch.stack(path)


def ball(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """Take the right step."""
    v = momentum * v + grad
    return w - lr * v, v


def powers(beta: float, n: int) -> Tensor:
    """Return 1, beta, beta², …"""
    return beta ** torch.arange(n, dtype=torch.float64)


@mistake("average_weights")
def weights_without_factor(beta: float, n: int) -> Tensor:
    """betaⁱ alone: the factor 1 − beta is lost, so the weights add up to about 1 / (1 − beta)"""
    return powers(beta, n)


@mistake("average_weights")
def weights_swapped(beta: float, n: int) -> Tensor:
    """beta · (1 − beta)ⁱ: beta and 1 − beta have changed places"""
    return beta * powers(1 - beta, n)


@mistake("average_weights")
def weights_one_late(beta: float, n: int) -> Tensor:
    """exponents that run from 1 to n: the newest value has the exponent 0"""
    return (1 - beta) * beta * powers(beta, n)


@mistake("average_weights")
def weights_oldest_first(beta: float, n: int) -> Tensor:
    """the right weights in the wrong order: entry 0 belongs to the newest value"""
    return (1 - beta) * powers(beta, n).flip(0)


@mistake("average_weights")
def weights_made_to_add_up(beta: float, n: int) -> Tensor:
    """weights divided by their sum: the average starts from 0, and that start keeps a
    share, betaⁿ"""
    weights = powers(beta, n)
    return weights / weights.sum()


@mistake("average_weights")
def weights_of_a_plain_mean(beta: float, n: int) -> Tensor:
    """a plain mean, 1 / n for each value, new or old"""
    return torch.full((n,), 1 / n, dtype=torch.float64)


@mistake("average_weights")
def weights_started_at_the_oldest(beta: float, n: int) -> Tensor:
    """an average that starts at the oldest value instead of 0: that one gets all that is
    left over"""
    weights = (1 - beta) * powers(beta, n)
    weights[-1] = beta ** (n - 1)
    return weights


@mistake("average_weights")
def weights_by_a_product(beta: float, n: int) -> Tensor:
    """(1 − beta) · beta · i: beta is multiplied by i, where it is raised to the power i"""
    return (1 - beta) * beta * torch.arange(n, dtype=torch.float64)


@mistake("average_weights")
def weights_with_the_power_turned(beta: float, n: int) -> Tensor:
    """(1 − beta) · iᵇᵉᵗᵃ: i is raised to the power beta, where beta is raised to the power i"""
    return (1 - beta) * torch.arange(n, dtype=torch.float64) ** beta


@mistake("step")
def step_averages(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """momentum · v + (1 − momentum) · grad: an average, where PyTorch adds the whole gradient"""
    return ball(w, v, (1 - momentum) * grad, lr, momentum)


@mistake("step")
def step_with_lr_in_v(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """v = momentum · v + lr · grad and w − v: a v that holds lr (the same path only while
    lr stays)"""
    return ball(w, v, lr * grad, 1.0, momentum)


@mistake("step")
def step_with_minus_lr_in_v(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """v = momentum · v − lr · grad and w + v: a v that holds −lr (the same path only while
    lr stays)"""
    v = momentum * v - lr * grad
    return w + v, v


@mistake("step")
def step_with_old_v(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """a w that moves by the old v: the new gradient counts only one step later"""
    return w - lr * v, momentum * v + grad


@mistake("step")
def step_damps_the_gradient(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """momentum · (v + grad): momentum scales the old v only"""
    return ball(w, v, momentum * grad, lr, momentum)


@mistake("step")
def step_nesterov(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """Nesterov's momentum as PyTorch has it: w moves by grad + momentum · v, not by v"""
    v = momentum * v + grad
    return w - lr * (grad + momentum * v), v


@mistake("step")
def step_uphill(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """w + lr · v, a step along the velocity: uphill, for v has the gradient's sign"""
    return ball(w, v, grad, -lr, momentum)


@mistake("step")
def step_with_minus_grad(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """momentum · v − grad and then w − lr · v: two minus signs, so w goes uphill"""
    return ball(w, v, -grad, lr, momentum)


@mistake("step")
def step_forgets_v(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """v = momentum · grad: the old velocity is overwritten, not kept"""
    return ball(w, torch.zeros_like(v), momentum * grad, lr, momentum)


@mistake("step")
def step_along_the_gradient(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """w − lr · grad: v is computed, but w does not move by it"""
    return w - lr * grad, momentum * v + grad


@mistake("step")
def step_without_lr(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """w − v, the step without its learning rate"""
    return ball(w, v, grad, 1.0, momentum)


@mistake("step")
def step_without_momentum(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """v + grad: nothing of the old velocity is taken away, as if momentum were 1"""
    return ball(w, v, grad, lr, 1.0)


@mistake("step")
def step_returns_v_first(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """the right step returned as (v, w): w comes first"""
    w, v = ball(w, v, grad, lr, momentum)
    return v, w


@mistake("step")
def step_unchecked(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> Pair:
    """a step that is right for a good momentum, and takes a bad one without a word"""
    return ball(w, v, grad, lr, momentum)


@mistake("descend")
def averages(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a descent with (1 − momentum) · gradient: an average, where PyTorch adds the whole
    gradient"""
    return walk(w0, steps, lambda w, v: ball(w, v, (1 - momentum) * 8 * w, lr, momentum))


@mistake("descend")
def dampened(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """PyTorch's dampening: a whole gradient at the first step, 1 − momentum of it ever after"""
    share = 1.0

    def step(w: Tensor, v: Tensor) -> Pair:
        nonlocal share
        w, v = ball(w, v, share * 8 * w, lr, momentum)
        share = 1 - momentum
        return w, v

    return walk(w0, steps, step)


@mistake("descend")
def nesterov(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Nesterov's momentum as PyTorch has it: w moves by gradient + momentum · v, not by v"""
    return walk(w0, steps, lambda w, v: step_nesterov(w, v, 8 * w, lr, momentum))


@mistake("descend")
def nesterov_looking_ahead(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Nesterov's first form: the gradient is taken where v would carry w, not where w is"""
    return walk(w0, steps, lambda w, v: ball(w, v, 8 * (w - lr * momentum * v), lr, momentum))


@mistake("descend")
def velocity_forgotten(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """plain gradient descent: v begins at 0 again in every step, so there is no momentum"""
    return walk(w0, steps, lambda w, _: ball(w, torch.zeros_like(w), 8 * w, lr, momentum))


@mistake("descend")
def standing_still(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a path that stands still: what step returned was not kept as the new w"""
    return torch.stack([w0] * (steps + 1))


@mistake("descend")
def velocity_started_with_gradient(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a v that begins at the first gradient: the first step adds that gradient again"""
    w, v = w0, 8 * w0
    path = [w]
    for _ in range(steps):
        w, v = ball(w, v, 8 * w, lr, momentum)
        path.append(w)
    return torch.stack(path)


@mistake("descend")
def velocity_started_with_weight(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a v that begins at w0: at rest means that it begins at 0"""
    w, v = w0, w0
    path = [w]
    for _ in range(steps):
        w, v = ball(w, v, 8 * w, lr, momentum)
        path.append(w)
    return torch.stack(path)


@mistake("descend")
def velocity_recorded(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the v of each step, stored after w0: the path of w is asked for"""
    w, v = w0, torch.zeros_like(w0)
    path = [w]
    for _ in range(steps):
        w, v = ball(w, v, 8 * w, lr, momentum)
        path.append(v)
    return torch.stack(path)


@mistake("descend")
def moved_by_old_v(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a w that moves by the old v: the first step goes nowhere, every gradient counts one
    step late"""
    return walk(w0, steps, lambda w, v: step_with_old_v(w, v, 8 * w, lr, momentum))


@mistake("descend")
def damps_the_gradient(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """v = momentum · (v + gradient): momentum scales the old v only"""
    return walk(w0, steps, lambda w, v: ball(w, v, momentum * 8 * w, lr, momentum))


@mistake("descend")
def velocity_overwritten(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """v = momentum · gradient: the old velocity is overwritten, not kept"""
    return walk(w0, steps, lambda w, v: step_forgets_v(w, v, 8 * w, lr, momentum))


@mistake("descend")
def uphill(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a walk uphill: the gradient or the step has the wrong sign"""
    return walk(w0, steps, lambda w, v: ball(w, v, -8 * w, lr, momentum))


@mistake("descend")
def never_cleared(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a descent whose .grad is never cleared: v adds up sums of gradients, not gradients"""
    held = torch.zeros_like(w0)

    def step(w: Tensor, v: Tensor) -> Pair:
        nonlocal held
        held = held + 8 * w
        return ball(w, v, held, lr, momentum)

    return walk(w0, steps, step)


@mistake("descend")
def half_the_gradient(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """steps with 4w for the gradient: the derivative of 4w² is 8w"""
    return walk(w0, steps, lambda w, v: ball(w, v, 4 * w, lr, momentum))


@mistake("descend")
def along_f(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """steps with 4w², the function's value, where its slope 8w is wanted"""
    return walk(w0, steps, lambda w, v: ball(w, v, 4 * w**2, lr, momentum))


@mistake("descend")
def gradient_from_the_start(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a gradient computed once, at the start, and used for every step"""
    return walk(w0, steps, lambda w, v: ball(w, v, 8 * w0, lr, momentum))


@mistake("descend")
def loss_recorded(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the losses 4w² of the right path: the path itself is w"""
    return 4 * walk(w0, steps, lambda w, v: ball(w, v, 8 * w, lr, momentum)) ** 2


@mistake("descend")
def recorded_before_the_step(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a path recorded before each step: the start stands there twice and the last step is
    missing"""
    path = walk(w0, steps, lambda w, v: ball(w, v, 8 * w, lr, momentum))
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 should be the start itself"""
    return walk(w0, steps + 1, lambda w, v: ball(w, v, 8 * w, lr, momentum))[1:]


@mistake("descend")
def one_tensor_many_times(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored
    (store w.clone())"""
    path = walk(w0, steps, lambda w, v: ball(w, v, 8 * w, lr, momentum))
    return path[-1:].expand_as(path)


@mistake("crossings")
def zeros_have_a_side(trace: Tensor) -> int:
    """every change of sign, where 0 counts as a side of its own: arriving at 0 is not yet
    a crossing"""
    return int((trace.flatten().sign().diff() != 0).sum())


@mistake("crossings")
def only_from_row_to_row(trace: Tensor) -> int:
    """crossings between neighbouring rows alone: a path that goes through 0 itself crosses
    as well"""
    trace = trace.flatten()
    return int((trace[1:] * trace[:-1] < 0).sum())


@mistake("crossings")
def zero_is_the_right_side(trace: Tensor) -> int:
    """a 0 taken for a positive number: coming up to 0 and going back is no crossing"""
    return int((trace.flatten() >= 0).int().diff().abs().sum())


@mistake("crossings")
def zero_is_the_left_side(trace: Tensor) -> int:
    """a 0 taken for a negative number: coming down to 0 and going back is no crossing"""
    return int((trace.flatten() > 0).int().diff().abs().sum())


@mistake("crossings")
def turns_counted(trace: Tensor) -> int:
    """turns, where the path changes direction: a crossing is where it changes side"""
    moves = trace.flatten().diff()
    return int((moves[1:] * moves[:-1] < 0).sum())


@mistake("crossings")
def ends_compared(trace: Tensor) -> int:
    """a comparison of the first row with the last: what happens between them counts as well"""
    trace = trace.flatten()
    return int(trace[0] * trace[-1] < 0)


@mistake("crossings")
def there_and_back_cancel(trace: Tensor) -> int:
    """changes of side added up with their signs: a way there and a way back cancel out"""
    signs = trace.flatten().sign()
    signs = signs[signs != 0]
    return int(signs.diff().sum() / 2)


@mistake("crossings")
def far_side_counted(trace: Tensor) -> int:
    """the rows beyond the minimum, all of them: a crossing is the change from one side to
    the other"""
    return int((trace < 0).sum())


@mistake("crossings")
def stretches_counted(trace: Tensor) -> int:
    """the stretches on one side of the minimum, one more than there are crossings between them"""
    side = trace.flatten().sign()
    side = side[side != 0]
    return int((side[1:] != side[:-1]).sum()) + 1


@mistake("crossings")
def there_and_back(trace: Tensor) -> int:
    """crossings in one direction only: the way back over the minimum is a crossing too"""
    side = trace.flatten().sign()
    side = side[side != 0]
    return int((side[1:] < side[:-1]).sum())


@mistake("critical_momentum")
def critical_without_square(lr: float, curvature: float) -> float:
    """1 − √(lr · curvature): the square is lost (this is √m, the factor of each step)"""
    return 1 - math.sqrt(lr * curvature)


@mistake("critical_momentum")
def critical_without_root(lr: float, curvature: float) -> float:
    """(1 − lr · curvature)²: the root is lost"""
    return (1 - lr * curvature) ** 2


@mistake("critical_momentum")
def critical_with_half_for_the_root(lr: float, curvature: float) -> float:
    """(1 − lr · curvature/2)², which is what ** 1/2 means in Python: the power comes first, so the
    root is ** 0.5 or math.sqrt"""
    return (1 - lr * curvature / 2) ** 2


@mistake("critical_momentum")
def critical_badly_expanded(lr: float, curvature: float) -> float:
    """1 − 2√c − c, with c = lr · curvature: the square of a difference ends with + c"""
    return 1 - 2 * math.sqrt(lr * curvature) - lr * curvature


@mistake("critical_momentum")
def critical_of_plain_descent(lr: float, curvature: float) -> float:
    """1 − lr · curvature, the factor of a step without momentum"""
    return 1 - lr * curvature


@mistake("critical_momentum")
def critical_other_root(lr: float, curvature: float) -> float:
    """(1 + √(lr · curvature))², the other solution: it is above 1, and no momentum is"""
    return (1 + math.sqrt(lr * curvature)) ** 2


@mistake("critical_momentum")
def critical_without_curvature(lr: float, curvature: float) -> float:
    """(1 − √lr)²: the curvature is left out"""
    return (1 - math.sqrt(lr)) ** 2


@mistake("critical_momentum")
def critical_for_eight(lr: float, curvature: float) -> float:
    """a curvature that is always 8, whatever was asked for"""
    return (1 - math.sqrt(lr * 8)) ** 2


@mistake("critical_momentum")
def critical_with_half_the_curvature(lr: float, curvature: float) -> float:
    """(1 − √(lr · curvature / 2))²: half the curvature (4w² has the slope 8w, so f″ is 8, not 4)"""
    return (1 - math.sqrt(lr * curvature / 2)) ** 2


@mistake("critical_momentum")
def critical_beyond_one(lr: float, curvature: float) -> float:
    """the right formula, used where lr · curvature is above 1 as well: there every
    momentum oscillates"""
    return (1 - math.sqrt(lr * curvature)) ** 2


@mistake("critical_momentum")
def critical_zero_beyond_one(lr: float, curvature: float) -> float:
    """0 where lr · curvature is above 1: there momentum 0 oscillates too, so there is no
    such momentum"""
    return (1 - math.sqrt(min(1.0, lr * curvature))) ** 2
