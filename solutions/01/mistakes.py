"""Kata 01, manual update: what learners get wrong. A docstring ends "… exactly the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def walk(x0: Tensor, steps: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of a step that is repeated."""
    path = [x0]
    for _ in range(steps):
        path.append(step(path[-1]))
    return torch.stack(path)


@mistake("gradient")
def gradient_is_f(x: Tensor) -> Tensor:
    """f itself, where its derivative is wanted"""
    return x**2 - 10 * x + 1


@mistake("gradient")
def gradient_without_ten(x: Tensor) -> Tensor:
    """2x, the derivative of x² alone: the −10x has a derivative too"""
    return 2 * x


@mistake("gradient")
def gradient_halved(x: Tensor) -> Tensor:
    """x − 5, the derivative with its factor 2 lost (the right way, at half the length)"""
    return x - 5


@mistake("gradient")
def gradient_negated(x: Tensor) -> Tensor:
    """10 − 2x, the derivative with the opposite sign"""
    return 10 - 2 * x


@mistake("gradient")
def gradient_taken_twice(x: Tensor) -> Tensor:
    """two backward passes added up: .grad was not cleared between them"""
    return 2 * (2 * x - 10)


@mistake("update")
def update_uphill(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x + lr · grad, a step along the gradient: uphill, where descent goes against it"""
    return x + lr * grad


@mistake("update")
def update_without_lr(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x − grad, the step without its learning rate"""
    return x - grad


@mistake("update")
def update_by_sign(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x − lr · sign(grad), a step of one length however steep the slope"""
    return x - lr * grad.sign()


@mistake("update")
def update_without_grad(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x − lr, a step that forgets the gradient: always down the number line, however steep"""
    return x - lr


@mistake("update")
def update_without_brackets(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """(x − lr) · grad: the product comes first, and only then the difference"""
    return (x - lr) * grad


@mistake("update")
def update_divides_by_lr(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x − grad/lr: a small rate must make a small step, so it is lr · grad"""
    return x - grad / lr


@mistake("update")
def update_scales_x(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """lr · x − grad: the rate belongs to the gradient, not to x"""
    return lr * x - grad


@mistake("update")
def update_by_the_mean(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """x − lr · grad.mean(), one step for all elements: each has a slope of its own"""
    return x - lr * grad.mean()


@mistake("update")
def update_is_the_step(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """−lr · grad, the step alone: it still has to be added to x"""
    return -lr * grad


@mistake("descend")
def never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose gradient is never cleared: from step 2 on,
    .grad holds the sum of all slopes so far"""
    held = torch.zeros_like(x0)

    def step(x: Tensor) -> Tensor:
        nonlocal held
        held = held + 2 * x - 10
        return x - lr * held

    return walk(x0, steps, step)


@mistake("descend")
def cleared_too_early(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps of length zero: the gradient is cleared before the update, or what the update returns
    is not kept"""
    return walk(x0, steps, lambda x: x.clone())


@mistake("descend")
def recorded_before_the_update(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path recorded before each update: the start stands there twice and
    the last step is missing"""
    path = walk(x0, steps, lambda x: x - lr * (2 * x - 10))
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 should be the start itself"""
    return walk(x0, steps + 1, lambda x: x - lr * (2 * x - 10))[1:]


@mistake("descend")
def gradient_from_the_start(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a gradient computed once, at the start, and used for every step"""
    return walk(x0, steps, lambda x: x - lr * (2 * x0 - 10))


@mistake("descend")
def one_tensor_many_times(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was
    stored (store x.clone())"""
    path = walk(x0, steps, lambda x: x - lr * (2 * x - 10))
    return path[-1:].expand_as(path)


@mistake("descend")
def gradients_for_path(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the gradients on the way, stored after x0: the path itself, x, is asked for"""
    path = walk(x0, steps, lambda x: x - lr * (2 * x - 10))
    return torch.cat([path[:1], 2 * path[:-1] - 10])


@mistake("descend")
def moved_from_the_start(x0: Tensor, lr: float, steps: int) -> Tensor:
    """x0 − lr · f′(x): the gradient is of the latest x, and each step begins at x0 again"""
    return walk(x0, steps, lambda x: x0 - lr * (2 * x - 10))


@mistake("descend")
def losses_for_path(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the losses f(x) on the way: the path itself, x, is asked for"""
    path = walk(x0, steps, lambda x: x - lr * (2 * x - 10))
    return path**2 - 10 * path + 1


@mistake("descend")
def uphill(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a walk along the gradient: uphill, away from the minimum at 5"""
    return walk(x0, steps, lambda x: x + lr * (2 * x - 10))


@mistake("descend")
def along_f(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps of length lr · f(x), the function's value where its slope is wanted"""
    return walk(x0, steps, lambda x: x - lr * (x**2 - 10 * x + 1))


@mistake("descend")
def along_two_x(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent on x² alone: the slope 2x leaves out the −10"""
    return walk(x0, steps, lambda x: x - lr * 2 * x)


@mistake("descend")
def along_half_the_slope(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent with the slope x − 5: its factor 2 is lost"""
    return walk(x0, steps, lambda x: x - lr * (x - 5))


@mistake("descend")
def without_lr(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps without the learning rate: each jumps across the minimum and back"""
    return walk(x0, steps, lambda x: x - (2 * x - 10))


@mistake("descend")
def by_sign(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps of one length, lr, in the direction of the slope only"""
    return walk(x0, steps, lambda x: x - lr * (2 * x - 10).sign())
