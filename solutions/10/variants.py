"""Kata 10, computation graph: answers written another way, for the contract tests."""

import builtins
import warnings
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from dojo.feedback.mistakes import mistaken, muddled, right

Names = dict[str, Any]
Nodes = dict[str, tuple[str, str, bool]]


def run(line: str, names: Names) -> None:
    """Run one line of a program."""
    exec(line, {"torch": torch}, names)


def made_by(lines: list[str], **names: Tensor) -> Names:
    """Run every line, and return the names that are there at the end."""
    for line in lines:
        run(line, names)
    return names


def own(x: Tensor) -> Tensor:
    """Return a copy of x that asks for a gradient."""
    return torch.clone(x.detach()).requires_grad_(True)


def makes(line: str, name: str) -> bool:
    """Whether a line gives a name to a new tensor."""
    return line.partition(" = ")[0].split()[-1] == name


def graph_of(start: Node | None) -> list[Node]:
    """Return the functions of a graph in the order of a walk, depth first."""
    stack, found = [start], dict[Node, None]()
    while stack:
        function = stack.pop()
        if function is not None and function not in found:
            found[function] = None
            stack.extend(link[0] for link in reversed(function.next_functions))
    return list(found)


# ---- right


@right("nodes")
def by_what_was_met(lines: list[str]) -> Nodes:
    """a set of all functions that some link leads to"""
    tensors = made_by(lines)
    todo = [t.grad_fn for t in tensors.values() if t.grad_fn]
    met = set[Node]()
    while todo:
        links = [f for f, _ in todo.pop().next_functions if f is not None]
        todo += [f for f in links if f not in met]
        met.update(links)
    return {
        name: (
            "leaf" if not t.grad_fn else ("output", "intermediate")[t.grad_fn in met],
            type(t.grad_fn).__name__ if t.grad_fn else "",
            bool(t.requires_grad),
        )
        for name, t in tensors.items()
    }


@right("nodes")
def by_whose_gradient_exists(lines: list[str]) -> Nodes:
    """a tensor is intermediate if another one has a gradient with respect to it"""
    tensors = made_by(lines)

    def leads_back(other: Tensor, tensor: Tensor) -> bool:
        if other is tensor or not other.requires_grad:
            return False
        slopes = torch.autograd.grad(other.sum(), tensor, retain_graph=True, allow_unused=True)
        return slopes[0] is not None

    def kind(tensor: Tensor) -> str:
        if tensor.is_leaf:
            return "leaf"
        return "intermediate" if any(leads_back(o, tensor) for o in tensors.values()) else "output"

    return {
        n: (kind(t), t.grad_fn.name() if t.grad_fn else "", t.requires_grad)
        for n, t in tensors.items()
    }


@right("walk_back")
def with_a_stack(lines: list[str], name: str) -> list[str]:
    """a stack, with the links pushed in the reverse order"""
    return [function.name() for function in graph_of(made_by(lines)[name].grad_fn)]


@right("walk_back")
def joined_lists(lines: list[str], name: str) -> list[str]:
    """each function with the lists of what is behind it"""
    seen = set[Node]()

    def walk(function: Node | None) -> list[str]:
        if function is None or function in seen:
            return []
        seen.add(function)
        return [function.name(), *(n for f, _ in function.next_functions for n in walk(f))]

    return walk(made_by(lines)[name].grad_fn)


@right("outcomes")
def warnings_first_as_errors(lines: list[str]) -> list[str]:
    """a line that warns is run again, with warnings put aside"""
    names: Names = {}
    found = []
    for line in lines:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                run(line, names)
            found.append("ok")
        except Warning:
            found.append(without_warnings(line, names))
        except Exception as error:
            found.append(error.__class__.__name__)
    return found


def without_warnings(line: str, names: Names) -> str:
    """Run a line that warned once more, to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run(line, names)
        except Exception as error:
            return error.__class__.__name__
    return "warns"


@right("outcomes")
def all_before_run_again(lines: list[str]) -> list[str]:
    """for each line, the whole program up to it, from the beginning"""

    def last_of(part: list[str]) -> str:
        names: Names = {}
        said = ""
        for line in part:
            with warnings.catch_warnings(record=True) as met:
                warnings.simplefilter("always")
                try:
                    run(line, names)
                    said = "warns" if len(met) > 0 else "ok"
                except Exception as error:
                    said = type(error).__qualname__
        return said

    return [last_of(lines[: i + 1]) for i in range(len(lines))]


@right("gradient_between")
def by_retain_grad(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """retain_grad, backward, and an error where .grad is still None"""
    names = made_by(lines, x=own(x))
    if names[wrt].requires_grad:
        names[wrt].retain_grad()
    names[of].sum().backward()
    if names[wrt].grad is None:
        raise RuntimeError("no way leads there")
    return names[wrt].grad


@right("gradient_between")
def with_ones_behind(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """a vector of ones for the sum"""
    names = made_by(lines, x=own(x))
    ones = torch.ones_like(names[of])
    return torch.autograd.grad([names[of]], [names[wrt]], grad_outputs=[ones])[0]


@right("gradient_holding")
def its_line_not_recorded(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """no_grad for one line, the one that makes the held tensor"""
    names: Names = {"x": own(x)}
    for line in lines:
        with torch.set_grad_enabled(not makes(line, held)):
            run(line, names)
    names[of].sum().backward()
    return names["x"].grad


@right("gradient_holding")
def whole_less_a_part(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the whole gradient, less what flows through the held tensor"""
    names = made_by(lines, x=own(x))
    asked = [names["x"], names[held]]
    slopes = torch.autograd.grad(names[of].sum(), asked, retain_graph=True, allow_unused=True)
    if slopes[1] is None:
        return slopes[0]
    return slopes[0] - torch.autograd.grad(names[held], names["x"], slopes[1])[0]


@right("gradient_holding")
def hook_of_zeros(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """a hook that lets nothing through"""
    names: Names = {"x": own(x)}
    for line in lines:
        run(line, names)
        if makes(line, held):
            names[held].register_hook(torch.zeros_like)
    return torch.autograd.grad(names[of].sum(), names["x"])[0]


@right("snapshot")
def part_of_the_program(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the lines up to the first that makes it, and no more"""
    last = next(i for i, line in enumerate(lines) if makes(line, name))
    return made_by(lines[: last + 1], x=own(x))[name].detach()


@right("snapshot")
def copies_on_the_way(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the whole program, and a copy after each line"""
    names: Names = {"x": own(x)}
    kept = list[Tensor]()
    for line in lines:
        run(line, names)
        if name in names:
            kept.append(names[name].detach().clone())
    return kept[0]


# ---- mistaken


@mistaken("nodes", known_as="last_is_the_output")
def popped_last(lines: list[str]) -> Nodes:
    """the last name that the dict has"""
    tensors = made_by(lines)
    *_, last = tensors
    found: Nodes = {}
    for name, t in tensors.items():
        kind = "leaf" if t.grad_fn is None else ("intermediate", "output")[name == last]
        found[name] = kind, t.grad_fn.name() if t.grad_fn else "", t.requires_grad
    return found


@mistaken("nodes", known_as="one_link_back")
def links_of_the_others(lines: list[str]) -> Nodes:
    """next_functions of each tensor's function, and no further"""
    tensors = made_by(lines)
    linked = {
        link for t in tensors.values() if t.grad_fn for link, _ in t.grad_fn.next_functions if link
    }
    return {
        n: (
            "leaf" if t.is_leaf else "intermediate" if t.grad_fn in linked else "output",
            "" if t.grad_fn is None else t.grad_fn.name(),
            t.requires_grad,
        )
        for n, t in tensors.items()
    }


@mistaken("nodes", known_as="no_output")
def functions_with_their_own(lines: list[str]) -> Nodes:
    """each tensor's own function collected with those behind it"""
    tensors = made_by(lines)
    met = [f for t in tensors.values() for f in graph_of(t.grad_fn)]
    return {
        name: (
            "leaf" if t.is_leaf else "intermediate" if t.grad_fn in met else "output",
            t.grad_fn.name() if t.grad_fn else "",
            t.requires_grad,
        )
        for name, t in tensors.items()
    }


@mistaken("nodes", known_as="none_in_words")
def by_name_in_words(lines: list[str]) -> Nodes:
    """str(None) where there is no function"""
    right_ones = by_what_was_met(lines)
    return {n: (kind, function or str(None), r) for n, (kind, function, r) in right_ones.items()}


@mistaken("walk_back", known_as="first_link_only")
def down_the_first(lines: list[str], name: str) -> list[str]:
    """the first link, as often as there is one"""

    def walk(function: Node | None) -> list[str]:
        if function is None:
            return []
        links = function.next_functions
        return [function.name(), *(walk(links[0][0]) if links else [])]

    return walk(made_by(lines)[name].grad_fn)


@mistaken("walk_back", known_as="listed_every_time")
def stack_without_a_memory(lines: list[str], name: str) -> list[str]:
    """a stack, and nothing that was seen"""
    stack, found = [made_by(lines)[name].grad_fn], list[str]()
    while stack:
        function = stack.pop()
        if function is not None:
            found.append(function.name())
            stack.extend(link for link, _ in function.next_functions[::-1])
    return found


@mistaken("walk_back", known_as="ended_at_none")
def taken_while_recorded(lines: list[str], name: str) -> list[str]:
    """takewhile where a filter belongs"""
    stack, seen = [made_by(lines)[name].grad_fn], list[Node]()
    while stack:
        function = stack.pop()
        if function is None or function in seen:
            continue
        seen.append(function)
        links = [f for f, _ in function.next_functions]
        stack += links[: links.index(None) if None in links else None][::-1]
    return [f.name() for f in seen]


@mistaken("walk_back", known_as="breadth_first")
def level_by_level(lines: list[str], name: str) -> list[str]:
    """all functions of a level, then all of the next"""
    level, found = [made_by(lines)[name].grad_fn], dict[Node, None]()
    while level:
        new = [f for f in dict.fromkeys(level) if f is not None and f not in found]
        found.update(dict.fromkeys(new))
        level = [link for f in new for link, _ in f.next_functions]
    return [function.name() for function in found]


@mistaken("walk_back", known_as="last_link_first")
def stack_as_it_comes(lines: list[str], name: str) -> list[str]:
    """a stack that is not turned round"""
    found = dict[Node, None]()

    def walk(function: Node | None) -> None:
        if function is not None and function not in found:
            found[function] = None
            for link, _ in function.next_functions[::-1]:
                walk(link)

    walk(made_by(lines)[name].grad_fn)
    return [function.name() for function in found]


@mistaken("outcomes", known_as="warnings_unseen")
def try_and_except(lines: list[str]) -> list[str]:
    """nobody looks for warnings"""
    names: Names = {}
    found = []
    for line in lines:
        said = "ok"
        try:
            run(line, names)
        except Exception as error:
            said = type(error).__name__
        found.append(said)
    return found


@mistaken("outcomes", known_as="warnings_as_errors")
def warnings_that_raise(lines: list[str]) -> list[str]:
    """one filter for the whole program"""
    names: Names = {}
    found = []
    with warnings.catch_warnings():
        warnings.filterwarnings("error")
        for line in lines:
            try:
                run(line, names)
                found.append("ok")
            except Exception as error:
                found.append(type(error).__name__)
    return found


@mistaken("outcomes", known_as="broken_off_by_a_warning")
def two_excepts(lines: list[str]) -> list[str]:
    """one `except` for warnings, one for errors"""
    names: Names = {}
    found = []
    for line in lines:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                run(line, names)
            found.append("ok")
        except Warning:
            found.append("warns")
        except Exception as error:
            found.append(type(error).__name__)
    return found


@mistaken("outcomes", known_as="only_runtime_errors")
def torch_errors(lines: list[str]) -> list[str]:
    """the errors that torch raises"""
    names: Names = {}
    found = []
    for line in lines:
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter("always")
            try:
                run(line, names)
                found.append("warns" if met else "ok")
            except RuntimeError:
                found.append("RuntimeError")
    return found


@mistaken("outcomes", known_as="stopped_at_the_first_error")
def broken_off(lines: list[str]) -> list[str]:
    """break after an error"""
    found = []
    for said in warnings_first_as_errors(lines):
        found.append(said)
        if hasattr(builtins, said):
            break
    return found


@mistaken("gradient_between", known_as="always_for_x")
def grad_of_x(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """backward(), and x.grad, cleared before"""
    leaf = own(x)
    names = made_by(lines, x=leaf)
    leaf.grad = None
    names[of].sum().backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("gradient_between", known_as="zeros_where_no_way_leads")
def zeros_for_none(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """retain_grad, backward, and zeros where .grad is still None"""
    names = made_by(lines, x=own(x))
    if names[wrt].requires_grad:
        names[wrt].retain_grad()
    names[of].sum().backward()
    grad = names[wrt].grad
    return torch.zeros_like(names[wrt].detach()) if grad is None else grad


@mistaken("gradient_between", known_as="none_where_no_way_leads")
def grad_as_it_is(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor | None:
    """retain_grad, backward, and whatever .grad holds then"""
    names = made_by(lines, x=own(x))
    if names[wrt].requires_grad:
        names[wrt].retain_grad()
    names[of].sum().backward()
    return names[wrt].grad


@mistaken("gradient_between", known_as="of_the_mean")
def ones_over_their_number(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """a vector that adds up to 1"""
    names = made_by(lines, x=own(x))
    share = torch.full_like(names[of], 1 / names[of].numel())
    return torch.autograd.grad(names[of], names[wrt], share)[0]


@mistaken("gradient_holding", known_as="nothing_held")
def detached_at_the_end(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """detach() once all lines have run"""
    names = made_by(lines, x=own(x))
    names[held] = names[held].detach()
    names[of].sum().backward()
    return names["x"].grad


@mistaken("gradient_holding", known_as="all_before_it_held")
def all_of_them_detached(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """every name but x, once the held one is there"""
    names: Names = {"x": own(x)}
    for line in lines:
        run(line, names)
        if makes(line, held):
            for name in names:
                if name != "x":
                    names[name] = names[name].detach().clone()
    return torch.autograd.grad(names[of].sum(), names["x"])[0]


@mistaken("gradient_holding", known_as="held_at_one")
def factor_left_out(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """ones in the place of the held tensor"""
    names: Names = {"x": own(x)}
    for line in lines:
        run(line, names)
        if makes(line, held):
            names[held] = torch.full_like(x, 1.0)
    names[of].sum().backward()
    return names["x"].grad


@mistaken("gradient_holding", known_as="for_the_held_if_a_way_leads")
def kept_and_asked(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """a vector of ones sent back to the held tensor"""
    names = made_by(lines, x=own(x))
    ones = torch.ones_like(names[of])
    return torch.autograd.grad(names[of], names[held], ones)[0]


@mistaken("gradient_holding", known_as="along_the_held_alone")
def product_of_two_slopes(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the chain rule, for the one way alone"""
    names = made_by(lines, x=own(x))
    inner = torch.autograd.grad(names[held].sum(), names["x"], retain_graph=True)[0]
    return inner * torch.autograd.grad(names[of].sum(), names[held])[0]


@mistaken("snapshot", known_as="at_the_end")
def whole_program(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the names after the last line"""
    return made_by(lines, x=own(x))[name].detach().clone()


@mistaken("snapshot", known_as="not_copied")
def through_numpy(x: Tensor, lines: list[str], name: str) -> Tensor:
    """a numpy array, which shares the memory too"""
    names: Names = {"x": own(x)}
    kept = list[Any]()
    for line in lines:
        run(line, names)
        if makes(line, name) and not kept:
            kept.append(names[name].detach().cpu().numpy())
    return torch.tensor(kept[0], dtype=x.dtype, device=x.device)


# ---- muddled


@muddled("nodes")
def everything_turned(lines: list[str]) -> Nodes:
    """two mistakes at once"""
    nodes = popped_last(lines)
    return {n: (kind, function or "None", r) for n, (kind, function, r) in nodes.items()}


@muddled("walk_back")
def short_and_turned(lines: list[str], name: str) -> list[str]:
    """two mistakes at once"""
    return [type(f).__name__ for f in graph_of(made_by(lines)[name].grad_fn)][::-1]


@muddled("outcomes")
def unseen_and_in_one_word(lines: list[str]) -> list[str]:
    """two mistakes at once"""
    return ["ok" if said == "ok" else "error" for said in try_and_except(lines)]


@muddled("gradient_between")
def mean_for_x(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """two mistakes at once"""
    names = made_by(lines, x=own(x))
    return torch.autograd.grad(names[of].mean(), names["x"])[0]


@muddled("gradient_holding")
def last_with_nothing_held(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """two mistakes at once"""
    names = made_by(lines, x=own(x))
    return torch.autograd.grad(2 * list(names.values())[-1].sum(), names["x"])[0]


@muddled("snapshot")
def nothing_recorded(x: Tensor, lines: list[str], name: str) -> Tensor:
    """no mistake in the values: but x is no leaf that requires a gradient, as was promised"""
    names: Names = {"x": x.clone()}
    kept = list[Tensor]()
    with torch.no_grad():
        for line in lines:
            run(line, names)
            if name in names:
                kept.append(names[name].clone())
    return kept[0]


@muddled("snapshot")
def last_and_negated(x: Tensor, lines: list[str], name: str) -> Tensor:
    """two mistakes at once"""
    return -list(made_by(lines, x=own(x)).values())[-1].detach()
