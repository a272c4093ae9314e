"""The spec of kata 10, computation graph. A program is a list of lines that share their names."""

import pytest
import torch

from dojo.spec import proof

X = "x = torch.tensor(1., requires_grad=True)"
DOCUMENT = [X, "y = x ** 2", "z = y + 1"]
WEIGHTS = [  # document 001, cells In[6] to In[9]
    "x = torch.tensor([-0.1368])",
    "b = torch.tensor([1.], requires_grad=True)",
    "w = torch.tensor([2.], requires_grad=True)",
    "y = w * x",
    "z = y + b",
]
NO_GRAD = [X, "y = x ** 2", "with torch.no_grad(): z = y ** 2"]
DETACHED = [X, "y = x ** 2", "y1 = y.detach()", "z = y1 ** 2"]
BRANCHES = [
    X,
    "y = x ** 2",
    "z = 3 * (y + 1)",
    "u = z.exp()",
    "j = u + 1",
    "k = u.tan()",
    "m = u > 0",
    "d = z.detach()",
    "v = z * u",
    "e = v.detach()",
]
WITH_A_CONSTANT = [
    X,
    "c = torch.tensor(2.)",
    "y = x ** 2",
    "z = 3 * (y + c)",
    "with torch.no_grad(): w = z * c",
    "s = z + c",
]

ONE = ("{a} ** 2", "2 * {a}", "{a} + 1", "{a}.sin()", "{a}.tanh()", "3 * ({a} + 1)")
TWO = ("{a} * {b}", "{a} + {b}", "{a}.sin() * {b}")
CUT = ("{a}.detach()", "{a} * {b}", "{a} > 0")  # the second of them under no_grad
NAMES = "pqrstuvw"


def one_of(fresh, things):
    """Draw one of some things."""
    return things[fresh.integer(0, len(things) - 1)]


def program(fresh, count, cuts=()):
    """Return so many lines that build on x and on one another; each makes p, q, r, … in turn."""
    lines, usable = list[str](), ["x"]
    for name in NAMES[:count]:
        form = one_of(fresh, (*ONE, *TWO, *TWO, *cuts))
        line = f"{name} = {form.format(a=one_of(fresh, usable[-3:]), b=one_of(fresh, usable))}"
        lines.append(f"with torch.no_grad(): {line}" if form in cuts and "*" in form else line)
        if ">" not in form:  # nothing builds on yes and no
            usable.append(name)
    return lines


def made_by(lines, **names):
    """Run lines in a set of names, and return it."""
    for line in lines:
        exec(line, {"torch": torch}, names)
    return names


def graph_of(function, seen):
    """Add a function and those behind it to the ones seen, depth first, each once."""
    if function is not None and function not in seen:
        seen.append(function)
        for behind, _ in function.next_functions:
            graph_of(behind, seen)
    return seen


def nodes_of(lines):
    """Return what is wanted of nodes, asked of torch."""
    tensors = made_by(lines)
    behind = [f for t in tensors.values() for f in graph_of(t.grad_fn, [])[1:]]
    wanted = {}
    for name, t in tensors.items():
        kind = "leaf" if t.is_leaf else "intermediate" if t.grad_fn in behind else "output"
        wanted[name] = (kind, t.grad_fn.name() if t.grad_fn else "", t.requires_grad)
    return wanted


def nodes_are(kata, wanted, fresh):
    """Claim every node of each program, given as pairs; two others show what they hide."""
    __tracebackhide__ = True
    telling = [(lines, nodes_of(lines)) for lines in (BRANCHES, WEIGHTS)]
    cases = [((lines,), nodes) for lines, nodes in [*wanted, *telling]]
    proof.each(kata.nodes, cases, lambda result, its: proof.entries(result, its, "tensor"), fresh)


@pytest.mark.documented(
    "m004-y-grad-fn",
    "m004-x-grad-fn",
    "m004-y-requires-grad",
    "m004-z-requires-grad",
    "m004-z-grad-fn",
    "m004-node-types",
    "m004-leaf-x",
    "m004-leaf-y",
    "m001-requires-grad-flags",
    "m001-is-leaf-flags",
)
def test_nodes_of_the_document(kata, fresh):
    """x is a leaf, y = x² is intermediate and z = y + 1 is the output; functions made y and z."""
    of_document = {
        "x": ("leaf", "", True),
        "y": ("intermediate", "PowBackward0", True),
        "z": ("output", "AddBackward0", True),
    }
    of_weights = {
        "x": ("leaf", "", False),
        "b": ("leaf", "", True),
        "w": ("leaf", "", True),
        "y": ("intermediate", "MulBackward0", True),
        "z": ("output", "AddBackward0", True),
    }
    nodes_are(kata, [(DOCUMENT, of_document), (WEIGHTS, of_weights)], fresh)


@pytest.mark.documented(
    "m004-all-differentiable",
    "m004-no-grad-flag",
    "m004-leaf-new",
    "m004-leaf-y1",
    "m004-detach-y1",
)
def test_nodes_where_nothing_is_recorded(kata, fresh):
    """no_grad(), detach(), whole numbers and comparisons make leaves that require no gradient."""
    y = ("output", "PowBackward0", True)
    x, no = ("leaf", "", True), ("leaf", "", False)
    whole = [X, "i = x.long()", "r = x.round()", "k = x.reshape(1).argmax()"]
    cases = [
        (NO_GRAD, {"x": x, "y": y, "z": no}),
        (DETACHED, {"x": x, "y": y, "y1": no, "z": no}),
        (["t = torch.tensor([1])"], {"t": no}),
        (WITH_A_CONSTANT, nodes_of(WITH_A_CONSTANT)),
        (whole, {"x": x, "i": no, "r": ("output", "RoundBackward0", True), "k": no}),
    ]
    nodes_are(kata, cases, fresh)


@pytest.mark.documented("m001-sum-y")
def test_nodes_anywhere(kata, fresh):
    """In any program, ask each tensor what it is: its place in the program says nothing."""
    total = [X, "b = torch.ones(3, 4)", "y = (x + b).sum()"]
    programs = [total]
    for _ in range(3):
        first = f"x = torch.tensor({fresh.number(0.5, 1.5):.3f}, requires_grad=True)"
        programs.append([first, *program(fresh, 6, CUT)])
    nodes_are(kata, [(lines, nodes_of(lines)) for lines in programs], fresh)


LONG = [
    X,
    "c = torch.tensor(2.)",
    "y = x ** 2",
    "a = y.exp() + c",
    "b = c * a * (y ** 2)",
    "s = (b + x).sum()",
    "e = s + a",
]
DIAMOND = [X, "y = x ** 2", "z = y * y + x * y"]
START = "torch::autograd::AccumulateGrad"  # where a graph ends: it adds to a leaf's .grad
OF_DIAMOND = ["AddBackward0", "MulBackward0", "PowBackward0", START, "MulBackward0"]


def walk_of(lines, name):
    """Return what is wanted of walk_back, asked of torch."""
    return [function.name() for function in graph_of(made_by(lines)[name].grad_fn, [])]


def walks_are(kata, wanted, fresh):
    """Claim the walk of each (lines, name), given as pairs; two others show what they hide."""
    __tracebackhide__ = True
    cases = [*wanted, ((DIAMOND, "z"), OF_DIAMOND), ((LONG, "s"), walk_of(LONG, "s"))]
    proof.each(kata.walk_back, cases, lambda result, walk: proof.entries(result, walk, "#"), fresh)


@pytest.mark.documented("m004-graph-definition")
def test_walk_back_of_the_document(kata, fresh):
    """From z = y + 1 a link leads back to y = x², and from there to where x's .grad is filled."""
    whole = ["AddBackward0", "PowBackward0", START]
    walks_are(kata, [((DOCUMENT, "z"), whole), ((DOCUMENT, "y"), whole[1:])], fresh)


@pytest.mark.documented("m004-dynamic")
def test_walk_back_as_the_graph_grows(kata, fresh):
    """Each line that runs adds its function; a leaf, and what comes after detach(), has none."""
    grown = [X, "y = x * 2", "y2 = y * 2", "y3 = y2 * 2"]
    cases = [
        ((grown, name), ["MulBackward0"] * n + [START])
        for n, name in enumerate(("y", "y2", "y3"), start=1)
    ]
    walks_are(kata, [*cases, ((DETACHED, "z"), []), ((DOCUMENT, "x"), [])], fresh)


def test_walk_back_anywhere(kata, fresh):
    """In any program: depth first, in the order of next_functions, each function once."""
    cases = []
    for _ in range(3):
        lines, name = [X, *program(fresh, 7)], one_of(fresh, NAMES[2:7])
        cases.append(((lines, name), walk_of(lines, name)))
    walks_are(kata, cases, fresh)


ASKED = [X, "y = x ** 2", "z = y ** 2", "g = y.grad", "g is None", "z.backward()", "y.grad"]
MIXED = [
    *ASKED,
    "z.backward()",
    "q.backward()",
    "n = y.numpy()",
    "torch.tensor([1, 2])[3]",
    "y.grad.sum()",
    "x.grad",
]
OF_ASKED = ["ok", "ok", "ok", "warns", "ok", "ok", "warns"]
OF_MIXED = [*OF_ASKED, "RuntimeError", "NameError", "RuntimeError", "IndexError"]
OF_MIXED += ["AttributeError", "ok"]  # a line that warns and then fails has failed


def outcomes_are(kata, wanted, fresh):
    """Claim what becomes of each line of these programs; MIXED shows what they hide."""
    __tracebackhide__ = True
    cases = [((lines,), (lines, said)) for lines, said in [*wanted, (MIXED, OF_MIXED)]]

    def claim(result, case):
        proof.entries(result, case[1], "line", case[0])

    proof.each(kata.outcomes, cases, claim, fresh)


@pytest.mark.documented("m004-nonleaf-grad", "m004-nonleaf-grad-error")
def test_outcomes_of_asking_for_grad(kata, fresh):
    """Asking for the .grad of a tensor that is no leaf is no error: it is None, with a warning."""
    kept = [X, "y = x ** 2", "y.retain_grad()", "z = y ** 2", "y.grad", "z.backward()", "y.grad"]
    leaf = [X, "y = x ** 2", "x.grad", "y.grad", "g = x.grad"]
    cases = [(ASKED, OF_ASKED), (kept, ["ok"] * 7), (leaf, ["ok"] * 3 + ["warns", "ok"])]
    outcomes_are(kata, cases, fresh)


@pytest.mark.documented("m004-second-backward", "m004-only-once", "m004-y-then-y-and-z")
def test_outcomes_of_a_second_backward(kata, fresh):
    """It fails where the first one freed what x² had saved. x + 1 saves nothing, and may go on."""
    again = ["z.backward()", "z.backward()"]
    three = ["y.backward()", "y.backward()", "z.backward()"]
    kept = ["z.backward(retain_graph=True)", *again]
    cases = [
        ([*DOCUMENT, *again], ["ok"] * 4 + ["RuntimeError"]),
        ([X, "z = x + 1", *again], ["ok"] * 4),
        ([*DOCUMENT, *three], ["ok"] * 4 + ["RuntimeError"] * 2),
        ([*DOCUMENT, *kept], ["ok"] * 5 + ["RuntimeError"]),
    ]
    outcomes_are(kata, cases, fresh)


@pytest.mark.documented("m004-backward-condition")
def test_outcomes_of_leaves_and_copies(kata, fresh):
    """A leaf that requires a gradient has a backward() too; only clone() makes a copy."""
    kept = [X, "y = x ** 2", "y.retain_grad()", "z = y ** 2", "z.backward()", "y.grad"]
    shared = [X, "y = x.exp()", "d = y.detach()", "d.mul_(5)", "y.backward()"]
    copied = [X, "y = x.exp()", "d = y.detach().clone()", "d.mul_(5)", "y.backward()"]
    cases = [
        ([X, "x.backward()"], ["ok", "ok"]),
        (["x = torch.tensor(1.)", "x.backward()"], ["ok", "RuntimeError"]),
        (["n = torch.tensor([1])", "n.requires_grad_()"], ["ok", "RuntimeError"]),
        (kept, ["ok"] * 6),
        (shared, ["ok"] * 4 + ["RuntimeError"]),
        (copied, ["ok"] * 5),
    ]
    outcomes_are(kata, cases, fresh)


def outcomes_of(lines):
    """Return what is wanted of outcomes: the lines are run, but those that ask for .grad."""
    names, found = dict[str, torch.Tensor](), list[str]()
    for line in lines:
        if line.endswith(".grad"):
            asked = names[line.split(" = ")[1].removesuffix(".grad")]
            found.append("ok" if asked.is_leaf or asked.retains_grad else "warns")
            continue
        try:
            exec(line, {"torch": torch}, names)
        except (RuntimeError, NameError) as error:
            found.append(type(error).__name__)
        else:
            found.append("ok")
    return found


def test_outcomes_anywhere(kata, fresh):
    """In any program, every line is run, in the one set of names, whatever became of the others."""
    calls = ("{a}.backward()", "{a}.backward(retain_graph=True)", "g = {a}.grad", "n = {a}.numpy()")
    calls += ("{a}.retain_grad()", "nobody.backward()")
    programs = []
    for _ in range(3):
        asked = [one_of(fresh, calls).format(a=one_of(fresh, "xpqr")) for _ in range(6)]
        programs.append([X, *program(fresh, 3), *asked])
    outcomes_are(kata, [(lines, outcomes_of(lines)) for lines in programs], fresh)


DTYPES = [
    # of the larger of 1 and the number: measured 6e-16 in float64, 2e-5 in float32
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-4, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "tol"), DTYPES)
SQUARES = ["y = x ** 2", "z = y ** 2", "u = z + y"]
OF_SQUARES = {  # at x = (3, −2)
    ("z", "y"): [18.0, 8.0],
    ("u", "x"): [114.0, -36.0],
    ("y", "x"): [6.0, -4.0],
    ("u", "y"): [19.0, 9.0],
    ("u", "z"): [1.0, 1.0],
}


def at(numbers, device, dtype):
    """Return an x."""
    return torch.tensor(numbers, dtype=dtype, device=device)


def is_like(result, wanted, tol):
    """Claim a tensor of the kind of the wanted one, and its numbers."""
    proof.tensor(result, wanted.shape, like=wanted)
    proof.close(result, wanted, atol=tol, rtol=tol, row="entry")


def tensors_are(function, cases, tol):
    """Claim the tensor that comes of each (arguments, wanted)."""
    __tracebackhide__ = True
    proof.each(function, cases, lambda result, wanted: is_like(result, wanted, tol))


def of_squares(device, dtype, names=(("z", "y"), ("u", "z"))):
    """Return cases of gradient_between; these two tell its mistakes apart (x = 1 hides most)."""
    x = at([3.0, -2.0], device, dtype)
    return [((x, SQUARES, *pair), at(OF_SQUARES[pair], device, dtype)) for pair in names]


@each_dtype
def test_gradient_between_any_two(kata, device, dtype, tol):
    """Any two tensors on a way have a gradient: dz/dy of z = y² is 2y, which is 18 where y is 9."""
    tensors_are(kata.gradient_between, of_squares(device, dtype, OF_SQUARES), tol)


def test_gradient_between_of_the_document(kata, device, documented):
    """At x = 1 it is 2 for x² and for x² + 1, 4 for (x²)², and 2 for y² with respect to y."""
    x = torch.tensor(1.0, device=device)
    added, squared = ["y = x ** 2", "z = y + 1"], ["y = x ** 2", "z = y ** 2"]
    asked = [(added, "z", "x"), (added, "y", "x")]
    asked += [(squared, of, wrt) for of, wrt in (("z", "x"), ("y", "x"), ("z", "y"))]
    tensors_are(kata.gradient_between, of_squares(device, torch.float32), 1e-4)
    results = kata.gradient_between.each((x, *given) for given in asked)
    for result in results:
        proof.tensor(result, [], like=x)
    documented.agrees("gradients", torch.stack(results), row="gradient")


@pytest.mark.documented("m001-w-grad", "m001-b-grad", "m001-b-grad-ones", "m004-only-leaves")
def test_gradient_between_a_tensor_and_itself(kata, device):
    """It is 1, for a leaf or not; of w · x it is the constant x, of a sum it is 1 for each part."""
    x, w = (at(numbers, device, torch.float64) for numbers in ([3.0, -2.0], [2.0]))
    twelve = torch.zeros(3, 4).to(x)
    cases = [
        ((x, SQUARES, "x", "x"), torch.ones_like(x)),
        ((x, SQUARES, "y", "y"), torch.ones_like(x)),
        ((w, ["z = -0.1368 * x + 1"], "z", "x"), at([-0.1368], device, w.dtype)),
        ((twelve, ["y = (2 + x).sum()"], "y", "x"), torch.ones_like(twelve)),
    ]
    tensors_are(kata.gradient_between, [*of_squares(device, x.dtype), *cases], 1e-12)


def test_gradient_between_starts_from_a_leaf(kata, device):
    """x is a leaf that requires a gradient: a line may call backward() and use x.grad."""
    x = at([3.0, -2.0], device, torch.float64)
    lines = ["y = x ** 2", "y.sum().backward()", "w = x * 1", "z = w * x.grad"]
    cases = [((x, lines, "z", "w"), 2 * x)]
    tensors_are(kata.gradient_between, [*of_squares(device, x.dtype), *cases], 1e-12)


def slope(x, lines, of, wrt, held=""):
    """Return the gradient by a leaf in the place of wrt, like x; None if no way leads to it."""
    names = {"x": x.detach().double().cpu()}
    for line in ["", *lines]:
        exec(line, {"torch": torch}, names)
        if wrt in names and not names[wrt].requires_grad:
            names[wrt].requires_grad_()  # nothing before it asks for a gradient
        if held in names:
            names[held] = names[held].detach()
    if not names[of].requires_grad:
        return None
    return torch.autograd.grad(names[of].sum(), names[wrt])[0].to(x)


def drawn(fresh, device, dtype, *, holding):
    """Return a case of gradient_between or of gradient_holding: a program, and two of its names."""
    x = fresh.tensor(3, low=-1.2, high=1.2, device=device, dtype=dtype)
    while True:
        lines, other = program(fresh, 5), one_of(fresh, NAMES[:4] if holding else f"x{NAMES[:4]}")
        wanted = slope(x, lines, "t", *(("x", other) if holding else (other,)))
        if wanted is not None:
            return (x, lines, "t", other), wanted


@each_dtype
def test_gradient_between_anywhere(kata, device, dtype, tol, fresh):
    """In any program, wherever a way leads from the one back to the other."""
    cases = [drawn(fresh, device, dtype, holding=False) for _ in range(3)]
    tensors_are(kata.gradient_between, [*of_squares(device, dtype), *cases], tol)


FORK = ["y = x ** 2", "h = y + 1", "z = x * y * h", "u = z + y"]


def of_fork(device, dtype):
    """Return a case of gradient_holding that tells its mistakes apart."""
    x, wanted = (at(numbers, device, dtype) for numbers in ([3.0, -2.0], [270.0, 60.0]))
    return (x, FORK, "z", "h"), wanted


@each_dtype
def test_gradient_holding_by_hand(kata, device, dtype, tol):
    """z = x · y with y = x² has the slope 3x², 27 at 3; while y is held at 9, its slope is 9."""
    x, three = at([3.0, -2.0], device, dtype), at([3.0], device, dtype)
    cases = [
        ((three, ["y = x ** 2", "z = x * y"], "z", "y"), at([9.0], device, dtype)),
        of_fork(device, dtype),
        ((x, FORK, "u", "h"), at([276.0, 56.0], device, dtype)),
        ((x, FORK, "z", "y"), at([90.0, 20.0], device, dtype)),
        ((three, ["y = x ** 2", "z = 5 * x"], "z", "y"), at([5.0], device, dtype)),
        ((three, ["y1 = x ** 2", "y = y1 + 1", "z = x * y"], "z", "y"), at([10.0], device, dtype)),
    ]
    tensors_are(kata.gradient_holding, cases, tol)


@each_dtype
def test_gradient_holding_anywhere(kata, device, dtype, tol, fresh):
    """In any program, the ways through the held tensor are cut, and all others count."""
    cases = [drawn(fresh, device, dtype, holding=True) for _ in range(3)]
    tensors_are(kata.gradient_holding, [of_fork(device, dtype), *cases], tol)


SHARED = ["y = x ** 2", "z = y.detach()", "z.mul_(5)", "u = y + 1", "u.mul_(2)"]
IN_PLACE = ["y = 3 * x", "with torch.no_grad(): y.add_(1)", "u = y * y", "y = y + u", "w = y - 3"]


def of_changes(device, dtype):
    """Return cases of snapshot that tell its mistakes apart."""
    x = at([1.0, -2.0], device, dtype)
    wanted = [(SHARED, [1.0, 4.0]), (IN_PLACE, [3.0, -6.0])]
    return [((x, lines, "y"), at(value, device, dtype)) for lines, value in wanted]


@each_dtype
def test_snapshot_by_hand(kata, device, dtype, tol):
    """z = y.detach() shares y's memory: z.mul_(5) changes y too, and the snapshot of y must not."""
    u = (at([1.0, -2.0], device, dtype), IN_PLACE, "u"), at([16.0, 25.0], device, dtype)
    tensors_are(kata.snapshot, [*of_changes(device, dtype), u], tol)


@pytest.mark.documented("m004-no-grad-z", "m004-detach-z", "m004-leaf-y1-value")
def test_snapshot_of_the_document(kata, device):
    """At x = 1: x² + 1 is 2, and what no_grad() and detach() make of x² and (x²)² is 1."""
    x = torch.tensor(1.0, device=device)
    programs = [
        (DOCUMENT, "z", 2.0),
        (NO_GRAD, "z", 1.0),
        (DETACHED, "z", 1.0),
        (DETACHED, "y1", 1.0),
    ]
    cases = [((x, lines[1:], name), x * value) for lines, name, value in programs]
    tensors_are(kata.snapshot, [*of_changes(device, torch.float32), *cases], 1e-6)


def test_snapshot_starts_from_a_leaf(kata, device):
    """x is a leaf that requires a gradient here too: a line may call backward() and use x.grad."""
    x = at([3.0, -2.0], device, torch.float64)
    lines = ["y = x ** 2", "y.sum().backward()", "z = x.grad + 1", "z.add_(5)"]
    cases = [*of_changes(device, x.dtype), ((x, lines, "z"), 2 * x + 1)]
    tensors_are(kata.snapshot, cases, 1e-12)


@each_dtype
def test_snapshot_anywhere(kata, device, dtype, tol, fresh):
    """In any program, later lines leave the snapshot alone."""
    cases = []
    for name in ("p", "q"):
        x, first = (
            fresh.tensor(3, low=-1.2, high=1.2, device=device, dtype=dtype),
            program(fresh, 3),
        )
        later = ["with torch.no_grad(): p.mul_(-2)", "d = q.detach()", "d.add_(1)", "p = p - q"]
        value = made_by(first, x=x.double().cpu())[name]
        cases.append(((x, [*first, *later], name), value.to(x)))
    tensors_are(kata.snapshot, [*of_changes(device, dtype), *cases], tol)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """A program may change x: the one that was given stays as it is, and asks for no gradient."""
    x = at([3.0, -2.0], device, torch.float64)
    lines = ["with torch.no_grad(): x.mul_(2)", "y = x ** 2", "d = y.detach()", "z = x * y"]
    cases = [
        (kata.gradient_between, ("z", "y"), [6.0, -4.0]),
        (kata.gradient_holding, ("z", "y"), [36.0, 16.0]),
        (kata.snapshot, ("d",), [36.0, 16.0]),
        (kata.snapshot, ("y",), [36.0, 16.0]),
    ]
    for function, names, wanted in cases:
        is_like(function(x, lines, *names), at(wanted, device, x.dtype), 1e-12)
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where x is."""
    tensors_are(kata.snapshot, of_changes("cpu", torch.float32), 1e-4)  # one program hides much
    x, away = torch.tensor([3.0, -2.0]), kata.elsewhere
    proof.close(away.gradient_between(x, SQUARES, "z", "y"), [18.0, 8.0], atol=1e-4, row="entry")
    proof.close(away.gradient_holding(x, FORK, "z", "h"), [270.0, 60.0], atol=1e-3, row="entry")
    proof.close(away.snapshot(x, SHARED, "y"), [9.0, 4.0], atol=1e-5, row="entry")


def test_gradient_between_needs_a_way(kata, device):
    """No way leads from y back to u, or past detach(): a RuntimeError. From 0 · y one does: 0."""
    x = at([3.0, -2.0], device, torch.float64)
    flat = (x, [*SQUARES, "w = 0 * y"], "w", "y"), torch.zeros_like(x)
    tensors_are(kata.gradient_between, [flat, *of_squares(device, x.dtype)], 1e-12)
    detached = [*SQUARES, "d = y.detach()", "w = x * d"]
    inputs = [(x, SQUARES, "y", "u"), (x, [*SQUARES, "w = x.exp()"], "w", "y")]
    inputs += [(x, detached, "w", "d")]
    proof.refuses(kata.gradient_between, inputs, RuntimeError)
