"""The usual errors of a first descent are recognised by what torch really says."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from dojo.calling.pretended_device import PretendedDevice
from dojo.feedback.torch_errors import KNOWN_ERRORS, meaning_of

X = torch.tensor([3.0, -5.0])


def leaf() -> torch.Tensor:
    """Return a tensor that asks for a gradient."""
    return X.clone().requires_grad_()


def _backward_twice() -> object:
    y = (leaf() ** 2).sum()
    y.backward()
    return y.backward()


def _leaf_in_place() -> object:
    x = leaf()
    x -= 1
    return x


def _overwritten() -> object:
    x = leaf().exp()
    y = (x * x).sum()
    x += 1
    return y.backward()


def _unused() -> object:
    return torch.autograd.grad((leaf() ** 2).sum(), leaf())


def _elsewhere() -> object:
    with PretendedDevice():
        return X.clone() + torch.ones(2)


def _elsewhere_numpy() -> object:
    with PretendedDevice():
        return X.clone().numpy()


def _forever() -> object:
    return _forever()


PROVOKED: list[tuple[Callable[[], object], str]] = [
    (_backward_twice, "backward() frees the graph"),
    (_leaf_in_place, "Autograd cannot record that a leaf"),
    (_overwritten, "backward() needs a value that has since been overwritten"),
    (lambda: torch.tensor([1, 2]).requires_grad_(), "An integer tensor cannot carry a gradient"),
    (lambda: X.sum().backward(), "Nothing was recorded"),
    (lambda: (leaf() * 2).backward(), "backward() starts from one number"),
    (lambda: leaf().numpy(), "A tensor on the graph has no numpy view"),
    (_unused, "What you differentiate was not computed from this tensor"),
    (
        lambda: torch.addmm(X[:, None].double(), X[:, None], X[None, :1]),
        "The two tensors have different dtypes",
    ),
    (lambda: torch.ones(2, 3) @ torch.ones(2, 3), "The shapes do not chain"),
    (lambda: torch.ones(3) + torch.ones(2), "The two shapes do not fit together"),
    (
        lambda: torch.ones(4, 2, 2).mT @ torch.ones(4, 2),
        "A @ b takes the last two dimensions of both for matrices",
    ),
    (lambda: torch.linalg.inv(torch.ones(3, 2)), "Only a square matrix can be inverted"),
    (
        lambda: torch.linalg.solve_triangular(torch.ones(3, 2), torch.ones(3, 1), upper=True),
        "Only a square matrix can be inverted",
    ),
    (lambda: list(X[0]), "A tensor of shape [] is one number"),
    (
        lambda: torch.stack([X, X[0]]),
        "torch.stack() takes tensors of one shape. Print each .shape; one number becomes",
    ),
    (
        lambda: torch.stack([X, X[:1]]),
        "torch.stack() takes tensors of one shape. Print the .shape of each one",
    ),
    (lambda: torch.stack([X[:, None], X[:, None] * X]), "A column [n, 1] became a table [n, n]"),
    (lambda: torch.cat([X, X], dim=1), "The tensor has fewer dimensions than that"),
    (lambda: 1 / (0 * 1.0), "This line divides by a number that is 0"),
    (lambda: torch.linalg.inv(torch.ones(2, 2)), "The matrix in this line has no inverse here"),
    (lambda: torch.zeros(2).__setitem__(0, X), "What is put there has more dimensions"),
    (lambda: torch.ones(2, 3).expand(4), "What is put there has more dimensions"),
    (lambda: torch.ones(2, 3).repeat(4), "repeat() takes a count for each dimension"),
    (lambda: X[0].expand(2).sub_(1), "expand() makes no copies"),
    (lambda: torch.cat([torch.ones(1, 1), torch.ones(1, 3)]), "The tensors that are joined have"),
    (lambda: torch.cat([X, torch.ones(1, 3)]), "torch.cat() joins along"),
    (lambda: torch.cat([X[0], X[1]]), "torch.cat() joins along"),
    (lambda: X[:, 0], "The tensor has fewer dimensions than there"),
    (lambda: X[0][0], "The tensor has fewer dimensions than there"),
    (lambda: X[2], "Indices begin at 0"),
    (lambda: X.zero_grad(), "zero_grad() belongs to an optimizer"),  # type: ignore[attr-defined]
    (lambda: X.copy(), "A tensor is copied with .clone()"),  # type: ignore[attr-defined]
    (lambda: X.append(X), "A tensor does not grow"),  # type: ignore[attr-defined]
    (lambda: torch.ones(2, 3).gather(1, torch.tensor([0, 2])), "gather() takes an index"),
    (lambda: torch.ones(2, 2) @ torch.ones(2, 2).double(), "The two tensors have different dtypes"),
    (lambda: torch.ones(2, 2) @ torch.ones(2, 2).to(torch.complex64), "One of the two is complex"),
    (lambda: torch.cat([X[:, None], X[:1, None]], dim=1), "The tensors that are joined have"),
    (lambda: torch.stack([]), "The list is empty"),
    (lambda: torch.cat([]), "The list is empty"),
    (lambda: float(X), "A Python number is made of a tensor with one element"),
    (lambda: X.item(), "A Python number is made of a tensor with one element"),
    (lambda: torch.stack([X, 1.0]), "The list holds a number among tensors"),  # type: ignore[list-item]
    (lambda: bool(X > 0), "A tensor of many is neither true nor false"),
    (lambda: torch.sqrt(2.0), "A Python number came where torch wants a tensor"),  # type: ignore[arg-type]
    (lambda: math.sqrt(4.0).backward(), "This is a Python number, not a tensor"),  # type: ignore[attr-defined]
    (lambda: leaf().grad_fn.name(), "This is None. A leaf has no grad_fn"),  # type: ignore[union-attr]
    (_elsewhere_numpy, "On a GPU this line fails"),
    (_elsewhere, "The arguments were on another device here"),
    (lambda: (-1e200) ** 3, "A number grew too large"),
    (lambda: math.exp(1000), "A number grew too large for a float"),
    (_forever, "The function keeps calling itself"),
]


def _minus_none() -> object:
    return X - 0.1 * leaf().grad  # type: ignore[operator]


def _two(values: tuple[int, ...]) -> object:
    m, n = values
    return m, n


def _unmet() -> object:
    raise AssertionError


def _zero_none() -> object:
    return leaf().grad.zero_()  # type: ignore[union-attr]


def _stacked(item: object) -> Callable[[], object]:
    return lambda: torch.stack([item])  # type: ignore[list-item]


LEAF = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed."
ONE_TEXT: list[tuple[Callable[[], object], str, str, str]] = [  # line, warned, says
    (lambda: torch.tensor([X, X]), "torch.tensor(rows)", "", "torch.tensor() takes numbers"),
    (X.item, "torch.tensor([v.item() for v in x])", "", "torch.tensor() takes numbers"),
    (X.item, "torch.tensor(x.item(), requires_grad=True)", "", "A Python number is made"),
    (lambda: torch.tensor([X, X]), "float(x)", "", "A Python number is made"),
    (lambda: math.exp(X), "math.exp(x)", "", "math takes single numbers"),
    (lambda: float(X), "float(x - lr * grad)", "", "A Python number is made"),
    (_zero_none, "x.grad.zero_()", "", "This is None. A tensor's .grad is None before"),
    (_zero_none, "x.grad.zero_()", LEAF, "This is None: .grad belongs to a leaf"),
    (_zero_none, "y.zero_()", "", "One side of this, or what stands before the point"),
    (_minus_none, "x - lr * x.grad", "", "This is None. A tensor's .grad is None before"),
    (_minus_none, "x - lr * x.grad", LEAF, "This is None: .grad belongs to a leaf"),
    (_minus_none, "x - lr * slope(x)", "", "One side of this, or what stands before the point"),
    (lambda: {"x": X}["u"], "y = names[name]", "", "When this line runs, the dict has no such key"),
    (lambda: X.shape[1], "if y.shape[1] != 1:", "", "The tensor has fewer dimensions than that: a"),
    (lambda: X.shape[1], "rows, columns = X.shape[i]", "", "The tensor has fewer dimensions than"),
    (lambda: tuple(X)[2], "w, v = pair[2]", "", ""),
    (lambda: _two(X.shape), "m, n = X.shape", "", "The tensor has another number of dimensions"),
    (lambda: _two((1, 2, 3)), "w, v = step(w, v)", "", ""),
    (lambda: _two((1, 2, 3)), "x, y = p", "", "The names on the left and the parts"),
    (lambda: _two((1,)), "x, y = p.T", "", "The names on the left and the parts on the right"),
    (_unmet, "assert y.dim() == 2", "", "An assert that fails raises an AssertionError"),
    (_stacked(None), "torch.stack(rows)", "", "The list holds None"),
    (_stacked((X,)), "torch.stack(rows)", "", "The list holds a tuple"),
    (_stacked(1.0), "torch.stack(rows)", "", "The list holds a number among tensors"),
]


@pytest.mark.parametrize(
    ("provoke", "line", "warned", "says"), ONE_TEXT, ids=[f"{t[1]}-{t[3][-12:]}" for t in ONE_TEXT]
)
def test_one_text_of_several_causes(
    provoke: Callable[[], object], line: str, warned: str, says: str
) -> None:
    """Where an error's text has several causes, the line and the warnings tell which it is."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - of many types
        provoke()
    meant = meaning_of(raised.value, line, warned)
    assert meant.startswith(says)
    assert bool(meant) is bool(says)


@pytest.mark.parametrize(("provoke", "says"), PROVOKED, ids=[says[:40] for _, says in PROVOKED])
def test_what_an_error_means(provoke: Callable[[], object], says: str) -> None:
    """The meaning of each is its own, and says the next move."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - of many types
        provoke()
    assert meaning_of(raised.value).startswith(says)


def test_every_stumble_is_provoked() -> None:
    """None is there that no error of this torch calls for."""
    said = [says for _, says in PROVOKED] + [says for *_, says in ONE_TEXT]
    unprovoked = {
        s.meaning for s in KNOWN_ERRORS if not any(s.meaning.startswith(says) for says in said)
    }
    assert not unprovoked


def test_an_unusual_error_is_left_to_itself() -> None:
    """Nothing is said where nothing is known."""
    assert not meaning_of(LookupError("nothing there"))
