"""Kata 10, computation graph: how one entry of a result comes about."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

Names = dict[str, Any]

MADE = re.compile(r"(?:with torch\.no_grad\(\): )?(\w+) = (.+)")  # by a line, and from what
ORDINALS = ("first", "second", "third", "fourth")
WORDS = 62  # letters of an error that are shown
SHOWN = 3  # ways of a gradient that have a line each


def run(line: str, names: Names) -> None:
    """Run one line of a program."""
    exec(line, {"torch": torch}, names)


def made_by(lines: list[str], names: Names) -> Names:
    """Run every line, and return the names that are there at the end."""
    for line in lines:
        run(line, names)
    return names


def making(lines: list[str], name: str) -> str:
    """Return the first line that makes a name."""
    return next(line for line in lines if (m := MADE.fullmatch(line)) and m[1] == name)


# ---- the graph


@dataclass(frozen=True)
class Link:
    """A function of a graph, and where it was found: as which entry behind which other one."""

    function: Node
    behind: int = -1
    entry: int = 0


def walk(function: Node | None) -> list[Link]:
    """Return all functions of a graph, depth first, each once."""
    found: list[Link] = []

    def go(function: Node | None, behind: int, entry: int) -> None:
        if function is not None and all(function is not link.function for link in found):
            found.append(Link(function, behind, entry))
            own = len(found) - 1
            for i, (other, _) in enumerate(function.next_functions):
                go(other, own, i)

    go(function, -1, 0)
    return found


@by_hand("nodes", outputs=("kind", "function", "requires_grad"))
def nodes(entry: Entry, lines: list[str]) -> list[str]:
    """What the graph says of one tensor."""
    name, which = entry.at
    tensors = made_by(lines, {})
    function = tensors[name].grad_fn
    if function is None:
        return [making(lines, name), of_a_leaf(which, entry)]
    said = of_the_graph(name, tensors), "its grad_fn is", "a recorded function made it:"
    return [making(lines, name), f"{said[which]} {entry}"]


def of_a_leaf(which: int, entry: Entry) -> str:
    """Say why a leaf is one, or whether it asks for a gradient."""
    if which == 2:
        asked = "a gradient" if entry.value else "no gradient"
        return f"no recorded function made it, and it asks for {asked}: {entry}"
    return f"no recorded function made it: {entry.value or repr('')}"


def of_the_graph(name: str, tensors: Names) -> str:
    """Say whether another tensor's graph leads back to this one."""
    own = tensors[name].grad_fn
    for other, tensor in tensors.items():
        if any(link.function is own for link in walk(tensor.grad_fn)[1:]):
            return f"the graph of {other} leads back to its grad_fn:"
    return "the graph of no other tensor leads back to its grad_fn:"


@by_hand("walk_back", rows="place")
def walk_back(entry: Entry, lines: list[str], name: str) -> list[str]:
    """Which function's next_functions lead there."""
    found = walk(made_by(lines, {})[name].grad_fn)
    link = found[entry.at[0]]
    if link.behind < 0:
        return [f"the grad_fn of {name} comes first: {entry}"]
    parent = found[link.behind].function
    behind = ", ".join(short(other) for other, _ in parent.next_functions)
    before, own = ORDINALS[max(0, link.entry - 1)], ORDINALS[link.entry]
    when = f"comes after all that is behind the {before}" if link.entry else "comes at once"
    return [
        f"next_functions of {short(parent)}, place {link.behind}: {behind}",
        f"the {own} of them {when}: {entry}",
    ]


def short(function: Node | None) -> str:
    """Return the name of a function without torch's own prefix."""
    return "None" if function is None else function.name().removeprefix("torch::autograd::")


# ---- what becomes of lines


@by_hand("outcomes", rows="line")
def outcomes(entry: Entry, lines: list[str]) -> list[str]:
    """The line, and what torch or Python says of it."""
    names: Names = {}
    for line in lines[: entry.at[0]]:
        said_by(line, names)
    said = said_by(lines[entry.at[0]], names)
    how = {"ok": "runs, and nobody warns", "warns": "runs, with a warning"}
    end = f"it {how.get(entry.value, 'fails')}: {entry}"
    return [lines[entry.at[0]], *([f"“{said}”"] if said else []), end]


def said_by(line: str, names: Names) -> str:
    """Run a line, and return the beginning of its error or its warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            run(line, names)
        except Exception as error:
            return beginning(error)
    return beginning(caught[0].message) if caught else ""


def beginning(error: Exception | Warning | str) -> str:
    """Return the first words of an error."""
    text = str(error).splitlines()[0]
    return text if len(text) <= WORDS else f"{text[:WORDS].rsplit(' ', 1)[0]} …"


# ---- gradients


@dataclass(frozen=True)
class Way:
    """A line that uses a tensor: how its result counts, and what the tensor counts in it."""

    line: str
    name: str
    outer: Tensor
    slope: Tensor

    def at(self, place: list[int]) -> tuple[float, float]:
        """Return both numbers for one element."""
        one = self.outer if self.outer.numel() == 1 else self.outer[*place]
        return one.item(), self.slope[*place].item()


def ways(lines: list[str], names: Names, of: str, wrt: str, held: str = "") -> list[Way]:
    """Return the lines through which `of` depends on `wrt`, once all have run."""
    slopes: dict[str, tuple[str, Tensor]] = {}
    for line in lines:
        made = MADE.fullmatch(line)
        if made and wrt in names and re.search(rf"\b{wrt}\b", made[2]):
            slope = slope_in(line, made[1], names, wrt)
            slopes |= {made[1]: (line, slope)} if slope is not None else {}
        run(line, names)
        if held in names:
            names[held] = names[held].detach()
    total = names[of].sum()
    outer = ((name, counts(total, names[name])) for name in slopes)
    return [Way(slopes[name][0], name, c, slopes[name][1]) for name, c in outer if c is not None]


def slope_in(line: str, name: str, names: Names, wrt: str) -> Tensor | None:
    """Return the slope of what one line makes, by `wrt` alone; None if nothing is recorded."""
    leaf = names[wrt].detach().clone().requires_grad_()
    alone = names | {wrt: leaf}
    run(line, alone)
    return counts(alone[name].sum(), leaf) if alone[name].requires_grad else None


def counts(total: Tensor, tensor: Tensor) -> Tensor | None:
    """Return the gradient of a total by a tensor, if a way leads back to it."""
    if not (total.requires_grad and tensor.requires_grad):
        return None
    (found,) = torch.autograd.grad(total, tensor, retain_graph=True, allow_unused=True)
    return found


def leaf_like(x: Tensor) -> Tensor:
    """Return a copy of x in float64 that asks for a gradient."""
    return torch.tensor(x.tolist(), dtype=torch.float64, requires_grad=True)


def told(entry: Entry, found: list[Way], of: str, wrt: str) -> Iterator[str]:
    """Multiply along each way, and add up."""
    place = [int(i) for i in entry.at]
    parts: list[str] = []
    for way in found:
        outer, slope = way.at(place)
        parts.append(bracketed(outer * slope) if parts else num(outer * slope))
        last = len(found) == 1
        product = f"{num(outer)} · {bracketed(slope)} = {entry if last else num(outer * slope)}"
        if way.name == of:
            own = entry if last else num(slope)
            yield f"{way.line}: its slope by {wrt}, all else held, is {own}"
        elif len(found) <= SHOWN:
            yield f"{way.line}: d{of}/d{way.name} · d{way.name}/d{wrt} = {product}"
    if len(found) > 1:
        yield f"{added(parts, 'ways')} = {entry}"


@by_hand("gradient_between")
def gradient_between(entry: Entry, x: Tensor, lines: list[str], of: str, wrt: str) -> list[str]:
    """The chain rule through each line that uses `wrt`."""
    if of == wrt:
        return [f"of {of} by {of} itself, each entry counts as it is: {entry}"]
    names = {"x": leaf_like(x)}
    found = ways(lines, names, of, wrt)
    first = [f"{wrt} is {num(names[wrt][*entry.at])} there"] if len(found) < SHOWN else []
    return [*first, *told(entry, found, of, wrt)]


@by_hand("gradient_holding")
def gradient_holding(entry: Entry, x: Tensor, lines: list[str], of: str, held: str) -> list[str]:
    """The chain rule through each line that uses x, but for the ways through `held`."""
    names = {"x": leaf_like(x)}
    found = ways(lines, names, of, "x", held)
    at = f" at {num(names[held][*entry.at])}" if names[held].shape == x.shape else ""
    there = f"x is {num(x[*entry.at])} there; {held} is held{at}, so no way leads through it"
    first = [there] if len(found) < SHOWN else []
    return [*first, *told(entry, found, of, "x")]


@by_hand("snapshot")
def snapshot(entry: Entry, x: Tensor, lines: list[str], name: str) -> list[str]:
    """What the line that makes it gives, and what becomes of it."""
    end = num(made_by(lines, {"x": leaf_like(x)})[name][*entry.at])
    after = [] if end == str(entry) else [f"after the last line {name} is {end}"]
    where = f", where x is {num(x[*entry.at])}," if x.shape == entry.result.shape else ""
    return [*after, f"right after {making(lines, name)}{where} {name} is {entry}"]
