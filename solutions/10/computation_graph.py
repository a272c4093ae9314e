"""Kata 10, computation graph: the reference answer."""

import warnings
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node


def run(line: str, names: dict[str, Any]) -> None:
    """Run one line of a program. Given."""
    exec(line, {"torch": torch}, names)


def names_after(lines: list[str], names: dict[str, Any]) -> dict[str, Any]:
    """Run every line, and return the names that are there at the end."""
    for line in lines:
        run(line, names)
    return names


def add_functions(function: Node | None, seen: list[Node]) -> list[Node]:
    """Add a function and all that is behind it to those seen, depth first, each once."""
    if function is not None and function not in seen:
        seen.append(function)
        for behind, _ in function.next_functions:
            add_functions(behind, seen)
    return seen


def nodes(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """Run a program, and return (kind, function, requires_grad) for each of its tensors."""
    tensors = names_after(lines, {})
    behind = [f for t in tensors.values() for f in add_functions(t.grad_fn, [])[1:]]
    found = {}
    for name, tensor in tensors.items():
        if tensor.is_leaf:
            kind = "leaf"
        elif tensor.grad_fn in behind:
            kind = "intermediate"
        else:
            kind = "output"
        function = tensor.grad_fn.name() if tensor.grad_fn is not None else ""
        found[name] = kind, function, tensor.requires_grad
    return found


def walk_back(lines: list[str], name: str) -> list[str]:
    """Run a program, and return the names of all functions in the graph of one tensor."""
    tensors = names_after(lines, {})
    return [function.name() for function in add_functions(tensors[name].grad_fn, [])]


def outcomes(lines: list[str]) -> list[str]:
    """Run a program to its end, and return what became of each line."""
    names: dict[str, Any] = {}
    found = []
    for line in lines:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                run(line, names)
            except Exception as error:
                found.append(type(error).__name__)
            else:
                found.append("warns" if caught else "ok")
    return found


def leaf_like(x: Tensor) -> Tensor:
    """Return a copy of x that asks for a gradient."""
    return x.detach().clone().requires_grad_()


def gradient_between(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """Return the gradient of the sum of the tensor `of` with respect to the tensor `wrt`."""
    names = names_after(lines, {"x": leaf_like(x)})
    (gradient,) = torch.autograd.grad(names[of].sum(), names[wrt])
    return gradient


def gradient_holding(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """Return the gradient of the sum of `of` with respect to x, while `held` is a constant."""
    names = {"x": leaf_like(x)}
    for line in lines:
        run(line, names)
        if held in names:  # from now on a constant
            names[held] = names[held].detach()
    (gradient,) = torch.autograd.grad(names[of].sum(), names["x"])
    return gradient


def snapshot(x: Tensor, lines: list[str], name: str) -> Tensor:
    """Return the value that `name` has right after the first line that makes it."""
    names = {"x": leaf_like(x)}
    for line in lines:
        run(line, names)
        if name in names:
            break
    return names[name].detach().clone()
