"""Kata 12, loss gradients: answers written another way, for the contract tests."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from dojo.feedback.mistakes import mistaken, muddled, right

Pair = tuple[Tensor, Tensor]


def value_of(formula: str, x: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return a formula's value; ValueError for a log of 0 or less."""
    if formula == "linear":
        return w * x + b
    if formula == "squares":
        return w**2 * x + b**2
    if formula == "exponentials":
        return w.exp() * x + b.exp()
    if formula == "squared error":
        return (y - (w * x + b)) ** 2
    if float((w * x + b).min()) <= 0:
        raise ValueError("nothing to take a log of")
    return y * torch.log(w * x + b)


def refuse(prediction: Tensor, target: Tensor) -> None:
    """Raise where the solution does."""
    if prediction.shape != target.shape:
        raise ValueError("shapes")


def loss_of(kind: str, prediction: Tensor, target: Tensor) -> Tensor:
    """Return torch's own loss, on the graph of the prediction."""
    if kind == "sse":
        return functional.mse_loss(prediction, target, reduction="sum")
    if kind == "mse":
        return functional.mse_loss(prediction, target)
    return torch.linalg.vector_norm(prediction - target)


def own_leaf(given: Tensor) -> Tensor:
    """Return a copy that asks for a gradient."""
    return given.detach().clone().requires_grad_()


def slope_of(value: Tensor, leaf: Tensor) -> Tensor:
    """Return the gradient that backward() leaves in a leaf."""
    value.backward()
    assert leaf.grad is not None
    return leaf.grad


# ---- right


@right("partials")
def by_expanded_leaves(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a w and a b for each sample, and one backward pass"""
    each_w, each_b = torch.full_like(x, w).requires_grad_(), torch.full_like(x, b).requires_grad_()
    total = value_of(formula, x, y, each_w, each_b).sum()
    return torch.stack(torch.autograd.grad(total, (each_w, each_b)), dim=1)


@right("partials")
def by_jacrev(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the Jacobian of all samples, in reverse mode"""
    if formula == "log" and not ((w * x + b) > 0).all():
        raise ValueError("log")

    def of_weights(weights: Tensor) -> Tensor:
        slope, intercept = weights
        if formula == "log":
            return y * torch.log(slope * x + intercept)
        return value_of(formula, x, y, slope, intercept)

    return torch.func.jacrev(of_weights)(x.new_tensor([w, b]))


@right("partials")
def sample_by_sample(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Python numbers, one sample after the other"""
    rows = []
    for u, v in zip(x.tolist(), y.tolist(), strict=True):
        inner = w * u + b
        if formula == "log" and inner <= 0:
            raise ValueError(f"log({inner})")
        rows.append(
            {
                "linear": lambda u=u: (u, 1.0),
                "squares": lambda u=u: (2 * w * u, 2 * b),
                "exponentials": lambda u=u: (u * math.exp(w), math.exp(b)),
                "squared error": lambda u=u, v=v, i=inner: (2 * (i - v) * u, 2 * (i - v)),
                "log": lambda u=u, v=v, i=inner: (u * v / i, v / i),
            }[formula]()
        )
    return torch.tensor(rows, dtype=x.dtype, device=x.device)


@right("loss_and_gradient")
def by_torchs_losses(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """mse_loss and vector_norm, and backward()"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    value = loss_of(kind, leaf, target)
    return value.detach(), slope_of(value, leaf)


@right("loss_and_gradient")
def zeros_by_where(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """a norm that is divided by where it is not 0"""
    if list(prediction.size()) != list(target.size()):
        raise ValueError("shapes")
    error = prediction - target
    flat = error.flatten()
    if kind == "norm":
        norm = flat.square().sum().sqrt()
        return norm, torch.where(norm > 0, error / norm, torch.zeros_like(error))
    share = 1 if kind == "sse" else 1 / len(flat)
    return flat @ flat * share, error * 2 * share


@right("line_gradient")
def by_a_matrix(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Xᵀ times the gradient for the predictions"""
    X = torch.stack([x, torch.ones_like(x)], dim=1)
    error = X @ x.new_tensor([w, b]) - y
    if kind == "norm":
        return X.T @ functional.normalize(error, dim=0)
    return 2 * X.T @ error / (len(x) if kind == "mse" else 1)


@right("line_gradient")
def by_summed_rows(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slopes of each squared error, added up, and then what the kind divides by"""
    error = y - (x * w + b)
    sse = torch.stack([-2 * error * x, -2 * error], dim=1).sum(dim=0)
    if kind == "norm":
        double = 2 * error.norm()
        return sse if double == 0 else sse / double
    return sse / {"sse": 1, "mse": len(x)}[kind]


@right("gradient_by_autograd")
def by_backward(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """two leaves, and backward()"""
    slope, intercept = (torch.full_like(x[0], v).requires_grad_() for v in (w, b))
    loss_of(kind, slope * x + intercept, y).backward()
    assert slope.grad is not None
    assert intercept.grad is not None
    return torch.stack([slope.grad, intercept.grad])


@right("gradient_by_autograd")
def by_func(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """torch.func, with a pair as its argument"""

    def loss(slope: Tensor, intercept: Tensor) -> Tensor:
        return loss_of(kind, slope * x + intercept, y)

    at = torch.full_like(x[0], w), torch.full_like(x[0], b)
    return torch.stack(torch.func.grad(loss, argnums=(0, 1))(*at))


@right("gradient_by_autograd")
def by_powers(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """pow, sum and mean, a root only where it has a slope"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    errors = torch.pow(y - leaf[0] * x - leaf[1], 2)
    loss = errors.mean() if kind == "mse" else errors.sum()
    if kind == "norm" and loss > 0:
        loss = loss.sqrt()
    return slope_of(loss, leaf)


@right("cross_entropy")
def by_torch(logits: Tensor, target: Tensor) -> Tensor:
    """torch's own"""
    return functional.cross_entropy(logits, target)


@right("cross_entropy")
def by_log_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """log_softmax, and an index for each row"""
    rows = torch.arange(len(logits), device=logits.device)
    return -torch.log_softmax(logits, dim=1)[rows, target].mean()


@right("cross_entropy")
def shifted_by_hand(logits: Tensor, target: Tensor) -> Tensor:
    """each row less its largest logit, then exp, and onehot for the choice"""
    low = logits - logits.max(dim=1, keepdim=True).values
    ones = functional.one_hot(target, logits.size(1))
    return (low.exp().sum(dim=1).log() - (low * ones).sum(dim=1)).mean()


@right("cross_entropy_gradient")
def through_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """autograd, through torch's own"""
    leaf = own_leaf(logits)
    return slope_of(functional.cross_entropy(leaf, target), leaf)


@right("cross_entropy_gradient")
def less_one_in_place(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax by hand, changed in place where the target is"""
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    grad = e / e.sum(dim=1, keepdim=True)
    grad[torch.arange(len(grad), device=grad.device), target] -= 1
    return grad.div_(len(grad))


@right("cross_entropy_gradient")
def row_by_row(logits: Tensor, target: Tensor) -> Tensor:
    """a loop over the rows, with a log taken first"""
    rows = []
    for row, right_class in zip(logits, target.tolist(), strict=True):
        p = (row - row.logsumexp(dim=0)).exp()
        p[right_class] -= 1
        rows.append(p / logits.shape[0])
    return torch.stack(rows)


# ---- mistaken: partials


def columns(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Pair:
    """Return the right slopes, along w and along b."""
    found = by_expanded_leaves(formula, x, y, w, b)
    return found[:, 0], found[:, 1]


def table(along_w: Tensor, along_b: Tensor) -> Tensor:
    """Return two columns."""
    return torch.cat([along_w[:, None], along_b[:, None]], dim=1)


@mistaken("partials", known_as="sign_of_the_document")
def error_turned(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the difference taken the other way round, with the −2 of the right way"""
    if formula != "squared error":
        return table(*columns(formula, x, y, w, b))
    error = w * x + b - y
    return table(-2 * error * x, -2 * error)


@mistaken("partials", known_as="error_without_x")
def one_slope_for_both(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b, twice"""
    along_w, along_b = columns(formula, x, y, w, b)
    return table(along_b if formula == "squared error" else along_w, along_b)


@mistaken("partials", known_as="error_with_x_twice")
def one_column_twice(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along w for both"""
    right = by_expanded_leaves(formula, x, y, w, b)
    return right[:, [0, 0]] if formula == "squared error" else right


@mistaken("partials", known_as="error_without_2")
def half_a_square(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """half of the square, differentiated"""
    found = by_expanded_leaves(formula, x, y, w, b)
    return found / 2 if formula == "squared error" else found


@mistaken("partials", known_as="squares_without_x")
def constants_of_squares(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """2w and 2b, expanded"""
    if formula != "squares":
        return table(*columns(formula, x, y, w, b))
    return x.new_tensor([2 * w, 2 * b]).repeat(len(x), 1)


@mistaken("partials", known_as="squares_for_x")
def differentiated_for_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """autograd, where x asks for the gradient"""
    along_w, along_b = columns(formula, x, y, w, b)
    if formula == "squares":
        leaf = own_leaf(x)
        along_w = slope_of((w**2 * leaf + b**2).sum(), leaf)
    return table(along_w, along_b)


@mistaken("partials", known_as="squares_themselves")
def terms_for_slopes(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the two terms of the sum"""
    if formula != "squares":
        return by_expanded_leaves(formula, x, y, w, b)
    return torch.stack([x * w * w, torch.zeros_like(x) + b * b], dim=1)


@mistaken("partials", known_as="squares_lost")
def twos_alone(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """2 for the slope of a square"""
    if formula != "squares":
        return by_expanded_leaves(formula, x, y, w, b)
    return 2 * torch.stack([x, torch.ones_like(x)], dim=1)


@mistaken("partials", known_as="squares_kept")
def exponent_not_lowered(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the right slopes times w and b"""
    found = by_expanded_leaves(formula, x, y, w, b)
    return found * x.new_tensor([w, b]) if formula == "squares" else found


@mistaken("partials", known_as="exponent_as_power")
def power_rule(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the power rule on eʷ"""
    found = by_expanded_leaves(formula, x, y, w, b)
    return found * x.new_tensor([w, b]) / math.e if formula == "exponentials" else found


@mistaken("partials", known_as="exponential_of_product")
def autograd_of_the_product(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """autograd on exp(w·x)"""
    along_w, along_b = columns(formula, x, y, w, b)
    if formula == "exponentials":
        leaf = torch.full_like(x, w).requires_grad_()
        along_w = slope_of(torch.exp(leaf * x).sum(), leaf)
    return table(along_w, along_b)


@mistaken("partials", known_as="exponentials_without_x")
def constants_of_exponentials(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """exp of both weights, expanded"""
    if formula != "exponentials":
        return table(*columns(formula, x, y, w, b))
    return x.new_tensor([w, b]).exp().expand(len(x), 2).clone()


@mistaken("partials", known_as="log_without_x")
def log_slope_twice(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b, twice"""
    along_w, along_b = columns(formula, x, y, w, b)
    return table(along_b if formula == "log" else along_w, along_b)


@mistaken("partials", known_as="log_without_y")
def bare_log(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """autograd on the log alone"""
    return by_expanded_leaves(formula, x, torch.ones_like(y) if formula == "log" else y, w, b)


@mistaken("partials", known_as="log_kept")
def value_times_inner(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the value times the inner derivatives"""
    along_w, along_b = columns(formula, x, y, w, b)
    if formula == "log":
        along_b = value_of(formula, x, y, torch.full_like(x, w), torch.full_like(x, b))
        along_w = along_b * x
    return table(along_w, along_b)


@mistaken("partials", known_as="columns_swapped")
def b_first(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """flipped"""
    return by_expanded_leaves(formula, x, y, w, b).flip(1)


@mistaken("partials", known_as="along_x")
def autograd_for_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """autograd, where x asks for the gradient"""
    along_w, along_b = columns(formula, x, y, w, b)
    if formula == "linear":
        leaf = own_leaf(x)
        along_w = slope_of((w * leaf + b).sum(), leaf)
    return table(along_w, along_b)


@mistaken("partials", known_as="weights_themselves")
def weights_in_rows(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """w and b in each row"""
    if formula != "linear":
        return by_expanded_leaves(formula, x, y, w, b)
    return x.new_tensor([w, b]).repeat(len(x), 1)


@mistaken("partials", known_as="intercept_for_slope")
def b_as_a_column(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the design matrix with b in its column"""
    if formula != "linear":
        return by_expanded_leaves(formula, x, y, w, b)
    return torch.stack([x, torch.full_like(x, b)], dim=1)


def share_of(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Return the slopes; those of "log" where there are none, too."""
    if formula != "log":
        return by_expanded_leaves(formula, x, y, w, b)
    return (y / (w * x + b))[:, None] * torch.stack([x, torch.ones_like(x)], dim=1)


@mistaken("partials", known_as="log_never_refused")
def log_unguarded(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """no check"""
    return share_of(formula, x, y, w, b)


@mistaken("partials", known_as="log_refused_below_zero_only")
def smallest_below_zero(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a check of the smallest, without the 0"""
    if formula == "log" and float((w * x + b).min()) < 0:
        raise ValueError("negative")
    return share_of(formula, x, y, w, b)


@mistaken("partials", known_as="log_refused_if_all_are_below")
def largest_below_zero(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a check of the largest"""
    if formula == "log" and float((w * x + b).max()) <= 0:
        raise ValueError("negative")
    return share_of(formula, x, y, w, b)


# ---- mistaken: loss_and_gradient


def with_backward(value: Tensor, leaf: Tensor) -> Pair:
    """Return a loss and the gradient that it leaves."""
    return value.detach(), slope_of(value, leaf)


@mistaken("loss_and_gradient", known_as="mse_is_the_sum")
def sum_by_backward(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """backward() from the sum for both"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    return with_backward(loss_of("sse" if kind == "mse" else kind, leaf, target), leaf)


@mistaken("loss_and_gradient", known_as="mse_gradient_not_divided")
def gradient_of_the_sum(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """mse_loss for the value, a formula for the gradient"""
    value, grad = by_torchs_losses(kind, prediction, target)
    return value, (prediction - target).mul(2) if kind == "mse" else grad


@mistaken("loss_and_gradient", known_as="half_of_the_squares")
def halves_by_backward(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """backward() from half of torch's losses"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    return with_backward(loss_of(kind, leaf, target) * (1 if kind == "norm" else 0.5), leaf)


@mistaken("loss_and_gradient", known_as="sign_turned")
def gradient_for_the_target(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """backward(), where the target asks for the gradient"""
    refuse(prediction, target)
    leaf = own_leaf(target)
    return with_backward(loss_of(kind, prediction, leaf), leaf)


@mistaken("loss_and_gradient", known_as="two_forgotten")
def errors_for_slopes(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """e, e/n and e/norm"""
    value, grad = by_torchs_losses(kind, prediction, target)
    if kind == "norm":
        return value, grad
    error = prediction - target
    return value, error / (error.numel() if kind == "mse" else 1)


@mistaken("loss_and_gradient", known_as="norm_squared")
def no_root(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """the square of vector_norm, by backward()"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    value = loss_of(kind, leaf, target)
    return with_backward(value**2 if kind == "norm" else value, leaf)


@mistaken("loss_and_gradient", known_as="root_forgotten")
def sum_beside_a_unit(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """Σe² beside autograd's gradient of the norm"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    value = loss_of(kind, leaf, target)
    shown = loss_of("sse" if kind == "norm" else kind, prediction, target)
    return shown, slope_of(value, leaf)


@mistaken("loss_and_gradient", known_as="norm_gradient_not_divided")
def root_passed_over(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """half the gradient of the square"""
    value, grad = by_torchs_losses(kind, prediction, target)
    return value, grad * value if kind == "norm" else grad


@mistaken("loss_and_gradient", known_as="norm_gradient_doubled")
def half_of_the_root_lost(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """1/√u for the slope of the root"""
    value, grad = by_torchs_losses(kind, prediction, target)
    return value, grad + grad if kind == "norm" else grad


@mistaken("loss_and_gradient", known_as="nan_at_a_perfect_fit")
def root_by_backward(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """backward() through sqrt()"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    square = (leaf - target).square().sum()
    return with_backward({"sse": square, "mse": square / leaf.numel()}.get(kind, square**0.5), leaf)


@mistaken("loss_and_gradient", known_as="sum_of_sizes")
def l1_by_backward(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """l1_loss for the norm"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    sizes = functional.l1_loss(leaf, target, reduction="sum")
    return with_backward(sizes if kind == "norm" else loss_of(kind, leaf, target), leaf)


@mistaken("loss_and_gradient", known_as="root_of_the_mean")
def rmse_by_backward(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """backward() from the norm over √n"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    value = loss_of(kind, leaf, target)
    return with_backward(value / math.sqrt(leaf.numel()) if kind == "norm" else value, leaf)


@mistaken("loss_and_gradient", known_as="largest_singular_value")
def norm_with_an_order(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """torch.linalg.norm with ord=2, which is another norm for a matrix"""
    value, grad = by_torchs_losses(kind, prediction, target)
    if kind != "norm" or value == 0:
        return value, grad
    error = prediction - target
    value = torch.linalg.norm(error, ord=2)
    return value, error / value


@mistaken("loss_and_gradient", known_as="squared_after_the_sum")
def square_of_the_sum(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """(Σe)² by backward()"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    total = (leaf.sum() - target.sum()).square()
    return with_backward(total if kind == "sse" else loss_of(kind, leaf, target), leaf)


@mistaken("loss_and_gradient", known_as="divided_by_rows")
def length_for_count(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """the mean over the rows of sums"""
    refuse(prediction, target)
    leaf = own_leaf(prediction)
    value = loss_of("sse", leaf, target) / len(leaf) if kind == "mse" else None
    return with_backward(loss_of(kind, leaf, target) if value is None else value, leaf)


@mistaken("loss_and_gradient", known_as="shapes_stretched")
def stretched_unguarded(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """no check, and normalize for the norm's gradient"""
    error = prediction - target
    count = error.numel() if kind == "mse" else 1
    if kind == "norm":
        return error.norm(), functional.normalize(error.flatten(), dim=0).reshape(error.shape)
    return error.square().sum() / count, 2 * error / count


# ---- mistaken: line_gradient


@mistaken("line_gradient", known_as="line_uphill")
def minus_twice(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """prediction − y, with the −2 of y − prediction"""
    return by_a_matrix(kind, x, y, w, b).neg()


@mistaken("line_gradient", known_as="x_forgotten")
def total_twice(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b, twice"""
    return by_a_matrix(kind, x, y, w, b)[1].repeat(2)


@mistaken("line_gradient", known_as="x_on_b_too")
def first_twice(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along w, twice"""
    return by_a_matrix(kind, x, y, w, b)[:1].expand(2).clone()


@mistaken("line_gradient", known_as="b_for_one")
def b_beside_x(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """x for w, and b for b"""
    leaf = own_leaf(w * x + b)
    return torch.stack([x, torch.full_like(x, b)]) @ slope_of(loss_of(kind, leaf, y), leaf)


@mistaken("line_gradient", known_as="loss_for_slopes")
def first_for_second(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the first of the two that loss_and_gradient returns"""
    value = loss_of(kind, w * x + b, y)
    return value * torch.stack([x.sum(), torch.ones_like(value)])


@mistaken("line_gradient", known_as="mse_divided_twice")
def mean_of_a_mean(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a mean over the points for the MSE"""
    leaf = own_leaf(w * x + b)
    slopes = slope_of(loss_of(kind, leaf, y), leaf)
    both = torch.stack([slopes * x, slopes])
    return both.mean(dim=1) if kind == "mse" else both.sum(dim=1)


@mistaken("line_gradient", known_as="norm_like_sse")
def partials_summed(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slopes of the squared error, added up, and divided for the MSE alone"""
    rows = by_expanded_leaves("squared error", x, y, w, b)
    return rows.mean(dim=0) if kind == "mse" else rows.sum(dim=0)


@mistaken("line_gradient", known_as="x_summed_apart")
def sums_multiplied(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the slope along b, times Σx and times 1"""
    return by_a_matrix(kind, x, y, w, b)[1] * torch.stack([x.sum(), torch.ones_like(x[0])])


@mistaken("line_gradient", known_as="mean_of_the_products")
def means_for_sums(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the mean of each column"""
    _, grad = zeros_by_where(kind, w * x + b, y)
    return torch.stack([grad * x, grad], dim=1).mean(dim=0)


@mistaken("line_gradient", known_as="mse_for_every_kind")
def kind_ignored(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the mean, always"""
    error = x * w + b - y
    return torch.stack([2 * (error * x).mean(), 2 * error.mean()])


@mistaken("line_gradient", known_as="sse_for_every_kind")
def sums_always(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the sum, always"""
    error = x * w + b - y
    return torch.stack([2 * error @ x, 2 * error.sum()])


@mistaken("line_gradient", known_as="b_left_out")
def through_zero(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """b taken for 0"""
    return by_a_matrix(kind, x, y, w, 0)


@mistaken("line_gradient", known_as="of_the_prediction")
def slopes_of_the_line(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Σx and n"""
    return x.new_tensor([x.sum().item(), len(x)])


@mistaken("line_gradient", known_as="slopes_swapped")
def flipped(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """flipped"""
    return by_summed_rows(kind, x, y, w, b).flip(0)


@mistaken("line_gradient", known_as="lines_nan_at_a_perfect_fit")
def divided_by_its_norm(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a division that nothing guards"""
    X = torch.stack([x, torch.ones_like(x)], dim=1)
    error = X @ x.new_tensor([w, b]) - y
    return X.T @ (error / error.norm()) if kind == "norm" else by_a_matrix(kind, x, y, w, b)


# ---- mistaken: gradient_by_autograd


@mistaken("gradient_by_autograd", known_as="prediction_differentiated")
def backward_of_the_prediction(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """backward(ones) from the prediction"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    prediction = leaf[0] * x + leaf[1]
    prediction.backward(torch.ones_like(prediction))
    assert leaf.grad is not None
    return leaf.grad


@mistaken("gradient_by_autograd", known_as="two_passes")
def backward_called_twice(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """backward(), and backward() again to see it"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    loss = loss_of(kind, leaf[0] * x + leaf[1], y)
    loss.backward(retain_graph=True)
    return slope_of(loss, leaf)


@mistaken("gradient_by_autograd", known_as="weights_for_slopes")
def leaf_returned(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the leaf instead of its gradient"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    loss_of(kind, leaf[0] * x + leaf[1], y).backward()
    return leaf.detach()


@mistaken("gradient_by_autograd", known_as="always_mse")
def torchs_default(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """mse_loss for every kind"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    return slope_of(functional.mse_loss(leaf[0] * x + leaf[1], y), leaf)


@mistaken("gradient_by_autograd", known_as="norm_without_its_root")
def squares_for_the_norm(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the sum of squares for the norm"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    squares = (leaf[0] * x + leaf[1] - y) ** 2
    return slope_of(squares.mean() if kind == "mse" else squares.sum(), leaf)


@mistaken("gradient_by_autograd", known_as="norm_of_the_weights")
def length_of_the_weights(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the document's norm"""
    leaf = own_leaf(x.new_tensor([w, b]))
    loss = leaf.norm() if kind == "norm" else loss_of(kind, leaf[0] * x + leaf[1], y)
    return slope_of(loss, leaf)


@mistaken("gradient_by_autograd", known_as="sum_for_the_mean")
def mean_forgotten(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """vector_norm, and its square for the others"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    norm = torch.linalg.vector_norm(leaf[0] * x + leaf[1] - y)
    return slope_of(norm if kind == "norm" else norm**2, leaf)


@mistaken("gradient_by_autograd", known_as="line_without_b")
def b_times_nothing(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a b of 0"""
    leaf = x.new_tensor([w, 0.0]).requires_grad_()
    return slope_of(loss_of(kind, leaf[0] * x + leaf[1], y), leaf)


@mistaken("gradient_by_autograd", known_as="root_at_zero")
def root_of_a_sum(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """sqrt() of a sum"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    squares = (leaf[0] * x + leaf[1] - y) ** 2
    loss = {"sse": squares.sum, "mse": squares.mean, "norm": squares.sum().sqrt}[kind]()
    return slope_of(loss, leaf)


@mistaken("gradient_by_autograd", known_as="b_before_w")
def intercept_first(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """(b, w) as the leaf"""
    leaf = x.new_tensor([b, w]).requires_grad_()
    return slope_of(loss_of(kind, leaf[0] + leaf[1] * x, y), leaf)


@mistaken("gradient_by_autograd", known_as="x_and_y_exchanged")
def targets_in_the_line(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """the arguments of the loss in the wrong order"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    return slope_of(loss_of(kind, x, leaf[0] * y + leaf[1]), leaf)


@mistaken("gradient_by_autograd", known_as="last_point_only")
def cleared_in_the_loop(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """a loop over the points that clears .grad in each round"""
    leaf = x.new_tensor([w, b]).requires_grad_()
    for u, v in zip(x, y, strict=True):
        leaf.grad = None
        loss_of(kind, (leaf[0] * u + leaf[1]).reshape(1), v.reshape(1)).backward()
    assert leaf.grad is not None
    return leaf.grad


# ---- mistaken: cross_entropy


def chosen(values: Tensor, target: Tensor) -> Tensor:
    """Return each row's value at its target, [n]."""
    return values[torch.arange(len(values), device=values.device), target]


@mistaken("cross_entropy", known_as="log_of_softmax")
def minus_log_p(logits: Tensor, target: Tensor) -> Tensor:
    """a softmax by hand, safe by itself, and its log"""
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    return -chosen(torch.log(e / e.sum(dim=1, keepdim=True)), target).mean()


@mistaken("cross_entropy", known_as="exp_overflows")
def unshifted(logits: Tensor, target: Tensor) -> Tensor:
    """exp, sum, log and difference"""
    return torch.mean(torch.log(torch.exp(logits).sum(1)) - chosen(logits, target))


@mistaken("cross_entropy", known_as="summed_over_rows")
def total(logits: Tensor, target: Tensor) -> Tensor:
    """a sum of logs"""
    return -chosen(torch.log_softmax(logits, dim=1), target).sum()


@mistaken("cross_entropy", known_as="minus_lost")
def log_likelihood(logits: Tensor, target: Tensor) -> Tensor:
    """the mean of log p"""
    return chosen(torch.log_softmax(logits, dim=1), target).mean()


@mistaken("cross_entropy", known_as="softmax_twice")
def logs_of_probabilities(logits: Tensor, target: Tensor) -> Tensor:
    """log_softmax of a softmax"""
    p = torch.softmax(logits, dim=1)
    return (torch.logsumexp(p, dim=1) - chosen(p, target)).mean()


@mistaken("cross_entropy", known_as="softmax_down_the_columns")
def wrong_dimension(logits: Tensor, target: Tensor) -> Tensor:
    """logsumexp over the rows"""
    return (torch.logsumexp(logits, dim=0)[target] - chosen(logits, target)).mean()


@mistaken("cross_entropy", known_as="own_logit_forgotten")
def normaliser(logits: Tensor, target: Tensor) -> Tensor:
    """the mean of log Σ exp, shifted by hand"""
    m = logits.amax(dim=1)
    return (m + (logits - m[:, None]).exp().sum(dim=1).log()).mean()


@mistaken("cross_entropy", known_as="logsumexp_forgotten")
def logits_as_log_p(logits: Tensor, target: Tensor) -> Tensor:
    """F.nll_loss of logits"""
    return functional.nll_loss(logits, target)


@mistaken("cross_entropy", known_as="largest_of_the_table")
def lowered_by_one_number(logits: Tensor, target: Tensor) -> Tensor:
    """exp of what is below the largest of all"""
    e = torch.exp(logits - logits.amax())
    rows = torch.arange(len(logits), device=logits.device)
    return (torch.log(e.sum(dim=1)) + logits.amax() - logits[rows, target]).mean()


@mistaken("cross_entropy", known_as="largest_not_added")
def lowered_in_one_term(logits: Tensor, target: Tensor) -> Tensor:
    """the largest subtracted in one of two terms"""
    total = torch.logsumexp(logits, dim=1) - logits.max(dim=1).values
    return total.mean() - logits.gather(1, target[:, None]).mean()


@mistaken("cross_entropy", known_as="tables_largest_not_added")
def lowered_in_one_term_by_one_number(logits: Tensor, target: Tensor) -> Tensor:
    """the largest of all subtracted in one of two terms"""
    total = torch.exp(logits - logits.amax()).sum(1).log()
    return (total - logits.gather(1, target[:, None])[:, 0]).mean()


@mistaken("cross_entropy", known_as="probability_for_log")
def nll_of_a_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """nll_loss, which takes no log"""
    return functional.nll_loss(torch.softmax(logits, dim=1), target)


@mistaken("cross_entropy", known_as="log_of_the_mean")
def log_last(logits: Tensor, target: Tensor) -> Tensor:
    """the log behind the mean"""
    return -torch.log(chosen(torch.log_softmax(logits, dim=1).exp(), target).mean())


@mistaken("cross_entropy", known_as="every_class")
def target_never_used(logits: Tensor, target: Tensor) -> Tensor:
    """log Σ exp less the mean logit of each row"""
    return (torch.logsumexp(logits, dim=1) - logits.mean(dim=1)).mean()


@mistaken("cross_entropy", known_as="targets_of_all_rows")
def differences_stretched(logits: Tensor, target: Tensor) -> Tensor:
    """log Σ exp [n, 1] less a table [n, n]"""
    table = torch.logsumexp(logits, dim=1, keepdim=True) - logits[:, target]
    return table.sum() / table.numel()


@mistaken("cross_entropy", known_as="base_two")
def bits(logits: Tensor, target: Tensor) -> Tensor:
    """log2 of e, times the nats"""
    return functional.cross_entropy(logits, target) * math.log2(math.e)


@mistaken("cross_entropy", known_as="divided_by_classes")
def sum_over_k(logits: Tensor, target: Tensor) -> Tensor:
    """a sum, over len(logits[0])"""
    return -chosen(torch.log_softmax(logits, dim=1), target).sum() / len(logits[0])


@mistaken("cross_entropy", known_as="divided_by_all")
def mean_of_the_table(logits: Tensor, target: Tensor) -> Tensor:
    """onehot times logs, and the mean of all of it"""
    ones = functional.one_hot(target, logits.shape[1])
    return -(ones * torch.log_softmax(logits, dim=1)).mean()


@mistaken("cross_entropy", known_as="largest_for_target")
def surest_class(logits: Tensor, target: Tensor) -> Tensor:
    """the largest log p of each row"""
    return -torch.log_softmax(logits, dim=1).amax(dim=1).mean()


@mistaken("cross_entropy", known_as="largest_for_logsumexp")
def shift_kept(logits: Tensor, target: Tensor) -> Tensor:
    """the shift for the whole"""
    return -chosen(logits - logits.max(dim=1, keepdim=True).values, target).mean()


# ---- mistaken: cross_entropy_gradient


def softmax_and_ones(logits: Tensor, target: Tensor) -> Pair:
    """Return p and onehot."""
    ones = torch.zeros_like(logits)
    ones[torch.arange(len(logits), device=logits.device), target] = 1
    return torch.softmax(logits, dim=1), ones


@mistaken("cross_entropy_gradient", known_as="onehot_minus_p")
def one_minus_p(logits: Tensor, target: Tensor) -> Tensor:
    """the gradient of log p"""
    leaf = own_leaf(logits)
    return slope_of(-functional.cross_entropy(leaf, target), leaf)


@mistaken("cross_entropy_gradient", known_as="not_averaged")
def gradient_of_the_sum_of_rows(logits: Tensor, target: Tensor) -> Tensor:
    """autograd, with a sum"""
    leaf = own_leaf(logits)
    return slope_of(functional.cross_entropy(leaf, target, reduction="sum"), leaf)


@mistaken("cross_entropy_gradient", known_as="target_forgotten")
def gradient_of_the_normaliser(logits: Tensor, target: Tensor) -> Tensor:
    """autograd of the mean of log Σ exp"""
    leaf = own_leaf(logits)
    return slope_of(torch.logsumexp(leaf, dim=1).mean(), leaf)


@mistaken("cross_entropy_gradient", known_as="class_number_subtracted")
def number_for_onehot(logits: Tensor, target: Tensor) -> Tensor:
    """the target as it is"""
    return (logits.softmax(dim=1) - target.unsqueeze(1)).div(len(target))


@mistaken("cross_entropy_gradient", known_as="averaged_over_all")
def mean_of_a_table(logits: Tensor, target: Tensor) -> Tensor:
    """autograd of a mean over n·k"""
    leaf = own_leaf(logits)
    _, ones = softmax_and_ones(logits, target)
    return slope_of(-(ones * torch.log_softmax(leaf, dim=1)).mean(), leaf)


@mistaken("cross_entropy_gradient", known_as="averaged_over_classes")
def over_k(logits: Tensor, target: Tensor) -> Tensor:
    """the number of columns"""
    p, ones = softmax_and_ones(logits, target)
    return p / logits.size(1) - ones / logits.size(1)


@mistaken("cross_entropy_gradient", known_as="columns_normalised")
def softmax_of_dim_0(logits: Tensor, target: Tensor) -> Tensor:
    """exp over its sum down the columns"""
    _, ones = softmax_and_ones(logits, target)
    e = torch.exp(logits - logits.amax(dim=0))
    return (e / e.sum(dim=0) - ones) / len(logits)


@mistaken("cross_entropy_gradient", known_as="logits_for_p")
def no_softmax(logits: Tensor, target: Tensor) -> Tensor:
    """less 1 in place, of the logits"""
    grad = logits.clone()
    grad[torch.arange(len(grad), device=grad.device), target] -= 1
    return grad / len(grad)


@mistaken("cross_entropy_gradient", known_as="sigmoid_for_softmax")
def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """each class on its own"""
    leaf = own_leaf(logits)
    _, ones = softmax_and_ones(logits, target)
    loss = functional.binary_cross_entropy_with_logits(leaf, ones, reduction="sum")
    return slope_of(loss / len(leaf), leaf)


@mistaken("cross_entropy_gradient", known_as="through_squared_error")
def squares_by_backward(logits: Tensor, target: Tensor) -> Tensor:
    """autograd of the squared errors of p"""
    leaf = own_leaf(logits)
    _, ones = softmax_and_ones(logits, target)
    squares = (torch.softmax(leaf, dim=1) - ones) ** 2
    return slope_of(squares.sum(dim=1).mean(), leaf)


@mistaken("cross_entropy_gradient", known_as="target_column_only")
def only_where_it_is_one(logits: Tensor, target: Tensor) -> Tensor:
    """zeros, and p − 1 at the target"""
    p, _ = softmax_and_ones(logits, target)
    grad, rows = torch.zeros_like(p), torch.arange(len(p), device=p.device)
    grad[rows, target] = (p[rows, target] - 1) / len(p)
    return grad


@mistaken("cross_entropy_gradient", known_as="every_row_lowered")
def columns_of_all(logits: Tensor, target: Tensor) -> Tensor:
    """onehot, its rows joined to one"""
    p, ones = softmax_and_ones(logits, target)
    return (p - ones.amax(dim=0)) / len(p)


@mistaken("cross_entropy_gradient", known_as="diagonal_only")
def p_less_its_square(logits: Tensor, target: Tensor) -> Tensor:
    """p − p²"""
    p, _ = softmax_and_ones(logits, target)
    return (p - p**2) / len(p)


@mistaken("cross_entropy_gradient", known_as="stopped_at_p")
def gradient_for_p(logits: Tensor, target: Tensor) -> Tensor:
    """the slope of −log, at every entry"""
    p, ones = softmax_and_ones(logits, target)
    return -(ones / p) / len(p)


@mistaken("cross_entropy_gradient", known_as="one_at_the_largest")
def surest_for_right(logits: Tensor, target: Tensor) -> Tensor:
    """autograd, with argmax for target"""
    leaf = own_leaf(logits)
    return slope_of(functional.cross_entropy(leaf, logits.argmax(dim=1)), leaf)


@mistaken("cross_entropy_gradient", known_as="softmax_overflows")
def exp_over_its_sum(logits: Tensor, target: Tensor) -> Tensor:
    """exp over its sum, and less 1 in place"""
    grad = torch.exp(logits) / torch.exp(logits).sum(dim=1).unsqueeze(1)
    grad[torch.arange(len(grad), device=grad.device), target] -= 1
    return grad / len(grad)


@mistaken("cross_entropy_gradient", known_as="through_two_softmaxes")
def gradient_of_two(logits: Tensor, target: Tensor) -> Tensor:
    """the right gradient at p, sent back through the softmax"""
    p, _ = softmax_and_ones(logits, target)
    q, ones = softmax_and_ones(p, target)
    v = (q - ones) / len(p)
    return p * (v - (p * v).sum(dim=1, keepdim=True))


# ---- muddled


@muddled("partials")
def document_without_x(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """two mistakes at once: the document's sign, and no x"""
    if formula != "squared error":
        return by_expanded_leaves(formula, x, y, w, b)
    error = 2 * (y - (x * w + b))
    return table(error, error)


@muddled("loss_and_gradient")
def halved_and_turned(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """two mistakes at once: half, and the wrong sign"""
    value, grad = by_torchs_losses(kind, prediction, target)
    return value / 2, -grad / 2


@muddled("loss_and_gradient")
def numbers_counted(kind: str, prediction: Tensor, target: Tensor) -> Pair:
    """half a check: how many numbers there are"""
    if prediction.numel() != target.numel():
        raise ValueError("count")
    return zeros_by_where(kind, prediction.flatten(), target.flatten())


@muddled("line_gradient")
def climbing_without_b(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """two mistakes at once: the wrong sign, and no b"""
    return -by_a_matrix(kind, x, y, w, 0.0)


@muddled("gradient_by_autograd")
def twice_without_b(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """two mistakes at once: two passes, and no b"""
    return 2 * by_func(kind, x, y, w, 0.0)


@muddled("cross_entropy")
def a_little_added(logits: Tensor, target: Tensor) -> Tensor:
    """a log that cannot be −inf, and so is 27.6 for every improbable class"""
    return -(chosen(torch.softmax(logits, dim=1), target) + 1e-12).log().mean()


@muddled("cross_entropy")
def summed_in_bits(logits: Tensor, target: Tensor) -> Tensor:
    """two mistakes at once: a sum, and log₂"""
    return functional.cross_entropy(logits, target, reduction="sum") / math.log(2)


@muddled("cross_entropy_gradient")
def turned_and_summed(logits: Tensor, target: Tensor) -> Tensor:
    """two mistakes at once: the wrong sign, and no mean"""
    p, ones = softmax_and_ones(logits, target)
    return ones - p
