"""Kata 10, computation graph: what autograd records of a program, and what you may ask of it.

A program is a list of lines of Python. They run one after the other and share their names:

    ["x = torch.tensor(1., requires_grad=True)", "y = x ** 2", "z = y + 1"]

No argument requires a gradient, and no tensor that is returned may hang on a graph.

Read README.md beside this file, write the six functions, and run: pytest katas/10
"""

from typing import Any

import torch
from torch import Tensor


def run(line: str, names: dict[str, Any]) -> None:
    """Run one line of a program. Given: nothing to write here.

    It finds what the lines before it made in `names`, by name, and adds what it makes itself:
    after run("y = x ** 2", names), the new tensor is names["y"].
    """
    exec(line, {"torch": torch}, names)


def nodes(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """Run a program, and return (kind, function, requires_grad) for each of its tensors, by name.

    kind:          "leaf" if torch says so (is_leaf). Otherwise "intermediate" if the graph of
                   another of the tensors leads back to this one, and "output" if none does.
    function:      the name of the function that made it, grad_fn.name(); "" if it has no grad_fn.
    requires_grad: True or False.

    Each line makes one tensor, and no name is used twice.

    Source: 004_0edf90a3a22c9614, I.1, I.2 and II.4; 001_017c0e040f7f1b0b, cells In[6] and In[7].
    """
    raise NotImplementedError


def walk_back(lines: list[str], name: str) -> list[str]:
    """Run a program, and return the names of all functions in the graph of the tensor `name`.

    Its own grad_fn comes first. After a function come those that its next_functions lead to, in
    their order: all that is behind the first of them, then all that is behind the second
    (depth first). A function that is reached again is not listed again. Where next_functions
    holds None, nothing was recorded: pass it over. A leaf has no grad_fn: [].

    Source: 004_0edf90a3a22c9614, I.2 and I.3.
    """
    raise NotImplementedError


def outcomes(lines: list[str]) -> list[str]:
    """Run a program to its end, and return what became of each line.

    That is "ok", "warns" if it ran and a warning came with it, or the name of its error's type,
    such as "RuntimeError". After an error, the next line runs, with the names made so far.

    Source: 004_0edf90a3a22c9614, II.1 and II.2.
    """
    raise NotImplementedError


def gradient_between(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """Return the gradient of the sum of the tensor `of` with respect to the tensor `wrt`.

    Before the first line, the name x holds a copy of the argument: a leaf that requires a gradient.
    `of` and `wrt` are names of tensors in the program, x among them; they may be the same.

    Shapes: x any; the result is shaped like `wrt`, with the dtype and device of x.
    Units:  `of` per `wrt`.
    Errors: RuntimeError if the graph of `of` does not lead back to `wrt` (torch raises it). If it
            does, and the slope is 0, the result is 0.
    Source: 004_0edf90a3a22c9614, II.1 and II.2.
    """
    raise NotImplementedError


def gradient_holding(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """Return the gradient of the sum of `of` with respect to x, while `held` counts as a constant.

    x is there before the first line, as in gradient_between. `held` is made by a line. All lines
    after it see its value, and no gradient flows through it. Other ways from x to `of` still count.

    Shapes: x any; the result like x.
    Units:  `of` per x.
    Source: 004_0edf90a3a22c9614, II.3, detach().
    """
    raise NotImplementedError


def snapshot(x: Tensor, lines: list[str], name: str) -> Tensor:
    """Return the value that `name` has right after the first line that makes it.

    Later lines may change the tensor in place, change others that share its memory, or give the
    name to another tensor: the result does not show it. x is there before the first line, as in
    gradient_between.

    Shapes: x any; the result shaped like the tensor `name`, with the dtype and device of x.
    Source: 004_0edf90a3a22c9614, II.3, detach().
    """
    raise NotImplementedError
