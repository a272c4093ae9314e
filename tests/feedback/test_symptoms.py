"""Where no known mistake matches, what the numbers show is said; and never where it is not so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from dojo.calling.calls import Call
from dojo.catalogue import open_catalogue
from dojo.feedback.examples import Examples, SpecCalls
from dojo.feedback.feedback import Situation
from dojo.feedback.outcome import Feedback
from dojo.feedback.symptoms import known
from dojo.opening.answers import open_answer
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest

from ..conftest import HOUSE
from ..trying import solution_of, try_test

CATALOGUE = open_catalogue(HOUSE)
SYMPTOMS: dict[str, tuple[str, str, str]] = {  # kata, functions, what is said
    "count that few rates change": (
        "08",
        """
def steps_to_pass(mark, x0, lr, most):
    x = x0
    for t in range(most + 1):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 150 * x**4 - 1)
    raise ValueError(f"{most} steps do not get to {mark}")
""",
        "",
    ),
    "Jacobian": (
        "01",
        "def gradient(x):\n    return torch.autograd.functional.jacobian(f, x)\n",
        "Yours is 0 everywhere but on a diagonal, and there stands what is wanted: a Jacobian",
    ),
    "the loss": (
        "01",
        """
def gradient(x):
    leaf = x.detach().clone().requires_grad_()
    loss = f(leaf).sum()
    loss.backward()
    return loss.detach()
""",
        "Yours is one number. .sum(), .mean() and .norm() make one of a tensor",
    ),
    "a dimension more": (
        "06",
        "def design_matrix(x):\n    return torch.stack([x, torch.ones_like(x)], dim=1)\n",
        "Yours has more dimensions than are wanted. torch.stack() makes a new one",
    ),
    "matrix multiplied by itself": (
        "15",
        """
def by_qr(X, y):
    Q, R = torch.linalg.qr(X.T @ X)
    return torch.linalg.solve_triangular(R, Q.T @ X.T @ y, upper=True)
""",
        "Is a matrix multiplied by itself (XᵀX) before it is solved?",
    ),
    "factor": (
        "06",
        """
def gradient(X, y, w):
    refuse_flat(X, y)
    return 3 * X.T @ (X @ w - y) / len(X)
""",
        "Yours is 3 times what is wanted, in every call",
    ),
    "a row too few": (
        "02",
        """
def replay(theta0, grads, lr, clear):
    g, path = torch.zeros_like(theta0), [theta0]
    for i in range(1, len(grads)):
        g = grads[i] if clear else g + grads[i]
        path.append(path[-1] - lr * g)
    return torch.stack(path)
""",
        "Yours has one row too few. Does the loop begin or end one off",
    ),
    "a loss in each row": (
        "02",
        """
def accumulate(x, rounds):
    return torch.stack([(x**2).sum()] * rounds)
""",
        "each of yours is one number, where [2, 3] is wanted",
    ),
    "one tensor after row 0": (
        "01",
        """
def descend(x0, lr, steps):
    x, path = x0.clone(), [x0]
    for _ in range(steps):
        x -= lr * gradient(x) * 1.5
        path.append(x)
    return torch.stack(path)
""",
        "Row 0 is right, and all later rows are alike",
    ),
    "one row of many": (
        "02",
        """
def clear_each_round(x, rounds):
    return 2 * x
""",
        "Yours is one row of the wanted ones, which are alike",
    ),
    "ends in its loop": (
        "01",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(update(path[-1], gradient(path[-1]), lr))
        return torch.stack(path)
""",
        "does something end the loop too soon",
    ),
    "argument changed inside": (
        "04",
        """
def step(w, v, grad, lr, momentum):
    v = momentum * v + grad
    w -= lr * v
    return w, v
""",
        "step, which descend calls, is wrong in itself. It changes its argument w in place",
    ),
    "argument asked for a gradient inside": (
        "01",
        """
def gradient(x):
    x.requires_grad_()
    f(x).sum().backward()
    return x.grad
""",
        "It asks its argument x for a gradient",
    ),
    "columns": (
        "06",
        """
def gradient(X, y, w):
    refuse_flat(X, y)
    return X.T @ (X @ w - y) / len(X) * X.shape[1]
""",
        "Yours is what is wanted times the number of columns of X",
    ),
    "convention": (
        "04",
        """
right_step = step


def step(w, v, grad, lr, momentum):
    w, v = right_step(w, v, grad, lr, momentum)
    return w, -v
""",
        "Your second result is what is wanted with the other sign",
    ),
    "one number": (
        "01",
        """
def gradient(x):
    x = x.detach().clone().requires_grad_()
    f(x.sum()).backward()
    return x.grad
""",
        "Every element of yours is the same number",
    ),
    "argument in each row": (
        "02",
        """
def clear_each_round(x, rounds):
    return torch.stack([x.clone() for _ in range(rounds)])
""",
        "Each row of yours is x itself",
    ),
    "first dimension last": (
        "01",
        """
right_descend = descend


def descend(x0, lr, steps):
    return right_descend(x0, lr, steps).movedim(0, -1).clone()
""",
        "their first dimension stands last",
    ),
    "last dimension first": (
        "17",
        """
def gradient(p):
    x, y = p[..., 0], p[..., 1]
    a, b = x**2 + y - 11, x + y**2 - 7
    return torch.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b])
""",
        "their last dimension stands first",
    ),
    "nearly in its place": (
        "15",
        """
def ridge(X, y, lam):
    if lam < 0:
        raise ValueError("lam")
    small = (lam * torch.eye(X.shape[1])).to(X)
    return torch.linalg.solve(X.T @ X + small, X.T @ y)
""",
        "Is a tensor made without dtype=, such as torch.tensor(0.1) or torch.eye(n)?",
    ),
    "no tensor to take the dtype of": (
        "17",
        """
def grid(low, high, spacing):
    ticks = torch.arange(low, high, spacing)
    return torch.stack(torch.meshgrid(ticks, ticks, indexing="xy"), dim=-1).double()
""",
        "A new tensor needs dtype=torch.float64.",
    ),
    "end missing": (
        "01",
        """
right_descend = descend


def descend(x0, lr, steps):
    path = right_descend(x0, lr, steps)
    return path[:40].clone()
""",
        "Your rows are the wanted ones, and the last are missing",
    ),
    "a row before": (
        "02",
        """
right_accumulate = accumulate


def accumulate(x, rounds):
    rows = right_accumulate(x, rounds)
    return torch.cat([torch.zeros_like(rows[:1]), rows])
""",
        "one more stands before them",
    ),
    "a column too many": (
        "03",
        """
right_sweep = sweep


def sweep(x0, lrs, steps):
    return right_sweep(x0, lrs, steps + 1)
""",
        "Your columns are the wanted ones, and one more after them",
    ),
    "without effect, and refused": (
        "03",
        """
def learning_rate_to_reach(target, x0, grad):
    if x0 * grad <= 0:
        raise ValueError
    return x0 / grad + 0.01
""",
        "Another target changes nothing in yours",
    ),
    "spelling": (
        "03",
        """
right_behaviour = behaviour


def behaviour(lr, a):
    return right_behaviour(lr, a).replace(" ", "_")
""",
        "Yours is the right word in another spelling: 'one_step', where 'one step' is asked for",
    ),
    "words exchanged": (
        "03",
        """
right_behaviour = behaviour


def behaviour(lr, a):
    word = right_behaviour(lr, a)
    return {"diverging": "alternating", "alternating": "diverging"}.get(word, word)
""",
        "the other words are right",
    ),
    "no step is a step": (
        "01",
        """
right_descend = descend


def descend(x0, lr, steps):
    return right_descend(x0, lr, max(steps, 1))
""",
        "wrong only where steps is 0",
    ),
    "offset": (
        "04",
        """
def crossings(trace):
    side = trace.flatten().sign()
    side = side[side != 0]
    return int((side[1:] != side[:-1]).sum()) + 3
""",
        "Yours is 3 more than what is wanted, everywhere",
    ),
    "exchanged": (
        "01",
        """
def update(x, grad, lr):
    return grad - lr * x
""",
        "with x and grad in each other's place",
    ),
    "without-end": (
        "01",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps - 1):
        path.append(update(path[-1], gradient(path[-1]), lr))
    return torch.stack(path)
""",
        "Your rows are the wanted ones without the last",
    ),
    "without-start": (
        "01",
        """
def descend(x0, lr, steps):
    path, x = [], x0
    for _ in range(steps):
        x = update(x, gradient(x), lr)
        path.append(x)
    return torch.stack(path)
""",
        "Your rows are the wanted ones without the first",
    ),
    "last-only": (
        "01",
        """
def descend(x0, lr, steps):
    x = x0.clone()
    for _ in range(steps):
        x = update(x, gradient(x), lr)
    return x
""",
        "Yours is the last row alone",
    ),
    "from-row-0": (
        "03",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(x0 - lr * 8 * x0)
    return torch.stack(path)
""",
        "each step",
    ),
    "list": (
        "01",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(update(path[-1], gradient(path[-1]), lr))
    return path
""",
        "torch.stack() makes one tensor of them",
    ),
    "dim-1": (
        "03",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * 8 * path[-1])
    return torch.stack(path, dim=1)
""",
        "Yours is the wanted table turned",
    ),
    "broadcast": (
        "05",
        """
def vjp(p, v):
    return p[:, None] * (v - v @ p)
""",
        "somewhere [",
    ),
    "argument": (
        "01",
        """
def gradient(x):
    leaf = x.clone().requires_grad_()
    f(leaf).sum().backward()
    return x.clone()
""",
        "Yours is x itself, as it was given",
    ),
    "frozen": (
        "02",
        """
right_replay = replay
def replay(theta0, grads, lr, clear):
    return right_replay(theta0, grads, 0.1, clear)
""",
        "Yours is what comes with lr = 0.1, whatever lr is",
    ),
    "edge": (
        "02",
        """
right_replay = replay
def replay(theta0, grads, lr, clear):
    return right_replay(theta0, grads, lr, clear) + (0 if clear else 1)
""",
        "and wrong only where clear is False",
    ),
    "float32": (
        "01",
        """
def update(x, grad, lr):
    return (x.float() - lr * grad.float()).to(x.dtype)
""",
        "Every number of yours is one of float32",
    ),
    "written-out": (
        "01",
        """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * 2 * (2 * path[-1] - 10))
    return torch.stack(path)
""",
        "Yours is what comes if gradient gives the numbers of two backward passes",
    ),
    "state": (
        "01",
        """
seen = []
def gradient(x):
    seen.append(1)
    return 2 * x - 10 + len(seen)
""",
        "The same call gives another answer each time",
    ),
    "an-object": (
        "10",
        """
def walk_back(lines, name):
    names = {}
    for line in lines:
        run(line, names)
    return [str(names[name].grad_fn)] if names[name].grad_fn else []
""",
        "Yours has <AddBackward0 object at 0x…> in it",
    ),
    "below-the-normal-numbers": (  # torch's own is 0 there, and is refused all the same
        "11",
        """
def sigmoid(x):
    return torch.sigmoid(x)
""",
        "",
    ),
    "first-step": (
        "01",
        """
def descend(x0, lr, steps):
    path = [x0]
    for t in range(steps):
        path.append(path[-1] - 3 * lr * gradient(path[-1]) / (t + 1))
    return torch.stack(path)
""",
        "The start is right; the first step is 3 times what is wanted",
    ),
    "one-entry": (
        "05",
        """
def jacobian(p):
    J = torch.diag(p) - torch.outer(p, p)
    J[-1] = J[-1] ** 2
    return J
""",
        "Only the last row differs",
    ),
    "row-0-in-all": (
        "05",
        """
def jacobian_by_autograd(a):
    a = a.clone().requires_grad_()
    return torch.stack([torch.autograd.grad(softmax(a)[0], a)[0] for _ in a])
""",
        "Every row of yours is what row 0 should be",
    ),
    "right-at-zero-only": (
        "06",
        """
def gradient(X, y, w):
    refuse_flat(X, y)
    return X.T @ (X @ w) - X.T @ y / len(X)
""",
        "",
    ),
    "an-effect-that-is-hidden": (
        "05",
        """
def softmax(a):
    e = a.clamp(-50, 50).exp()
    return e / e.sum()
""",
        "",
    ),
    "an-eps-and-no-other-order": (
        "05",
        """
def softmax(a):
    e = (a - a.max()).exp()
    return e / (e.sum() + 1e-8)
""",
        "Yours agrees to 8 digits, about as many as float32 has. Is a tensor made",
    ),
    "an-eps-in-one-of-two-results": (
        "12",
        """
right_loss_and_gradient = loss_and_gradient


def loss_and_gradient(kind, prediction, target):
    loss, gradient = right_loss_and_gradient(kind, prediction, target)
    return (loss, (prediction - target) / (loss + 1e-8)) if kind == "norm" else (loss, gradient)
""",
        "Yours agrees to 8 digits, about as many as float32 has. Is a tensor made",
    ),
    "digits-of-float64-beside-float32": (
        "09",
        """
def exact_line_search(point):
    grad = value_and_gradient(point)[1]
    low, high = 0.0, 1.0
    for _ in range(100):
        third = (high - low) / 3
        one, other = low + third, high - third
        if value_and_gradient(point - one * grad)[0] < value_and_gradient(point - other * grad)[0]:
            high = other
        else:
            low = one
    return torch.tensor(low, dtype=point.dtype)
""",
        "Where all is float64, yours agrees to 8 digits",
    ),
    "results-exchanged": (
        "16",
        """
right_adadelta = adadelta


def adadelta(w, s, d, grad, lr, rho, eps):
    w, s, d = right_adadelta(w, s, d, grad, lr, rho, eps)
    return w, d, s
""",
        "The second and the third of your results stand in each other's place",
    ),
    "results-of-other-shapes-exchanged": (
        "12",
        """
right_loss_and_gradient = loss_and_gradient


def loss_and_gradient(kind, prediction, target):
    return right_loss_and_gradient(kind, prediction, target)[::-1]
""",
        "The first and the second of your results stand in each other's place",
    ),
    "lists-exchanged": (
        "14",
        """
right_gradients = gradients


def gradients(X, outputs, delta):
    return right_gradients(X, outputs, delta)[::-1]
""",
        "The first and the second of your results stand in each other's place",
    ),
    "columns-end-to-end": (
        "17",
        """
right_gradient = gradient


def gradient(p):
    return torch.cat(right_gradient(p).unbind(-1), dim=-1)
""",
        "The numbers in it are right, one column after the other",
    ),
    "one-thing-more-in-a-list": (
        "14",
        """
right_forward = forward


def forward(X, weights, biases):
    return [X, *right_forward(X, weights, biases)]
""",
        "The wanted ones are in it, in their order: the first is one too many",
    ),
    "one-tensor-in-paths-that-end-at-once": (
        "09",
        """
def descend_until(point0, lr, tolerance, most):
    p = point0.clone()
    path = [p]
    for _ in range(most):
        old = p
        p -= lr * value_and_gradient(p)[1]
        path.append(p)
        if ((p - old).abs() < tolerance).all():
            break
    return torch.stack(path)
""",
        "All rows of yours are alike",
    ),
    "an-error-that-a-mistake-makes-too": (
        "13",
        """
def gradient_of_mse(X, W, t):
    W = W.clone().requires_grad_()
    E = torch.nn.functional.mse_loss(output(X, W).detach(), t)
    return torch.autograd.grad(E, W)[0]
""",
        "",
    ),
    "one-row-for-a-table": (
        "05",
        """
def jacobian_by_autograd(a):
    a = a.clone().requires_grad_()
    for i in range(len(a)):
        softmax(a)[i].backward()
    return a.grad
""",
        "Yours has fewer dimensions than are wanted. An index, x[i], takes one away",
    ),
    "a-loop-that-ends-too-soon": (
        "08",
        """
def stationary_point(c):
    x, slope = c, 1.0
    while abs(slope) > 3e-9 * c**3:
        slope = 4 * x**3 - 3 * c * x**2 - 1
        x -= slope / (12 * x**2 - 4 * c * x)
    return x
""",
        "Yours agrees to 9 digits. Is something small added (an eps), or found by a difference, or "
        "does a loop end too soon?",
    ),
    "rows-that-are-not-cut-off": (
        "07",
        """
right_trace = momentum_trace


def momentum_trace(X, y, lr, momentum, steps):
    return right_trace(X, y, lr, momentum, 2 ** (1 + steps).bit_length())
""",
        "Your rows are the wanted ones, and more stand after them",
    ),
    "an-index-for-a-number": (
        "08",
        """
def best_rate(x0, lrs, steps):
    ends = f(descend(x0.expand_as(lrs), lrs, steps)[-1])
    return torch.where(ends.isfinite(), ends, torch.inf).argmin().item()
""",
        "Yours is the place of the wanted number in lrs",
    ),
    "flat-for-a-column": (
        "06",
        """
right_gradient = gradient


def gradient(X, y, w):
    return right_gradient(X, y, w).flatten()
""",
        "x[:, None] makes a column",
    ),
    "a-table-for-one-number": (
        "06",
        """
def loss(X, y, w):
    refuse_flat(X, y)
    r = X @ w - y
    return r.T @ r / (2 * len(X))
""",
        "x.squeeze() makes it of a tensor with one element",
    ),
    "another-order": (
        "07",
        """
right_trace = whole_trace


def whole_trace(X, y, lr, steps):
    columns = right_trace(X, y, lr, steps)[:, :, 0].T
    return columns.reshape(steps + 1, -1, 1)
""",
        "Yours has the wanted numbers, in another order",
    ),
    "elements-of-a-vector": (
        "05",
        """
def vjp(p, v):
    return (p * v - p * (p @ v)) * len(p)
""",
        "times the number of elements of p, in every call: a sum, where a mean is asked for?",
    ),
    "sign-and-rows": (
        "06",
        """
def gradient(X, y, w):
    refuse_flat(X, y)
    return X.T @ (y - X @ w)
""",
        "thing added again and again? And its sign is the other one",
    ),
    "two-at-once": (
        "12",
        """
right_loss = loss_and_gradient
def loss_and_gradient(kind, prediction, target):
    value, grad = right_loss(kind, prediction, target)
    return value**2 if kind == "norm" else value, -grad
""",
        "Two things at once, it seems: a gradient with the wrong sign: the right one points where "
        "the loss grows; and a norm with the right gradient",
    ),
    "one-and-a-little": (  # an eps is no second mistake: that one alone would be seen, too
        "12",
        """
right_loss = loss_and_gradient
def loss_and_gradient(kind, prediction, target):
    value, grad = right_loss(kind, prediction, target)
    return (value + 1e-8, grad) if kind == "norm" else (value, grad)
""",
        "Only the first of the 2 results differs",
    ),
    "nothing": (
        "01",
        """
def gradient(x):
    return torch.cos(x) * x**2 + 3
""",
        "",
    ),
    "small-numbers": (
        "11",
        """
def sigmoid(x):
    return 1 - 1 / (1 + x.exp())
""",
        "the smallest have lost their digits",
    ),
}


@dataclass
class Said:
    """What came of an answer, test by test."""

    outcomes: list[Feedback]

    @property
    def told(self) -> str:
        """The diagnoses of all failures, in one line."""
        return " ".join(" ".join(o.diagnosis) for o in self.outcomes)


def said_of(
    number: str,
    more: str,
    specs: dict[str, list[SpecTest]],
    asked: dict[str, SpecCalls],
    folder: Path,
) -> Said:
    """Try the solution with other functions on its spec; say what the first three failures say."""
    kata = CATALOGUE.katas[number]
    path = kata.answer_in(folder)
    path.parent.mkdir()
    path.write_text(f"{solution_of(kata)}\n{more}\n", encoding="utf-8")
    answer, found = open_answer(path), list[Feedback]()
    examples = Examples(answer, asked[number])
    for test in specs[number]:
        trial = try_test(test, answer, kata, DEFAULT_SEED)
        if trial.error is not None:
            found.append(Situation(trial, CATALOGUE, kata, answer, 10.0, examples).feedback())
        if len(found) == 3:
            break
    return Said(found)


def test_a_place_by_chance_is_not_said(
    specs: dict[str, list[SpecTest]], asked: dict[str, SpecCalls], tmp_path: Path
) -> None:
    """Of what is computed for each element, the value may be what counts: it stood in row 0."""
    between = """
def sigmoid(x):
    small = torch.exp(torch.where(x < 1, x, -x))
    return torch.where(x < 0, small, 1.0) / (1 + small)
"""
    assert "Only row" not in said_of("11", between, specs, asked, tmp_path).told


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_a_symptom_is_said(
    symptom: str,
    specs: dict[str, list[SpecTest]],
    asked: dict[str, SpecCalls],
    tmp_path: Path,
) -> None:
    """Each is said of an answer that has it."""
    number, more, says = SYMPTOMS[symptom]
    said = said_of(number, more, specs, asked, tmp_path)
    assert said.outcomes
    if says:
        assert says in said.told, said.told
    else:
        assert not said.told.strip()
    assert not any(o.named for o in said.outcomes)
    assert "xactly" not in said.told


def test_what_was_changed_is_shown_as_it_was(
    specs: dict[str, list[SpecTest]], asked: dict[str, SpecCalls], tmp_path: Path
) -> None:
    """The call that is shown has its arguments as they were given, not as an earlier call left."""
    more = "def delta(o, t):\n    d = o\n    d -= t\n    return d * o * (1 - o)\n"
    first = said_of("13", more, specs, asked, tmp_path).outcomes[0]
    assert first.heading == "ARGUMENT CHANGED"
    assert first.asked[0].startswith("delta(o=tensor([[0.6, 0.4, 0.5]")


@pytest.mark.parametrize(("rest", "fails"), [(" * (1 - o)", 1), ("", 3)], ids=["right", "wrong"])
def test_a_changed_argument_spoils_its_own_call_alone(
    rest: str,
    fails: int,
    specs: dict[str, list[SpecTest]],
    asked: dict[str, SpecCalls],
    tmp_path: Path,
) -> None:
    """A list that is turned in place is not passed on turned, and wrong numbers stay in view."""
    more = f"""
def deltas(weights, outputs, t):
    found = [(outputs[-1] - t) * outputs[-1] * (1 - outputs[-1])]
    weights.reverse()
    for W, o in zip(weights[:-1], outputs[-2::-1]):
        found.insert(0, found[0] @ W * o{rest})
    return found
"""
    said = said_of("14", more, specs, asked, tmp_path)
    assert len(said.outcomes) == fails
    last = said.outcomes[-1]
    assert last.heading == "ARGUMENT CHANGED"
    assert any("yours" in line for line in last.body) == (not rest)


def test_two_at_once_in_a_result_that_is_no_float() -> None:
    """Whole numbers and words are what one of the two makes of them, element by element."""

    def made(*value: object) -> Call:
        return replace(Call("f", (), {}, ()), value=value)

    right, first, second = torch.tensor([1, 2]), torch.tensor([1, 3]), torch.tensor([4, 2])
    wanted, one, other = made(right, "a"), made(first, "a"), made(right, "b")
    assert known._is_both(made(first, "b"), wanted, one, other)
    assert not known._is_both(made(second, "b"), wanted, one, other)
    assert not known._is_both(made(first, "c"), wanted, one, other)
