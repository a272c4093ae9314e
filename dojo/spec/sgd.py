"""torch's own step of gradient descent, for specs to compare an answer with.

`torch.optim.SGD` calls the function below for each tensor; the class itself imports torch._dynamo
when it is first used, which takes a second.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.sgd import sgd


def torch_step(
    w: Tensor, grad: Tensor, lr: float, momentum: float = 0.0, velocity: Tensor | None = None
) -> Tensor | None:
    """Step down as `torch.optim.SGD` does: w changes in place, and the velocity is returned.

    velocity: what the step before returned, None before the first; it changes in place. None is
    returned where momentum is 0.
    Shapes: w, grad and velocity alike.
    """
    buffers = [velocity]
    with torch.no_grad():
        sgd(
            [w],
            [grad],
            buffers,
            lr=lr,
            momentum=momentum,
            dampening=0.0,
            weight_decay=0.0,
            nesterov=False,
            maximize=False,
        )
    return buffers[0]
