"""Kata 12, loss gradients: how one number of a result is worked out."""

import math
from collections.abc import Sequence

from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

WRITTEN = 3  # numbers of a long list
ROOM = 90  # characters of a sum
LARGE = 50.0  # a logit beyond it: its exp has no room


@by_hand("partials", rows="sample")
def partials(entry: Entry, formula: str, x: Tensor, y: Tensor, w: float, b: float) -> list[str]:
    """One slope of a formula, at one sample."""
    i, side = entry.at
    if formula == "squared error":
        return of_squared_error(entry, x[i].item(), y[i].item(), w, b)
    if formula == "log":
        return of_log(entry, x[i].item(), y[i].item(), w, b)
    its_w, its_x = bracketed(w), bracketed(x[i])
    sides = {
        "linear": (
            f"if w grows by 1, w·x + b grows by x = {entry}",
            f"if b grows by 1, w·x + b grows by {entry}",
        ),
        "squares": (
            f"w² has the slope 2w, and x stays: 2 · {its_w} · {its_x} = {entry}",
            f"b² has the slope 2b, and w² · x has none: 2 · {bracketed(b)} = {entry}",
        ),
        "exponentials": (
            f"exp(w) is its own slope, and x stays: exp({num(w)}) · {its_x} = {entry}",
            f"exp(b) is its own slope, and exp(w) · x has none: exp({num(b)}) = {entry}",
        ),
    }
    return [sides[formula][side]]


def of_squared_error(entry: Entry, x: float, y: float, w: float, b: float) -> list[str]:
    """2 · (…), times the inner derivative."""
    inside = y - (w * x + b)
    letter, of_inside, inner = [("w", "−x", -x), ("b", "−1", -1)][entry.at[1]]
    return [
        f"y − (w·x + b): {num(y)} − ({num(w)} · {bracketed(x)} + {bracketed(b)}) = {num(inside)}",
        f"twice that, times its slope along {letter}, {of_inside}: "
        f"2 · {bracketed(inside)} · {bracketed(inner)} = {entry}",
    ]


def of_log(entry: Entry, x: float, y: float, w: float, b: float) -> list[str]:
    """y/(…), times the inner derivative."""
    inside = w * x + b
    letter, of_inside, inner = [("w", "x", x), ("b", "1", 1)][entry.at[1]]
    return [
        f"w·x + b: {num(w)} · {bracketed(x)} + {bracketed(b)} = {num(inside)}",
        f"y over that, times its slope along {letter}, {of_inside}: "
        f"{num(y)} / {num(inside)} · {bracketed(inner)} = {entry}",
    ]


@by_hand("loss_and_gradient", outputs=("the loss", "the gradient"))
def loss_and_gradient(entry: Entry, kind: str, prediction: Tensor, target: Tensor) -> list[str]:
    """The loss from all errors; its gradient from one of them."""
    which, *i = entry.at
    errors = (prediction.double() - target.double()).flatten().tolist()
    if which == 0:
        errors_are = f"the errors, prediction − target: {listed(errors)}"
        return [errors_are, f"{loss(kind, errors)} = {entry}"]
    p, t = prediction[*i].item(), target[*i].item()
    its_error = f"its error e, prediction − target: {num(p)} − {bracketed(t)} = {num(p - t)}"
    return [its_error, *slope(entry, kind, p - t, errors)]


def loss(kind: str, errors: Sequence[float]) -> str:
    """Write the loss as a sum."""
    squares = summed([f"{bracketed(e)}²" for e in errors], "errors", room=40)
    return {
        "sse": f"Σe²: {squares}",
        "mse": f"Σe²/n: {squares if len(errors) == 1 else f'({squares})'} / {len(errors)}",
        "norm": f"√Σe²: √({squares})",
    }[kind]


def slope(entry: Entry, kind: str, e: float, errors: Sequence[float]) -> list[str]:
    """How the loss answers to the prediction with the error e."""
    norm = math.hypot(*errors)
    if kind == "sse":
        return [f"2e: 2 · {bracketed(e)} = {entry}"]
    if kind == "mse":
        return [f"2e/n: 2 · {bracketed(e)} / {len(errors)} = {entry}"]
    if norm == 0:
        return [f"every error is 0, and so is the norm: instead of 0/0 take {entry}"]
    return [
        f"the norm of all errors, {loss(kind, errors)} = {num(norm)}",
        f"e/norm: {num(e)} / {num(norm)} = {entry}",
    ]


@by_hand("line_gradient", outputs=("the slope along w", "the slope along b"))
def line_gradient(entry: Entry, kind: str, x: Tensor, y: Tensor, w: float, b: float) -> list[str]:
    """The chain: an error, the slopes for the predictions, and their way to the weight."""
    errors = errors_of(x, y, w, b)
    first = f"{num(w)} · {bracketed(x[0])} + {bracketed(b)} − {bracketed(y[0])} = {num(errors[0])}"
    return [f"first error e: {first}", *along(entry, kind, x, errors)]


@by_hand("gradient_by_autograd", outputs=("the slope along w", "the slope along b"))
def gradient_by_autograd(
    entry: Entry, kind: str, x: Tensor, y: Tensor, w: float, b: float
) -> list[str]:
    """The loss that is differentiated, and then the chain."""
    errors = errors_of(x, y, w, b)
    total = sum(e * e for e in errors)
    value = {"sse": total, "mse": total / len(errors), "norm": math.sqrt(total)}[kind]
    return [f"the loss, {loss(kind, errors)} = {num(value)}", *along(entry, kind, x, errors)]


def summed(terms: list[str], of: str, room: int = ROOM) -> str:
    """Write a sum; of one without room for it the first two terms."""
    written = added(terms, of)
    return written if len(written) <= room else added([*terms[:2], f"… ({len(terms)} {of})"])


def errors_of(x: Tensor, y: Tensor, w: float, b: float) -> list[float]:
    """Return the errors of a line."""
    return [w * x_i + b - y_i for x_i, y_i in zip(x.tolist(), y.tolist(), strict=True)]


def along(entry: Entry, kind: str, x: Tensor, errors: Sequence[float]) -> list[str]:
    """From the slopes for the predictions to the one along w, or along b."""
    norm, n = math.hypot(*errors), len(errors)
    factor = {"sse": 2.0, "mse": 2 / n, "norm": 1 / norm if norm else 0.0}[kind]
    slopes = [factor * e for e in errors]
    said = {
        "sse": "2e for each point",
        "mse": f"2e/n for each point, n is {n}",
        "norm": f"e/norm for each point, norm {num(norm)}",
    }[kind]
    if kind == "norm" and norm == 0:
        said = "every error is 0: for each point take 0, not 0/0"
    each = f"{said}: {listed(slopes)}"
    if entry.at == (1,) and n == 1:
        return [each]
    if entry.at == (0,):
        terms = [f"{num(s)} · {bracketed(x_i)}" for s, x_i in zip(slopes, x, strict=True)]
        return [each, f"each times its x, added up: {summed(terms, 'points')} = {entry}"]
    return [each, f"added up: {summed([num(s) for s in slopes], 'points')} = {entry}"]


def listed(numbers: Sequence[float]) -> str:
    """Write numbers one after the other; of many the first ones."""
    written = [num(v) for v in numbers[:WRITTEN]]
    return ", ".join([*written, *(["…"] if len(numbers) > WRITTEN else [])])


@by_hand("cross_entropy")
def cross_entropy(entry: Entry, logits: Tensor, target: Tensor) -> list[str]:
    """The loss of the first row, and the mean of all rows."""
    rows, classes = logits.double(), target.tolist()
    losses = [num(row.logsumexp(0) - row[t]) for row, t in zip(rows, classes, strict=True)]
    row, said = shifted(rows[0])
    own = bracketed(row[classes[0]])
    first = f"row 0, right class {classes[0]}{said}: log({powers(row)}) − {own} = {losses[0]}"
    if len(losses) == 1:
        return [first]
    return [first, f"the mean over the rows: ({added(losses, 'rows')}) / {len(losses)} = {entry}"]


@by_hand("cross_entropy_gradient")
def cross_entropy_gradient(entry: Entry, logits: Tensor, target: Tensor) -> list[str]:
    """One probability, less 1 in the right class, over the number of rows."""
    i, j = entry.at
    row, said = shifted(logits[i].double())
    p, n, t = row.softmax(0)[j].item(), len(logits), target[i].item()
    written = num(p, 9 if p > 0.999 else 5)  # so that something is left of 1 − p
    its_share = f"so (p − 1)/n: ({written} − 1)" if j == t else f"not {j}, so p/n: {written}"
    return [
        f"p of class {j}{said}: exp({num(row[j])}) / ({powers(row)}) = {written}",
        f"class {t} is right, {its_share} / {n} = {entry}",
    ]


def shifted(row: Tensor) -> tuple[Tensor, str]:
    """Return logits that exp can take, and what was done to them, if anything was."""
    if row.abs().max() <= LARGE:
        return row, ""
    return row - row.max(), ", each logit less the largest"


def powers(row: Tensor) -> str:
    """Write the sum of exp(logit)."""
    return added([f"exp({num(a)})" for a in row], "classes")
