"""The picture of kata 10: the graph of a program as a graph, and what else is asked of it."""

from typing import Any

import torch

from dojo.pictures.asking import Both
from dojo.pictures.picture import Picture
from dojo.pictures.sheets import link, node, paper
from dojo.pictures.style import DARK, INK

PROGRAM = [
    "x = torch.tensor(3., requires_grad=True)",
    "y = x ** 2",
    "z = y.sqrt() + x * y",
    "d = y.detach()",
]
AFTER = ["z.backward()", "z.backward()", "y.grad"]
PLACES = {"x": (0.2, 0.12), "y": (0.5, 0.5), "z": (0.2, 0.88), "d": (0.8, 0.88)}
LINKS = ("xy", "yz", "xz")
POINT = torch.tensor(3.0, dtype=torch.float64)


def draw(picture: Picture) -> None:
    """Draw nodes(program) as graphs, wanted and yours, and lists of the other answers."""
    picture.entitle("y = x ** 2; z = y.sqrt() + x * y; d = y.detach()")
    wanted, yours, walk, told = picture.panels("AABB", "CCDDD", height=6.4, height_ratios=[6, 4])
    nodes = picture.value("nodes", PROGRAM)
    wanted.set_title("nodes, wanted")
    graph(wanted, nodes.wanted, nodes.wanted)
    yours.set_title("nodes, yours" if nodes.yours is not None else "nodes, yours: nothing yet")
    graph(yours, nodes.yours or {}, nodes.wanted)
    walked = picture.value("walk_back", PROGRAM, "z").each(lambda names: [plain(n) for n in names])
    walk.set_title("walk_back from z")
    picture.list_both(walk, beside([f"{i}" for i in range(1, 6)], walked))
    told.set_title("outcomes; then at x = 3")
    found = picture.value("outcomes", [*PROGRAM, *AFTER])
    rows = beside([f"{i}  {line[:18]}" for i, line in enumerate([*PROGRAM, *AFTER], 1)], found)
    asked: dict[str, tuple[Any, ...]] = {
        "dz/dy": ("gradient_between", POINT, PROGRAM[1:], "z", "y"),
        "dz/dx, y held": ("gradient_holding", POINT, PROGRAM[1:3], "z", "y"),
        "y, snapshot": ("snapshot", POINT, PROGRAM[1:], "y"),
    }
    rows |= {said: picture.value(*call) for said, call in asked.items()}
    picture.list_both(told, rows)


def plain(name: str) -> str:
    """Return the name of a function without torch's own prefix."""
    return name.removeprefix("torch::autograd::")


def beside(names: list[str], both: Both) -> dict[str, Both]:
    """Return what each name stands for in both lists; None where a list is at its end."""
    own = [*(both.yours or []), *[None] * len(names)]
    return {name: Both(both.wanted[i], own[i]) for i, name in enumerate(names)}


def graph(axes: Any, nodes: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Draw the tensors of the program: a square for a leaf; dark where it differs."""
    paper(axes)
    if not nodes:
        return
    for start, end in LINKS:
        link(axes, PLACES[start], PLACES[end])
    link(axes, PLACES["y"], PLACES["d"], linestyle=":")
    for name, place in PLACES.items():
        its, right = nodes.get(name, ["missing", "", ""]), wanted[name]
        kind, function, requires = (str(part)[:26] for part in its)
        words = f"{name}: {kind}\n{function or 'no function'}"
        words += "\nrequires grad" if requires in ("True", "1.0") else "\nno grad"
        same = list(its) == list(right)
        node(axes, *place, words, of=INK if same else DARK, square=kind == "leaf")
