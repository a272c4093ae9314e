"""Kata 16, optimizers: six of torch.optim's update rules, one step each.

Read README.md beside this file, write the six functions, and run: pytest katas/16

Each function takes the weights w, what the optimizer remembers, and the gradient at w. It returns
the new w and the new memory. The tensors that come in belong to the caller: they stay as they are.
None of them requires a gradient. The tensors that go out are new ones, and hang on no graph.
"""

import torch
from torch import Tensor


def sgd(
    w: Tensor,
    v: Tensor,
    grad: Tensor,
    lr: float,
    momentum: float,
    weight_decay: float,
    nesterov: bool,
) -> tuple[Tensor, Tensor]:
    """Take one step of SGD with weight decay and momentum, Nesterov's if asked; return (w, v).

    Shapes: w, v and grad alike, any shape; the results too. v is zero before the first step.
    Units:  v as grad; lr in w per grad; weight_decay in grad per w; momentum without unit.
    Source: 002_0f0b2f05897dc972, "torch.optim.SGD": momentum, weight_decay, nesterov.
    """
    raise NotImplementedError


def adagrad(w: Tensor, s: Tensor, grad: Tensor, lr: float, eps: float) -> tuple[Tensor, Tensor]:
    """Take one step of Adagrad and return (w, s): s sums the squares of all gradients so far.

    Shapes: w, s and grad alike, any shape; the results too. s is zero before the first step.
    Units:  s in grad²; lr in w, whatever the gradient's size; eps in grad.
    Source: 002_0f0b2f05897dc972, "Pytorch 的十种优化器", 2: optim.Adagrad.
    """
    raise NotImplementedError


def rmsprop(
    w: Tensor, s: Tensor, grad: Tensor, lr: float, alpha: float, eps: float
) -> tuple[Tensor, Tensor]:
    """Take one step of RMSprop and return (w, s): s averages the squares, so it forgets.

    Shapes: w, s and grad alike, any shape; the results too. s is zero before the first step.
    Units:  s in grad²; lr in w; alpha, the share of the old s, without unit; eps in grad.
    Source: 002_0f0b2f05897dc972, "Pytorch 的十种优化器", 3: optim.RMSprop.
    """
    raise NotImplementedError


def adadelta(
    w: Tensor, s: Tensor, d: Tensor, grad: Tensor, lr: float, rho: float, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Take one step of Adadelta and return (w, s, d): d averages the squares of the steps.

    The step is √(d + eps) / √(s + eps) · grad, with the new s and the old d. Only w sees lr: the
    step goes into d as it was before lr multiplied it.

    Shapes: w, s, d and grad alike, any shape; the results too. s and d are zero at first.
    Units:  s in grad² and d in w², so the step is in w; lr and rho, the share of the old s and of
            the old d, without unit; eps is added to both.
    Source: 002_0f0b2f05897dc972, "Pytorch 的十种优化器", 4: optim.Adadelta.
    """
    raise NotImplementedError


def adam(
    w: Tensor,
    m: Tensor,
    s: Tensor,
    t: int,
    grad: Tensor,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Take step number t of Adam and return (w, m, s), with m and s not corrected.

    Shapes: w, m, s and grad alike, any shape; the results too. m and s are zero before step 1.
    Units:  m in grad, s in grad²; lr in w; the betas, shares of the old m and s, without unit; eps
            in grad, added to the root of the corrected s. t counts from 1.
    Source: 002_0f0b2f05897dc972, "Pytorch 的十种优化器", 5: optim.Adam.
    """
    raise NotImplementedError


def rprop(
    w: Tensor,
    size: Tensor,
    before: Tensor,
    grad: Tensor,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Take one step of Rprop and return (w, size, before): of the gradient only the sign counts.

    Each weight has its own size. Where grad and before have the same sign, its size grows, times
    etaplus. Where they have opposite signs, its size shrinks, times etaminus, w waits, and the new
    before is 0. Where one of them is 0, size stays. Then no size is less than smallest or more than
    largest. Where w does not wait it moves by size, against the sign of grad, and the new before is
    grad.

    Shapes: w, size, before and grad alike, any shape; the results too. before is zero at first.
    Units:  size, smallest and largest in w; etaminus and etaplus without unit.
    Source: 002_0f0b2f05897dc972, "Pytorch 的十种优化器", 9: optim.Rprop.
    """
    raise NotImplementedError
