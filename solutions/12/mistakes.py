"""Kata 12, loss gradients: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from dojo.feedback.mistakes import mistake

Columns = tuple[Tensor, Tensor]

# ---- partials


def inside(x: Tensor, w: float, b: float) -> Tensor:
    """Return w·x + b."""
    return w * x + b


def above_zero(x: Tensor, w: float, b: float) -> Tensor:
    """Return w·x + b; ValueError unless all of it is above 0."""
    values = inside(x, w, b)
    if (values <= 0).any():
        raise ValueError("log needs more than 0")
    return values


def right_columns(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Columns:
    """Return the right slopes, along w and along b."""
    one = torch.ones_like(x)
    if formula == "linear":
        return x, one
    if formula == "squares":
        return 2 * w * x, 2 * b * one
    if formula == "exponentials":
        return math.exp(w) * x, math.exp(b) * one
    if formula == "squared error":
        return -2 * (y - inside(x, w, b)) * x, -2 * (y - inside(x, w, b))
    return y / above_zero(x, w, b) * x, y / above_zero(x, w, b)


def but(
    wrong: str, columns: Columns, formula: str, x: Tensor, y: Tensor, w: float, b: float
) -> Tensor:
    """Return the right slopes, but these columns where the formula is the one that is wrong."""
    found = columns if formula == wrong else right_columns(formula, x, y, w, b)
    return torch.stack(found, dim=1)


@mistake("partials")
def sign_of_the_document(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the document's slopes of the squared error, which lack the minus of the inner derivative"""
    error = y - inside(x, w, b)
    return but("squared error", (2 * error * x, 2 * error), formula, x, y, w, b)


@mistake("partials")
def error_without_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a squared error whose slope along w lacks x: the inner derivative for w is −x"""
    error = y - inside(x, w, b)
    return but("squared error", (-2 * error, -2 * error), formula, x, y, w, b)


@mistake("partials")
def error_with_x_twice(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a squared error with x in both slopes: b stands alone, so its inner derivative is −1"""
    along = -2 * (y - inside(x, w, b)) * x
    return but("squared error", (along, along), formula, x, y, w, b)


@mistake("partials")
def error_without_2(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a squared error whose slopes lack the 2 that the exponent brings down"""
    error = y - inside(x, w, b)
    return but("squared error", (-error * x, -error), formula, x, y, w, b)


@mistake("partials")
def squares_without_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w² · x with the slope 2w: x is a factor, and it stays"""
    one = torch.ones_like(x)
    return but("squares", (2 * w * one, 2 * b * one), formula, x, y, w, b)


@mistake("partials")
def squares_for_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w² · x with the slope w²: that is the slope along x, w itself moves here"""
    one = torch.ones_like(x)
    return but("squares", (w**2 * one, 2 * b * one), formula, x, y, w, b)


@mistake("partials")
def squares_themselves(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w² · x and b², the terms themselves: the slope of w² is 2w"""
    return but("squares", (w**2 * x, b**2 * torch.ones_like(x)), formula, x, y, w, b)


@mistake("partials")
def squares_lost(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """2x and 2: of w², the 2 comes down, and one w is left"""
    return but("squares", (2 * x, torch.full_like(x, 2)), formula, x, y, w, b)


@mistake("partials")
def squares_kept(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """2w² · x and 2b²: the 2 comes down, and then the exponent is one less"""
    one = torch.ones_like(x)
    return but("squares", (2 * w**2 * x, 2 * b**2 * one), formula, x, y, w, b)


@mistake("partials")
def exponent_as_power(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """exponentials treated as powers, w · exp(w − 1): exp(w) is its own slope"""
    one = torch.ones_like(x)
    columns = w * math.exp(w - 1) * x, b * math.exp(b - 1) * one
    return but("exponentials", columns, formula, x, y, w, b)


@mistake("partials")
def exponential_of_product(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """exp(w · x), with x in the exponent: the formula is exp(w), times x"""
    columns = x * torch.exp(w * x), math.exp(b) * torch.ones_like(x)
    return but("exponentials", columns, formula, x, y, w, b)


@mistake("partials")
def exponentials_without_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """exp(w) · x with the slope exp(w): x is a factor, and it stays"""
    one = torch.ones_like(x)
    return but("exponentials", (math.exp(w) * one, math.exp(b) * one), formula, x, y, w, b)


@mistake("partials")
def log_without_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a log whose slope along w lacks x: the inner derivative for w is x"""
    share = y / inside(x, w, b)
    if formula == "log":
        above_zero(x, w, b)
    return but("log", (share, share), formula, x, y, w, b)


@mistake("partials")
def log_without_y(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """y · log(w·x + b) without y: a factor stays in the slope"""
    if formula == "log":
        above_zero(x, w, b)
    return but("log", (x / inside(x, w, b), 1 / inside(x, w, b)), formula, x, y, w, b)


@mistake("partials")
def log_kept(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a log that is still there: the slope of log(u) is 1/u"""
    if formula != "log":
        return torch.stack(right_columns(formula, x, y, w, b), dim=1)
    kept = y * torch.log(above_zero(x, w, b))
    return torch.stack([kept * x, kept], dim=1)


@mistake("partials")
def columns_swapped(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """rows (∂/∂b, ∂/∂w): the slope along w comes first"""
    along_w, along_b = right_columns(formula, x, y, w, b)
    return torch.stack([along_b, along_w], dim=1)


@mistake("partials")
def along_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope of w·x + b along x, which is w: here w moves, and x is given"""
    one = torch.ones_like(x)
    return but("linear", (w * one, one), formula, x, y, w, b)


@mistake("partials")
def weights_themselves(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w and b for the slopes of w·x + b: along w the slope is x, and along b it is 1"""
    one = torch.ones_like(x)
    return but("linear", (w * one, b * one), formula, x, y, w, b)


@mistake("partials")
def intercept_for_slope(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w·x + b with the slope b along b: it is 1, whatever b is"""
    return but("linear", (x, b * torch.ones_like(x)), formula, x, y, w, b)


@mistake("partials")
def log_never_refused(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the formula y/(w·x + b), also where log(w·x + b) does not exist"""
    if formula == "log":
        return torch.stack([y / inside(x, w, b) * x, y / inside(x, w, b)], dim=1)
    return torch.stack(right_columns(formula, x, y, w, b), dim=1)


@mistake("partials")
def log_refused_below_zero_only(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a "log" that is refused below 0 only: at 0, y/0 is inf"""
    if formula == "log" and (inside(x, w, b) < 0).any():
        raise ValueError("log needs more than 0")
    return log_never_refused(formula, x, y, w, b)


@mistake("partials")
def log_refused_if_all_are_below(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a "log" that is refused only if every w·x + b is 0 or less: one is enough"""
    if formula == "log" and (inside(x, w, b) <= 0).all():
        raise ValueError("log needs more than 0")
    return log_never_refused(formula, x, y, w, b)


# ---- loss_and_gradient


def errors(prediction: Tensor, target: Tensor) -> Tensor:
    """Return prediction − target; ValueError if their shapes differ."""
    if prediction.shape != target.shape:
        raise ValueError("shapes differ")
    return prediction - target


def of_errors(kind: str, error: Tensor) -> Columns:
    """Return the right loss, and its gradient."""
    sse = (error**2).sum()
    if kind == "sse":
        return sse, 2 * error
    if kind == "mse":
        return sse / error.numel(), 2 * error / error.numel()
    norm = sse.sqrt()
    return norm, error / norm if norm > 0 else torch.zeros_like(error)


@mistake("loss_and_gradient")
def mse_is_the_sum(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """an MSE that is the SSE, as in the sources: the mean is divided by n"""
    return of_errors("sse" if kind == "mse" else kind, errors(prediction, target))


@mistake("loss_and_gradient")
def mse_gradient_not_divided(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """an MSE with the gradient of the SSE: what is divided by n, is divided in the gradient too"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    return value, 2 * error if kind == "mse" else grad


@mistake("loss_and_gradient")
def half_of_the_squares(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """half of the SSE and half of the MSE: some texts halve them, here nothing does"""
    value, grad = of_errors(kind, errors(prediction, target))
    return (value, grad) if kind == "norm" else (value / 2, grad / 2)


@mistake("loss_and_gradient")
def sign_turned(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """a gradient with the wrong sign: the right one points where the loss grows"""
    value, grad = of_errors(kind, errors(prediction, target))
    return value, -grad


@mistake("loss_and_gradient")
def two_forgotten(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """gradients of SSE and MSE without their 2: the exponent comes down as a factor"""
    value, grad = of_errors(kind, errors(prediction, target))
    return value, grad if kind == "norm" else grad / 2


@mistake("loss_and_gradient")
def norm_squared(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """a norm without its root, which is the SSE"""
    return of_errors("sse" if kind == "norm" else kind, errors(prediction, target))


@mistake("loss_and_gradient")
def root_forgotten(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """a norm with the right gradient, but the value Σe²: its root is the norm"""
    value, grad = of_errors(kind, errors(prediction, target))
    return value**2 if kind == "norm" else value, grad


@mistake("loss_and_gradient")
def norm_gradient_not_divided(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """a norm whose gradient is e: the slope of the root divides it by the norm"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    return value, error if kind == "norm" else grad


@mistake("loss_and_gradient")
def norm_gradient_doubled(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """a norm whose gradient is 2e/norm: the slope of √u is 1/(2√u), so the two 2 cancel"""
    value, grad = of_errors(kind, errors(prediction, target))
    return value, 2 * grad if kind == "norm" else grad


@mistake("loss_and_gradient")
def nan_at_a_perfect_fit(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """e/norm where the norm is 0: 0/0 is nan"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    return value, error / value if kind == "norm" else grad


@mistake("loss_and_gradient")
def sum_of_sizes(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """Σ|e|, the 1-norm: the norm here is √Σe²"""
    error = errors(prediction, target)
    return (error.abs().sum(), error.sign()) if kind == "norm" else of_errors(kind, error)


@mistake("loss_and_gradient")
def root_of_the_mean(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """√(Σe²/n), the root of the MSE: the norm is the root of the SSE"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    share = error.numel() ** -0.5 if kind == "norm" else 1.0
    return value * share, grad * share


@mistake("loss_and_gradient")
def largest_singular_value(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """the 2-norm of a matrix, its largest singular value: the norm here is √Σe² for any shape"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    if kind != "norm" or error.dim() != 2 or value == 0:
        return value, grad
    value = torch.linalg.matrix_norm(error, 2)
    return value, error / value


@mistake("loss_and_gradient")
def squared_after_the_sum(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """an SSE of (Σe)², where errors cancel: each error is squared first"""
    error = errors(prediction, target)
    if kind != "sse":
        return of_errors(kind, error)
    return error.sum() ** 2, 2 * error.sum() * torch.ones_like(error)


@mistake("loss_and_gradient")
def divided_by_rows(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """an MSE divided by the number of rows: n counts every error, numel() and not len()"""
    error = errors(prediction, target)
    value, grad = of_errors(kind, error)
    factor = error.numel() / len(error) if kind == "mse" else 1.0
    return value * factor, grad * factor


@mistake("loss_and_gradient")
def shapes_stretched(kind: str, prediction: Tensor, target: Tensor) -> Columns:
    """shapes that torch stretched to fit: each prediction then meets every target"""
    return of_errors(kind, prediction - target)


# ---- line_gradient


def chained(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Columns:
    """Return what each point adds to the slope along w, and to that along b."""
    _, grad = of_errors(kind, w * x + b - y)
    return grad * x, grad


def summed(along_w: Tensor, along_b: Tensor) -> Tensor:
    """Add the points up."""
    return torch.stack([along_w.sum(), along_b.sum()])


@mistake("line_gradient")
def line_uphill(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a gradient with the document's sign: with it every step climbs"""
    return -summed(*chained(kind, x, y, w, b))


@mistake("line_gradient")
def x_forgotten(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a slope along w without x: if w grows by 1, prediction i grows by x[i]"""
    _, along_b = chained(kind, x, y, w, b)
    return summed(along_b, along_b)


@mistake("line_gradient")
def x_on_b_too(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a slope along b with x in it: if b grows by 1, each prediction grows by 1"""
    along_w, _ = chained(kind, x, y, w, b)
    return summed(along_w, along_w)


@mistake("line_gradient")
def b_for_one(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a slope along b that is multiplied by b: if b grows by 1, each prediction grows by 1"""
    along_w, along_b = chained(kind, x, y, w, b)
    return summed(along_w, b * along_b)


@mistake("line_gradient")
def loss_for_slopes(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the loss, times Σx: multiply by x how it answers to each prediction, the gradient"""
    value, _ = of_errors(kind, w * x + b - y)
    return torch.stack([(value * x).sum(), value])


@mistake("line_gradient")
def mse_divided_twice(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """an MSE that is divided by n twice: its gradient for the predictions is divided already"""
    return summed(*chained(kind, x, y, w, b)) / (len(x) if kind == "mse" else 1)


@mistake("line_gradient")
def norm_like_sse(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the gradient of the SSE for the norm: the norm has a root, and its slope is e/norm"""
    return summed(*chained("sse" if kind == "norm" else kind, x, y, w, b))


@mistake("line_gradient")
def x_summed_apart(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a sum of slopes times a sum of x: each slope meets its own x first"""
    _, along_b = chained(kind, x, y, w, b)
    return torch.stack([along_b.sum() * x.sum(), along_b.sum()])


@mistake("line_gradient")
def mean_of_the_products(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """means over the points: they are added up, and the MSE is divided by n already"""
    return summed(*chained(kind, x, y, w, b)) / len(x)


@mistake("line_gradient")
def mse_for_every_kind(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the gradient of the MSE, whichever kind is asked for"""
    return summed(*chained("mse", x, y, w, b))


@mistake("line_gradient")
def sse_for_every_kind(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the gradient of the SSE, whichever kind is asked for"""
    return summed(*chained("sse", x, y, w, b))


@mistake("line_gradient")
def b_left_out(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a line through 0: w·x, without b"""
    return summed(*chained(kind, x, y, w, 0.0))


@mistake("line_gradient")
def of_the_prediction(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slopes of the prediction, x and 1, added up: the loss is not in them"""
    return summed(x, torch.ones_like(x))


@mistake("line_gradient")
def slopes_swapped(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b before the slope along w"""
    along_w, along_b = chained(kind, x, y, w, b)
    return summed(along_b, along_w)


@mistake("line_gradient")
def lines_nan_at_a_perfect_fit(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """e/norm where the line meets every point: 0/0 is nan"""
    error = w * x + b - y
    if kind != "norm":
        return summed(*chained(kind, x, y, w, b))
    return summed(error / error.norm() * x, error / error.norm())


# ---- gradient_by_autograd


def leaves(x: Tensor, w: float, b: float) -> Columns:
    """Return w and b, which ask for a gradient."""
    along_w, along_b = (x.new_tensor(v).requires_grad_() for v in (w, b))
    return along_w, along_b


def torchs_loss(kind: str, prediction: Tensor, target: Tensor) -> Tensor:
    """Return a loss, on the graph of the prediction."""
    if kind == "norm":
        return torch.linalg.vector_norm(prediction - target)
    return functional.mse_loss(prediction, target, reduction="sum" if kind == "sse" else "mean")


def found(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Return the right gradient, by autograd."""
    slope, intercept = leaves(x, w, b)
    value = torchs_loss(kind, slope * x + intercept, y)
    return torch.stack(torch.autograd.grad(value, (slope, intercept)))


@mistake("gradient_by_autograd")
def prediction_differentiated(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the gradient of the prediction: what autograd is handed first must be the loss"""
    slope, intercept = leaves(x, w, b)
    prediction = slope * x + intercept
    return torch.stack(torch.autograd.grad(prediction.sum(), (slope, intercept)))


@mistake("gradient_by_autograd")
def two_passes(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """two backward passes: the second one is added to what .grad holds already"""
    return 2 * found(kind, x, y, w, b)


@mistake("gradient_by_autograd")
def weights_for_slopes(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w and b themselves: their gradients are in w.grad and b.grad"""
    return x.new_tensor([w, b])


@mistake("gradient_by_autograd")
def always_mse(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the gradient of the MSE for every kind: it is what F.mse_loss means unless told otherwise"""
    return found("mse", x, y, w, b)


@mistake("gradient_by_autograd")
def norm_without_its_root(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a norm without its root, which is the SSE"""
    return found("sse" if kind == "norm" else kind, x, y, w, b)


@mistake("gradient_by_autograd")
def norm_of_the_weights(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a norm of w and b, the weights: the norm here is that of the errors"""
    if kind != "norm":
        return found(kind, x, y, w, b)
    return x.new_tensor([w, b]) / math.hypot(w, b)


@mistake("gradient_by_autograd")
def sum_for_the_mean(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """an MSE that is the SSE, as in the sources: the mean is divided by n"""
    return found("sse" if kind == "mse" else kind, x, y, w, b)


@mistake("gradient_by_autograd")
def line_without_b(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a line through 0: w·x, without b"""
    return found(kind, x, y, w, 0.0)


@mistake("gradient_by_autograd")
def root_at_zero(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a norm as sqrt() of a sum, at a perfect fit: √u has no slope at 0, autograd says nan there"""
    grad = found(kind, x, y, w, b)
    perfect = kind == "norm" and not (w * x + b - y).any()
    return torch.full_like(grad, math.nan) if perfect else grad


@mistake("gradient_by_autograd")
def b_before_w(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b before the slope along w"""
    return found(kind, x, y, w, b).flip(0)


@mistake("gradient_by_autograd")
def x_and_y_exchanged(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w·y + b against x: the line predicts y from x"""
    return found(kind, y, x, w, b)


@mistake("gradient_by_autograd")
def last_point_only(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the last point alone: each turn of the loop replaced what the one before had found"""
    return found(kind, x[-1:], y[-1:], w, b)


# ---- cross_entropy


def own(table: Tensor, target: Tensor) -> Tensor:
    """Return each row's entry at its target, [n]."""
    return table.gather(1, target[:, None])[:, 0]


@mistake("cross_entropy")
def log_of_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """the log of a softmax: a probability of e⁻¹⁰⁰⁰ is 0 in a computer, and its log is −inf"""
    return -own(torch.softmax(logits, dim=1), target).log().mean()


@mistake("cross_entropy")
def exp_overflows(logits: Tensor, target: Tensor) -> Tensor:
    """exp of the logits as they are: exp(1000) is inf, and exp(−1000) is 0"""
    return (logits.exp().sum(dim=1).log() - own(logits, target)).mean()


@mistake("cross_entropy")
def summed_over_rows(logits: Tensor, target: Tensor) -> Tensor:
    """the sum over the rows: their mean is asked for"""
    return functional.cross_entropy(logits, target, reduction="sum")


@mistake("cross_entropy")
def minus_lost(logits: Tensor, target: Tensor) -> Tensor:
    """log p without the minus: cross entropy is never below 0"""
    return -functional.cross_entropy(logits, target)


@mistake("cross_entropy")
def softmax_twice(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax of a softmax: F.cross_entropy takes logits, and does the softmax itself"""
    return functional.cross_entropy(torch.softmax(logits, dim=1), target)


@mistake("cross_entropy")
def softmax_down_the_columns(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax down each column: the classes of one row share its probability, dim=1"""
    return -own(torch.log_softmax(logits, dim=0), target).mean()


@mistake("cross_entropy")
def own_logit_forgotten(logits: Tensor, target: Tensor) -> Tensor:
    """log Σ exp alone: the row's own logit is subtracted from it"""
    return torch.logsumexp(logits, dim=1).mean()


@mistake("cross_entropy")
def logsumexp_forgotten(logits: Tensor, target: Tensor) -> Tensor:
    """−logit of the right class alone: log Σ exp of its row is still to be added"""
    return -own(logits, target).mean()


@mistake("cross_entropy")
def largest_of_the_table(logits: Tensor, target: Tensor) -> Tensor:
    """logits less the largest of all rows: in a row far below it every exp is 0; use each row's"""
    logits = logits - logits.max()
    return (logits.exp().sum(dim=1).log() - own(logits, target)).mean()


@mistake("cross_entropy")
def largest_not_added(logits: Tensor, target: Tensor) -> Tensor:
    """log Σ exp(logit − largest), less the logit itself: the largest is to be added again"""
    lowered = logits - logits.amax(dim=1, keepdim=True)
    return (lowered.exp().sum(dim=1).log() - own(logits, target)).mean()


@mistake("cross_entropy")
def tables_largest_not_added(logits: Tensor, target: Tensor) -> Tensor:
    """log Σ exp(logit − largest of all rows), less the logit: the largest is to be added again"""
    lowered = logits - logits.max()
    return (lowered.exp().sum(dim=1).log() - own(logits, target)).mean()


@mistake("cross_entropy")
def probability_for_log(logits: Tensor, target: Tensor) -> Tensor:
    """−p for −log p, which is F.nll_loss of a softmax: it takes logs of probabilities"""
    return -own(torch.softmax(logits, dim=1), target).mean()


@mistake("cross_entropy")
def log_of_the_mean(logits: Tensor, target: Tensor) -> Tensor:
    """−log of the mean probability: each row has its own log, and then comes the mean"""
    return -own(torch.softmax(logits, dim=1), target).mean().log()


@mistake("cross_entropy")
def every_class(logits: Tensor, target: Tensor) -> Tensor:
    """the mean of −log p over every class: only the right class of each row counts"""
    return -torch.log_softmax(logits, dim=1).mean()


@mistake("cross_entropy")
def targets_of_all_rows(logits: Tensor, target: Tensor) -> Tensor:
    """[:, target], which takes these columns of every row: each row has its own"""
    return -torch.log_softmax(logits, dim=1)[:, target].mean()


@mistake("cross_entropy")
def base_two(logits: Tensor, target: Tensor) -> Tensor:
    """log₂, which counts in bits: nats are asked for, log()"""
    return functional.cross_entropy(logits, target) / math.log(2)


@mistake("cross_entropy")
def divided_by_classes(logits: Tensor, target: Tensor) -> Tensor:
    """a sum over rows, divided by the number of classes: divide by the number of rows"""
    return functional.cross_entropy(logits, target, reduction="sum") / logits.shape[1]


@mistake("cross_entropy")
def divided_by_all(logits: Tensor, target: Tensor) -> Tensor:
    """a sum over rows, divided by the number of logits: divide by the number of rows"""
    return functional.cross_entropy(logits, target, reduction="sum") / logits.numel()


@mistake("cross_entropy")
def largest_for_target(logits: Tensor, target: Tensor) -> Tensor:
    """the class with the largest logit: the right one is in target"""
    return functional.cross_entropy(logits, logits.argmax(dim=1))


@mistake("cross_entropy")
def largest_for_logsumexp(logits: Tensor, target: Tensor) -> Tensor:
    """the largest logit for log Σ exp: it is near only where one logit is far above the rest"""
    return (logits.amax(dim=1) - own(logits, target)).mean()


# ---- cross_entropy_gradient


def parts(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor, int]:
    """Return the softmax, the 1 at each target, and how many rows there are."""
    ones = functional.one_hot(target, logits.shape[1]).to(logits.dtype)
    return torch.softmax(logits, dim=1), ones, len(logits)


@mistake("cross_entropy_gradient")
def onehot_minus_p(logits: Tensor, target: Tensor) -> Tensor:
    """onehot − p, the gradient with the wrong sign"""
    p, ones, n = parts(logits, target)
    return (ones - p) / n


@mistake("cross_entropy_gradient")
def not_averaged(logits: Tensor, target: Tensor) -> Tensor:
    """p − onehot as it is: the loss is a mean over the rows, so its gradient is divided by n"""
    p, ones, _ = parts(logits, target)
    return p - ones


@mistake("cross_entropy_gradient")
def target_forgotten(logits: Tensor, target: Tensor) -> Tensor:
    """p/n: the 1 of the right class is not subtracted"""
    p, _, n = parts(logits, target)
    return p / n


@mistake("cross_entropy_gradient")
def class_number_subtracted(logits: Tensor, target: Tensor) -> Tensor:
    """p less the number of the right class: subtract 1, and at that class alone"""
    p, _, n = parts(logits, target)
    return (p - target[:, None]) / n


@mistake("cross_entropy_gradient")
def averaged_over_all(logits: Tensor, target: Tensor) -> Tensor:
    """p − onehot, divided by n·k: the mean is over rows, not over logits"""
    p, ones, _ = parts(logits, target)
    return (p - ones) / p.numel()


@mistake("cross_entropy_gradient")
def averaged_over_classes(logits: Tensor, target: Tensor) -> Tensor:
    """p − onehot, divided by the number of classes: the mean is over the rows"""
    p, ones, _ = parts(logits, target)
    return (p - ones) / p.shape[1]


@mistake("cross_entropy_gradient")
def columns_normalised(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax down each column: the classes of one row share its probability, dim=1"""
    _, ones, n = parts(logits, target)
    return (torch.softmax(logits, dim=0) - ones) / n


@mistake("cross_entropy_gradient")
def logits_for_p(logits: Tensor, target: Tensor) -> Tensor:
    """logits less onehot: their softmax belongs there"""
    _, ones, n = parts(logits, target)
    return (logits - ones) / n


@mistake("cross_entropy_gradient")
def sigmoid_for_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """a sigmoid of each logit: it lets each class answer for itself, softmax lets them compete"""
    _, ones, n = parts(logits, target)
    return (torch.sigmoid(logits) - ones) / n


@mistake("cross_entropy_gradient")
def through_squared_error(logits: Tensor, target: Tensor) -> Tensor:
    """the squared error of p, sent back through the softmax: the loss here is −log p"""
    p, ones, n = parts(logits, target)
    v = 2 * (p - ones)
    return p * (v - (p * v).sum(dim=1, keepdim=True)) / n


@mistake("cross_entropy_gradient")
def target_column_only(logits: Tensor, target: Tensor) -> Tensor:
    """a gradient for the right class alone: every other logit lowers its probability too"""
    p, ones, n = parts(logits, target)
    return ones * (p - ones) / n


@mistake("cross_entropy_gradient")
def classes_of_the_targets(logits: Tensor, target: Tensor) -> Tensor:
    """one_hot(target) alone, which counts the classes up to the largest target: there are k, say
    so"""
    return (torch.softmax(logits, dim=1) - functional.one_hot(target)) / len(logits)


@mistake("cross_entropy_gradient")
def every_row_lowered(logits: Tensor, target: Tensor) -> Tensor:
    """p[:, target] less 1, which takes these columns of every row: each row has its own"""
    grad = torch.softmax(logits, dim=1)
    grad[:, target] -= 1
    return grad / len(grad)


@mistake("cross_entropy_gradient")
def diagonal_only(logits: Tensor, target: Tensor) -> Tensor:
    """p(1 − p), the slope of each probability for its own logit: the loss is not in it"""
    p, _, n = parts(logits, target)
    return p * (1 - p) / n


@mistake("cross_entropy_gradient")
def stopped_at_p(logits: Tensor, target: Tensor) -> Tensor:
    """−1/p at the right class, the gradient for p: the softmax is still to be passed"""
    p, ones, n = parts(logits, target)
    return -ones / p / n


@mistake("cross_entropy_gradient")
def one_at_the_largest(logits: Tensor, target: Tensor) -> Tensor:
    """p less 1 where the logit is largest: the right class is in target"""
    p, _, n = parts(logits, target)
    return (p - functional.one_hot(logits.argmax(dim=1), p.shape[1])) / n


@mistake("cross_entropy_gradient")
def softmax_overflows(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax of the logits as they are: exp(1000) is inf, inf/inf is nan, and so is 0/0"""
    _, ones, n = parts(logits, target)
    e = logits.exp()
    return (e / e.sum(dim=1, keepdim=True) - ones) / n


@mistake("cross_entropy_gradient")
def through_two_softmaxes(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax of a softmax: F.cross_entropy takes logits, and does the softmax itself"""
    leaf = logits.detach().clone().requires_grad_()
    value = functional.cross_entropy(torch.softmax(leaf, dim=1), target)
    return torch.autograd.grad(value, leaf)[0]
