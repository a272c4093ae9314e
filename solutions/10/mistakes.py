"""Kata 10, computation graph: what learners get wrong.

A docstring ends the sentence "This is exactly the answer of …", or "These are exactly the numbers
of …" where the answer is a tensor.
"""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node

from dojo.feedback.mistakes import mistake

Names = dict[str, Any]


def made_by(lines: list[str], names: Names) -> Names:
    """Run every line, and return the names that are there at the end."""
    for line in lines:
        exec(line, {"torch": torch}, names)
    return names


def behind(function: Node | None) -> list[Node]:
    """Return the functions that its links lead to, without None."""
    links = function.next_functions if function is not None else ()
    return [f for f, _ in links if f is not None]


def graph_of(function: Node | None, seen: list[Node]) -> list[Node]:
    """Add a function and all behind it to those seen, depth first, each once."""
    if function is not None and function not in seen:
        seen.append(function)
        for other in behind(function):
            graph_of(other, seen)
    return seen


def function_of(tensor: Tensor) -> str:
    """Return the name of a tensor's function."""
    return tensor.grad_fn.name() if tensor.grad_fn is not None else ""


def kind_of(tensor: Tensor, tensors: Names) -> str:
    """Return the kind of a tensor."""
    if tensor.is_leaf:
        return "leaf"
    met = [f for t in tensors.values() for f in graph_of(t.grad_fn, [])[1:]]
    return "intermediate" if tensor.grad_fn in met else "output"


# ---- nodes


Asked = Callable[[str, Tensor, Names], Any]


def described(
    lines: list[str],
    kind: Asked = lambda _, t, tensors: kind_of(t, tensors),
    function: Asked = lambda _n, t, _t: function_of(t),
    requires_grad: Asked = lambda _n, t, _t: t.requires_grad,
) -> dict[str, tuple[str, str, bool]]:
    """Return the nodes of a program, with one of the three asked in another way."""
    tensors = made_by(lines, {})
    return {
        name: (
            kind(name, tensor, tensors),
            function(name, tensor, tensors),
            requires_grad(name, tensor, tensors),
        )
        for name, tensor in tensors.items()
    }


@mistake("nodes")
def kind_by_position(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """kinds by position: the first a leaf, the last the output; ask each tensor, with is_leaf"""

    def kind(name: str, _: Tensor, tensors: Names) -> str:
        first, *_between, last = [*tensors, ""] if len(tensors) == 1 else tensors
        return "leaf" if name == first else "output" if name == last else "intermediate"

    return described(lines, kind=kind)


@mistake("nodes")
def leaf_requires_gradient(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """leaves that must require a gradient: what nothing recorded has made is a leaf as well"""

    def kind(_: str, tensor: Tensor, tensors: Names) -> str:
        if tensor.is_leaf and not tensor.requires_grad:
            return "output"
        return kind_of(tensor, tensors)

    return described(lines, kind=kind)


@mistake("nodes")
def last_is_the_output(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """one output only, the last tensor: a program may have many, or end with a leaf"""

    def kind(name: str, tensor: Tensor, tensors: Names) -> str:
        last = name == list(tensors)[-1]
        return "leaf" if tensor.is_leaf else "output" if last else "intermediate"

    return described(lines, kind=kind)


@mistake("nodes")
def one_link_back(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """a look at one link only: in z = 3 * (y + 1) there is a function without a name between"""

    def kind(_: str, tensor: Tensor, tensors: Names) -> str:
        met = [f for t in tensors.values() for f in behind(t.grad_fn)]
        return "leaf" if tensor.is_leaf else "intermediate" if tensor.grad_fn in met else "output"

    return described(lines, kind=kind)


@mistake("nodes")
def kinds_by_function_names(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """functions told apart by their names: two of them may both be a MulBackward0"""

    def kind(_: str, tensor: Tensor, tensors: Names) -> str:
        met = [f.name() for t in tensors.values() for f in graph_of(t.grad_fn, [])[1:]]
        if tensor.is_leaf:
            return "leaf"
        return "intermediate" if function_of(tensor) in met else "output"

    return described(lines, kind=kind)


@mistake("nodes")
def no_output(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """no output at all: a tensor's own function is not behind it, only what its links lead to"""
    return described(lines, kind=lambda _, t, _t: "leaf" if t.is_leaf else "intermediate")


@mistake("nodes")
def kinds_exchanged(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """intermediate and output in each other's place: an intermediate has others made from it"""
    other = {"leaf": "leaf", "intermediate": "output", "output": "intermediate"}
    return described(lines, kind=lambda _, t, tensors: other[kind_of(t, tensors)])


@mistake("nodes")
def read_off_the_page(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """an intermediate wherever a later line has its name: under no_grad, the graph has no link"""

    def kind(name: str, tensor: Tensor, _: Names) -> str:
        used = any(name in words_of(line.partition(" = ")[2]) for line in lines)
        return "leaf" if tensor.is_leaf else "intermediate" if used else "output"

    return described(lines, kind=kind)


def words_of(text: str) -> list[str]:
    """Return the names in a line."""
    return "".join(c if c.isalnum() else " " for c in text).split()


@mistake("nodes")
def none_in_words(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """the word "None" where there is no grad_fn: an empty string is asked for"""
    return described(lines, function=lambda _n, t, _t: function_of(t) or "None")


@mistake("nodes")
def number_cut_off(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """function names without the 0 at their end: grad_fn.name() has it"""
    return described(lines, function=lambda _n, t, _t: function_of(t).rstrip("0"))


@mistake("nodes")
def everything_differentiable(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """True for each tensor, as the source says: ask each one for its requires_grad"""
    return described(lines, requires_grad=lambda _n, _t, _: True)


@mistake("nodes")
def made_by_a_function(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """True where there is a grad_fn: a leaf may require a gradient, and has none"""
    return described(lines, requires_grad=lambda _n, t, _t: t.grad_fn is not None)


@mistake("nodes")
def leaf_for_requires_grad(lines: list[str]) -> dict[str, tuple[str, str, bool]]:
    """is_leaf in the place of requires_grad"""
    return described(lines, requires_grad=lambda _n, t, _t: t.is_leaf)


# ---- walk_back


def names_of(functions: Iterable[Node]) -> list[str]:
    """Return the names of functions."""
    return [function.name() for function in functions]


@mistake("walk_back")
def first_link_only(lines: list[str], name: str) -> list[str]:
    """a walk along the first link alone: a sum or a product has two inputs"""
    function, found = made_by(lines, {})[name].grad_fn, list[str]()
    while function is not None:
        found.append(function.name())
        links = function.next_functions
        function = links[0][0] if links else None
    return found


@mistake("walk_back")
def listed_every_time(lines: list[str], name: str) -> list[str]:
    """a function listed every time it is reached: two ways may lead to one function"""

    def walk(function: Node | None) -> list[str]:
        if function is None:
            return []
        return [function.name(), *(n for f in behind(function) for n in walk(f))]

    return walk(made_by(lines, {})[name].grad_fn)


@mistake("walk_back")
def breadth_first(lines: list[str], name: str) -> list[str]:
    """breadth first: all that is behind the first link comes before the second link"""
    queue, seen = [made_by(lines, {})[name].grad_fn], list[Node]()
    while queue:
        function = queue.pop(0)
        if function is not None and function not in seen:
            seen.append(function)
            queue += behind(function)
    return names_of(seen)


@mistake("walk_back")
def told_apart_by_name(lines: list[str], name: str) -> list[str]:
    """functions told apart by their names: two of them may both be a MulBackward0"""
    found: list[str] = []

    def walk(function: Node | None) -> None:
        if function is not None and function.name() not in found:
            found.append(function.name())
            for other in behind(function):
                walk(other)

    walk(made_by(lines, {})[name].grad_fn)
    return found


@mistake("walk_back")
def forwards(lines: list[str], name: str) -> list[str]:
    """the list turned round: the walk goes back, so the tensor's own function comes first"""
    return names_of(graph_of(made_by(lines, {})[name].grad_fn, [])[::-1])


@mistake("walk_back")
def itself_last(lines: list[str], name: str) -> list[str]:
    """a function listed after those behind it: add it to the list before you go on"""
    seen, found = list[Node](), list[Node]()

    def walk(function: Node | None) -> None:
        if function is not None and function not in seen:
            seen.append(function)
            for other in behind(function):
                walk(other)
            found.append(function)

    walk(made_by(lines, {})[name].grad_fn)
    return names_of(found)


@mistake("walk_back")
def last_link_first(lines: list[str], name: str) -> list[str]:
    """the last link first, as a stack gives them: push them in the reverse order"""
    stack, seen = [made_by(lines, {})[name].grad_fn], list[Node]()
    while stack:
        function = stack.pop()
        if function is not None and function not in seen:
            seen.append(function)
            stack += behind(function)
    return names_of(seen)


@mistake("walk_back")
def ended_at_none(lines: list[str], name: str) -> list[str]:
    """an end at the first None: pass it over, and go on with the links after it"""
    seen: list[Node] = []

    def walk(function: Node) -> None:
        if function in seen:
            return
        seen.append(function)
        for other, _ in function.next_functions:
            if other is None:
                break
            walk(other)

    start = made_by(lines, {})[name].grad_fn
    if start is not None:
        walk(start)
    return names_of(seen)


@mistake("walk_back")
def without_the_leaves(lines: list[str], name: str) -> list[str]:
    """a walk that ends before AccumulateGrad: that is a function too, the one that fills .grad"""
    functions = graph_of(made_by(lines, {})[name].grad_fn, [])
    return names_of(f for f in functions if f.next_functions)


@mistake("walk_back")
def own_function_left_out(lines: list[str], name: str) -> list[str]:
    """a walk that begins behind the tensor's own function: that comes first"""
    return names_of(graph_of(made_by(lines, {})[name].grad_fn, [])[1:])


@mistake("walk_back")
def from_the_last_tensor(lines: list[str], name: str) -> list[str]:
    """a walk from the program's last tensor: begin at the one that is asked for"""
    return names_of(graph_of(list(made_by(lines, {}).values())[-1].grad_fn, []))


@mistake("walk_back")
def names_of_types(lines: list[str], name: str) -> list[str]:
    """type(f).__name__ for f.name(): they differ for AccumulateGrad"""
    return [type(f).__name__ for f in graph_of(made_by(lines, {})[name].grad_fn, [])]


# ---- outcomes


def told(
    lines: list[str],
    error: Callable[[Exception], str] = lambda e: type(e).__name__,
    warning: Callable[[list[warnings.WarningMessage]], str] = lambda _: "warns",
    caught: Callable[[], type[Exception]] = lambda: Exception,
    action: str = "always",
) -> list[str]:
    """Return what becomes of each line, with one thing said in another way."""
    names: Names = {}
    found = []
    for line in lines:
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter(action)  # type: ignore
            try:
                exec(line, {"torch": torch}, names)
            except caught() as e:
                found.append(error(e))
            else:
                found.append(warning(met) if met else "ok")
    return found


@mistake("outcomes")
def warnings_unseen(lines: list[str]) -> list[str]:
    """errors alone: a warning is no error, and does not come to `except`"""
    return told(lines, warning=lambda _: "ok")


@mistake("outcomes")
def warnings_as_errors(lines: list[str]) -> list[str]:
    """warnings turned into errors: then the line is broken off, and g = y.grad makes no g"""
    return told(lines, action="error")


@mistake("outcomes")
def broken_off_by_a_warning(lines: list[str]) -> list[str]:
    """warnings turned into errors: the line is broken off, so g = y.grad warns, and makes no g"""

    def said(error: Exception) -> str:
        return "warns" if isinstance(error, Warning) else type(error).__name__

    return told(lines, error=said, action="error")


@mistake("outcomes")
def warnings_by_their_type(lines: list[str]) -> list[str]:
    """the types of warnings: "warns" is asked for"""
    return told(lines, warning=lambda met: met[-1].category.__name__)


@mistake("outcomes")
def one_warning_for_all(lines: list[str]) -> list[str]:
    """one list of warnings for the whole program: after the first, it is never empty again"""
    names: Names = {}
    found = []
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        for line in lines:
            try:
                exec(line, {"torch": torch}, names)
            except Exception as e:
                found.append(type(e).__name__)
            else:
                found.append("warns" if met else "ok")
    return found


@mistake("outcomes")
def stopped_at_the_first_error(lines: list[str]) -> list[str]:
    """an end at the first error: the lines after it are to be run as well"""
    found = told(lines)
    bad = [i for i, said in enumerate(found) if said not in ("ok", "warns")]
    return found[: bad[0] + 1] if bad else found


@mistake("outcomes")
def each_line_alone(lines: list[str]) -> list[str]:
    """each line with names of its own: it must find what the lines before it made"""
    return [told([line])[0] for line in lines]


@mistake("outcomes")
def any_error(lines: list[str]) -> list[str]:
    """the word "error" for each error: the name of its type is asked for"""
    return told(lines, error=lambda _: "error")


@mistake("outcomes")
def message_for_type(lines: list[str]) -> list[str]:
    """what the errors say: the name of the type is asked for, type(error).__name__"""
    return told(lines, error=str)


@mistake("outcomes")
def type_in_words(lines: list[str]) -> list[str]:
    """str(type(error)), which begins with "<class": its .__name__ is asked for"""
    return told(lines, error=lambda e: str(type(e)))


@mistake("outcomes")
def only_runtime_errors(lines: list[str]) -> list[str]:
    """a program where RuntimeError alone is caught: a line may raise any Exception"""
    return told(lines, caught=lambda: RuntimeError)


# ---- gradient_between


def leaf(x: Tensor) -> Tensor:
    """Return a copy of x that asks for a gradient."""
    return x.detach().clone().requires_grad_()


def after(x: Tensor, lines: list[str]) -> Names:
    """Return the names after a program, with x there from the beginning."""
    return made_by(lines, {"x": leaf(x)})


def gradient(of: Tensor, wrt: Tensor) -> Tensor:
    """Return the gradient of a sum, and leave the graph for another."""
    return torch.autograd.grad(of.sum(), wrt, retain_graph=True)[0]


@mistake("gradient_between")
def always_for_x(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """the gradient with respect to x, whatever `wrt` is"""
    names = after(x, lines)
    return gradient(names[of], names["x"])


@mistake("gradient_between")
def of_the_last(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """the gradient of the program's last tensor, whatever `of` is"""
    names = after(x, lines)
    return gradient(list(names.values())[-1], names[wrt])


@mistake("gradient_between")
def zeros_where_no_way_leads(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """zeros where no way leads: 0 would say that a way is there, and flat"""
    names = after(x, lines)
    if not names[wrt].requires_grad:
        return torch.zeros_like(names[wrt])
    total = names[of].sum()
    return torch.autograd.grad(total, names[wrt], allow_unused=True, materialize_grads=True)[0]


@mistake("gradient_between")
def none_where_no_way_leads(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor | None:
    """None where no way leads: an error cannot be overlooked"""
    names = after(x, lines)
    if not names[wrt].requires_grad:
        return None
    return torch.autograd.grad(names[of].sum(), names[wrt], allow_unused=True)[0]


@mistake("gradient_between")
def asks_what_was_cut_off(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """requires_grad_() for `wrt` itself: then a gradient flows to what the program had cut off"""
    names = {"x": leaf(x)}
    for line in lines:
        exec(line, {"torch": torch}, names)
        if wrt in names:
            names[wrt].requires_grad_()
    return gradient(names[of], names[wrt])


@mistake("gradient_between")
def of_the_mean(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """the gradient of the mean: the sum is asked for"""
    names = after(x, lines)
    return torch.autograd.grad(names[of].mean(), names[wrt])[0]


@mistake("gradient_between")
def two_passes(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """two backward passes, which add up in .grad"""
    names = after(x, lines)
    return 2 * gradient(names[of], names[wrt])


@mistake("gradient_between")
def quotient_of_gradients(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """the slope of `of` divided by that of `wrt`, both for x: other ways may lead from x"""
    names = after(x, lines)
    return gradient(names[of], names["x"]) / gradient(names[wrt], names["x"])


@mistake("gradient_between")
def value_for_gradient(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """the value of `of`: its gradient is asked for"""
    return after(x, lines)[of].detach()


@mistake("gradient_between")
def one_for_itself_missing(x: Tensor, lines: list[str], of: str, wrt: str) -> Tensor:
    """0 where `of` and `wrt` are the same: a tensor grows with itself at the rate 1"""
    names = after(x, lines)
    return torch.zeros_like(names[of]) if of == wrt else gradient(names[of], names[wrt])


# ---- gradient_holding


def replaced(
    x: Tensor, lines: list[str], held: str, change: Callable[[Names], Tensor | None]
) -> Names:
    """Run a program, and put another tensor in the place of `held` right after its line."""
    names = {"x": leaf(x)}
    for line in lines:
        there = held in names
        exec(line, {"torch": torch}, names)
        if held in names and not there and (other := change(names)) is not None:
            names[held] = other
    return names


@mistake("gradient_holding")
def nothing_held(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """a gradient through the held tensor too: right after its line its name must stand for what
    detach() returns (at the end it is too late, and detach() alone changes nothing)"""
    names = after(x, lines)
    return gradient(names[of], names["x"])


@mistake("gradient_holding")
def held_at_zero(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """zeros for the held tensor: a constant keeps its value"""
    names = replaced(x, lines, held, lambda names: torch.zeros_like(names[held]))
    return gradient(names[of], names["x"])


@mistake("gradient_holding")
def held_at_one(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """ones for the held tensor: a constant keeps its value"""
    names = replaced(x, lines, held, lambda names: torch.ones_like(names[held]))
    return gradient(names[of], names["x"])


@mistake("gradient_holding")
def through_the_held_alone(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """what flows through the held tensor: that part is to be left out, and the others kept"""
    names = after(x, lines)
    (part,) = torch.autograd.grad(
        names[of].sum(), names[held], retain_graph=True, allow_unused=True
    )
    if part is None:
        return torch.zeros_like(names["x"])
    return torch.autograd.grad(names[held], names["x"], part)[0]


@mistake("gradient_holding")
def all_before_it_held(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """every tensor held that is there by then: only `held` is to be a constant"""

    def change(names: Names) -> None:
        names.update({n: t.detach() for n, t in names.items() if n != "x"})

    names = replaced(x, lines, held, change)
    return gradient(names[of], names["x"])


@mistake("gradient_holding")
def nothing_recorded_after_it(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """a program under no_grad() from the held line on: the other ways are lost with it"""
    names: Names = {"x": leaf(x)}
    for line in lines:
        record = held not in names and not line.startswith(f"{held} = ")
        with torch.set_grad_enabled(record):
            exec(line, {"torch": torch}, names)
    return gradient(names[of], names["x"])


@mistake("gradient_holding")
def for_the_held(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the gradient with respect to the held tensor: it is held, and x moves"""
    names = after(x, lines)
    total = names[of].sum()
    return torch.autograd.grad(total, names[held], allow_unused=True, materialize_grads=True)[0]


@mistake("gradient_holding")
def for_the_held_if_a_way_leads(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the gradient with respect to the held tensor: it is held, and x moves"""
    names = after(x, lines)
    return gradient(names[of], names[held])


@mistake("gradient_holding")
def along_the_held_alone(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the slopes along the way through the held tensor: that way is to be closed, others count"""
    names = after(x, lines)
    along = gradient(names[of], names[held])
    return torch.autograd.grad(names[held], names["x"], along)[0]


@mistake("gradient_holding")
def mean_for_sum(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the gradient of the mean: the sum is asked for"""
    names = replaced(x, lines, held, lambda names: names[held].detach())
    return gradient(names[of].mean(), names["x"])


@mistake("gradient_holding")
def of_the_last_line(x: Tensor, lines: list[str], of: str, held: str) -> Tensor:
    """the gradient of the program's last tensor, whatever `of` is"""
    names = replaced(x, lines, held, lambda names: names[held].detach())
    return gradient(list(names.values())[-1], names["x"])


# ---- snapshot


@mistake("snapshot")
def at_the_end(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the value after the last line: take it right after the first line that makes it"""
    return after(x, lines)[name].detach().clone()


def at_its_line(x: Tensor, lines: list[str], name: str, take: Callable[[Names], Tensor]) -> Tensor:
    """Take the tensor right after its line, and run the rest of the program."""
    names: Names = {"x": leaf(x)}
    taken = None
    for line in lines:
        exec(line, {"torch": torch}, names)
        if taken is None and name in names:
            taken = take(names)
    assert taken is not None
    return taken


@mistake("snapshot")
def not_copied(x: Tensor, lines: list[str], name: str) -> Tensor:
    """a tensor that shares its memory with the program's: detach() copies nothing"""
    return at_its_line(x, lines, name, lambda names: names[name].detach())


@mistake("snapshot")
def latest_of_its_name(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the tensor that has the name last: the first one that had it is asked for"""
    names: Names = {"x": leaf(x)}
    taken = None
    for line in lines:
        exec(line, {"torch": torch}, names)
        if line.startswith(f"{name} = "):
            taken = names[name].detach().clone()
    assert taken is not None
    return taken


@mistake("snapshot")
def last_tensor(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the program's last tensor, whatever `name` is"""
    return list(after(x, lines).values())[-1].detach().clone()


@mistake("snapshot")
def one_line_late(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the value one line too late: run the line, and then look, before the next one runs"""
    names: Names = {"x": leaf(x)}
    for line in lines:
        late = name in names
        exec(line, {"torch": torch}, names)
        if late:
            break
    return names[name].detach().clone()


@mistake("snapshot")
def gradient_for_value(x: Tensor, lines: list[str], name: str) -> Tensor:
    """the gradient with respect to x: the value is asked for"""
    names: Names = {"x": leaf(x)}
    for line in lines:
        exec(line, {"torch": torch}, names)
        if name in names:
            break
    total = names[name].sum()
    if not total.requires_grad:
        return torch.zeros_like(names["x"])
    return torch.autograd.grad(total, names["x"])[0]
