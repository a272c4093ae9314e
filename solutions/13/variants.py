"""Kata 13, perceptron gradients: right and wrong answers written another way, for the contract."""

import torch
from torch import Tensor
from torch.nn import functional

from dojo.feedback.mistakes import mistaken, muddled, right


def own_leaf(w: Tensor) -> Tensor:
    """Return a copy that asks for a gradient."""
    return w.detach().clone().requires_grad_()


def slope_of(error: Tensor, leaf: Tensor) -> Tensor:
    """Return the gradient of an error, which backward() leaves in the leaf."""
    error.backward()
    assert leaf.grad is not None
    return leaf.grad


def squares(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the squared error of every output; ValueError unless each has a target."""
    o = torch.sigmoid(functional.linear(X, W))
    refuse(o, t)
    return (o - t).square()


def refuse(o: Tensor, t: Tensor) -> None:
    """Raise ValueError unless every output has a target."""
    if o.size() != t.size():
        raise ValueError("wrong shape")


@right("output")
def output_by_exp(X: Tensor, W: Tensor) -> Tensor:
    """torch's own linear map, the sigmoid by its formula"""
    return 1 / (1 + torch.exp(-functional.linear(X, W)))


@right("output")
def output_by_tanh(X: Tensor, W: Tensor) -> Tensor:
    """tanh of half the sum, moved to 0 … 1; einsum for the product"""
    return (1 + torch.tanh(torch.einsum("mn,kn->mk", X, W) / 2)) / 2


@right("loss")
def loss_by_mse(o: Tensor, t: Tensor) -> Tensor:
    """torch's own loss, its sum, halved"""
    refuse(o, t)
    return functional.mse_loss(o, t, reduction="sum") * 0.5


@right("loss")
def loss_as_a_product(o: Tensor, t: Tensor) -> Tensor:
    """the errors as one long vector, times itself, in float64 inside"""
    if list(t.shape) != list(o.shape):
        raise ValueError(f"{t.shape} for {o.shape}")
    e = torch.flatten(t - o).double()
    return (e @ e / 2).to(o.dtype)


@right("unit_gradient")
def unit_by_backward(x: Tensor, w: Tensor, t: float) -> Tensor:
    """backward()"""
    leaf = own_leaf(w)
    return slope_of((torch.sigmoid(x @ leaf) - t) ** 2 / 2, leaf)


@right("unit_gradient")
def unit_by_exp(x: Tensor, w: Tensor, t: float) -> Tensor:
    """o(1 − o) written as 1 / (2 + exp(z) + exp(−z))"""
    z = (x * w).sum()
    return x * (torch.sigmoid(z) - t) / (2 + torch.exp(z) + torch.exp(-z))


@right("delta")
def delta_by_autograd(o: Tensor, t: Tensor) -> Tensor:
    """back to the weighted sums by logit, then autograd"""
    z = own_leaf(torch.logit(o))
    return slope_of(((torch.sigmoid(z) - t) ** 2).sum() / 2, z)


@right("delta")
def delta_by_torchs_backward(o: Tensor, t: Tensor) -> Tensor:
    """what the backward pass of sigmoid calls itself"""
    return torch.ops.aten.sigmoid_backward(o - t, o)


@right("gradient")
def gradient_by_einsum(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """einsum over the samples"""
    o = torch.sigmoid(X @ W.t())
    refuse(o, t)
    return torch.einsum("mk,mn->kn", (o - t) * (o - o * o), X)


@right("gradient")
def gradient_by_autograd(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from E"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum() / 2, leaf)


@right("gradient_of_mse")
def mse_by_func(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """torch.func"""

    def mse(weights: Tensor) -> Tensor:
        return functional.mse_loss(torch.sigmoid(functional.linear(X, weights)), t)

    return torch.func.grad(mse)(W)


@mistaken("output", known_as="weighted_sums")
def a_linear_layer(X: Tensor, W: Tensor) -> Tensor:
    """torch's own linear map alone"""
    return functional.linear(X, W)


@mistaken("output", known_as="not_transposed")
def weights_in_columns(X: Tensor, W: Tensor) -> Tensor:
    """the formula of the sigmoid, each unit's weights taken from a column"""
    return 1 / (1 + torch.exp(-torch.mm(X, W)))


@mistaken("output", known_as="softmax_of_the_units")
def shares_of_the_units(X: Tensor, W: Tensor) -> Tensor:
    """exp of the sums, as shares"""
    e = torch.exp(X @ W.T)
    return e / e.sum(dim=1, keepdim=True)


@mistaken("output", known_as="tanh_for_sigmoid")
def moved_sigmoid(X: Tensor, W: Tensor) -> Tensor:
    """a sigmoid stretched to −1 … 1"""
    return 2 * torch.sigmoid(2 * X @ W.T) - 1


@mistaken("output", known_as="step_for_sigmoid")
def fires_or_not(X: Tensor, W: Tensor) -> Tensor:
    """ones and zeros by torch.where"""
    z = X @ W.T
    return torch.where(z > 0, torch.ones_like(z), torch.zeros_like(z))


@mistaken("output", known_as="sigmoid_first")
def linear_of_sigmoids(X: Tensor, W: Tensor) -> Tensor:
    """the two in the wrong order"""
    return functional.linear(1 / (1 + torch.exp(-X)), W)


@mistaken("output", known_as="minus_lost")
def exp_without_minus(X: Tensor, W: Tensor) -> Tensor:
    """the formula of the sigmoid without its minus"""
    return 1 / (1 + torch.exp(X @ W.T))


@mistaken("loss", known_as="half_forgotten")
def torchs_sum(o: Tensor, t: Tensor) -> Tensor:
    """torch's own loss, its sum"""
    refuse(o, t)
    return functional.mse_loss(o, t, reduction="sum")


@mistaken("loss", known_as="mean_of_squares")
def torchs_default(o: Tensor, t: Tensor) -> Tensor:
    """torch's own loss as it comes"""
    refuse(o, t)
    return functional.mse_loss(o, t)


@mistaken("loss", known_as="half_the_mean")
def torchs_default_halved(o: Tensor, t: Tensor) -> Tensor:
    """torch's own loss, halved"""
    refuse(o, t)
    return 0.5 * functional.mse_loss(o, t)


@mistaken("loss", known_as="mean_over_samples")
def mean_of_each_samples_error(o: Tensor, t: Tensor) -> Tensor:
    """half the sum over the units, then the mean"""
    refuse(o, t)
    return ((o - t).square().sum(dim=1) / 2).mean()


@mistaken("loss", known_as="absolute_errors")
def torchs_l1(o: Tensor, t: Tensor) -> Tensor:
    """torch's own absolute loss"""
    refuse(o, t)
    return functional.l1_loss(o, t, reduction="sum") / 2


@mistaken("loss", known_as="squared_after_the_sum")
def square_of_the_difference(o: Tensor, t: Tensor) -> Tensor:
    """both sums first"""
    refuse(o, t)
    return (o.sum() - t.sum()).square() * 0.5


@mistaken("loss", known_as="rooted")
def length_of_the_errors(o: Tensor, t: Tensor) -> Tensor:
    """a root of the sum"""
    refuse(o, t)
    return ((o - t) ** 2).sum().sqrt() / 2


@mistaken("loss", known_as="half_inside")
def half_an_error(o: Tensor, t: Tensor) -> Tensor:
    """halved, then squared"""
    refuse(o, t)
    return (0.5 * (t - o)).square().sum()


@mistaken("loss", known_as="target_spread")
def torchs_loss_unguarded(o: Tensor, t: Tensor) -> Tensor:
    """torch's own loss, which only warns"""
    return functional.mse_loss(o, t, reduction="sum") / 2


@mistaken("unit_gradient", known_as="slope_of_sigmoid_forgotten")
def autograd_through_the_sum(x: Tensor, w: Tensor, t: float) -> Tensor:
    """autograd past a sigmoid whose result is detached: only z answers to w"""
    leaf = own_leaf(w)
    z = x @ leaf
    return slope_of((torch.sigmoid(z).detach() - t) * z, leaf)


@mistaken("unit_gradient", known_as="error_forgotten")
def autograd_of_the_output(x: Tensor, w: Tensor, t: float) -> Tensor:
    """autograd from o instead of E"""
    leaf = own_leaf(w)
    return slope_of(torch.sigmoid(x @ leaf), leaf)


@mistaken("unit_gradient", known_as="target_minus_output")
def step_for_gradient(x: Tensor, w: Tensor, t: float) -> Tensor:
    """the step of a descent"""
    return -unit_by_backward(x, w, t)


@mistaken("unit_gradient", known_as="of_the_whole_square")
def autograd_of_the_square(x: Tensor, w: Tensor, t: float) -> Tensor:
    """backward() from (o − t)²"""
    leaf = own_leaf(w)
    return slope_of((torch.sigmoid(x @ leaf) - t) ** 2, leaf)


@mistaken("unit_gradient", known_as="half_kept")
def quarter_of_the_square(x: Tensor, w: Tensor, t: float) -> Tensor:
    """autograd of ¼ (o − t)²"""
    leaf = own_leaf(w)
    return slope_of((torch.sigmoid(x @ leaf) - t) ** 2 / 4, leaf)


@mistaken("unit_gradient", known_as="error_still_squared")
def squared_in_the_chain(x: Tensor, w: Tensor, t: float) -> Tensor:
    """the square as the first link"""
    leaf = own_leaf(w)
    o = torch.sigmoid(x @ leaf)
    return (o.detach() - t) ** 2 * slope_of(o, leaf)


@mistaken("unit_gradient", known_as="step_taken")
def one_step(x: Tensor, w: Tensor, t: float) -> Tensor:
    """the new weights"""
    leaf = own_leaf(w)
    return w - slope_of((torch.sigmoid(x @ leaf) - t) ** 2 / 2, leaf)


@mistaken("unit_gradient", known_as="factor_o_missing")
def rest_alone(x: Tensor, w: Tensor, t: float) -> Tensor:
    """1 − o as σ(−z)"""
    return (torch.sigmoid(x @ w) - t) * torch.sigmoid(-(x @ w)) * x


@mistaken("unit_gradient", known_as="plus_in_the_slope")
def o_and_its_square(x: Tensor, w: Tensor, t: float) -> Tensor:
    """o + o²"""
    o = torch.sigmoid((x * w).sum())
    return (o - t) * (o + o**2) * x


@mistaken("unit_gradient", known_as="sum_for_output")
def no_sigmoid_anywhere(x: Tensor, w: Tensor, t: float) -> Tensor:
    """z − z² for the slope"""
    z = (x * w).sum()
    return (z - t) * (z - z**2) * x


@mistaken("unit_gradient", known_as="input_forgotten")
def delta_for_each_weight(x: Tensor, w: Tensor, t: float) -> Tensor:
    """δ as many times as there are weights"""
    o = torch.sigmoid((x * w).sum())
    return torch.ones_like(w) * (o - t) * (o - o**2)


@mistaken("unit_gradient", known_as="weights_for_inputs")
def autograd_for_the_inputs(x: Tensor, w: Tensor, t: float) -> Tensor:
    """backward(), where x asks for the gradient"""
    leaf = own_leaf(x)
    return slope_of((torch.sigmoid(leaf @ w) - t) ** 2 / 2, leaf)


@mistaken("unit_gradient", known_as="output_fed_again")
def slope_by_a_helper(x: Tensor, w: Tensor, t: float) -> Tensor:
    """a function for the slope that wants z and is given o"""

    def sigmoid_slope(z: Tensor) -> Tensor:
        return torch.sigmoid(z) * (1 - torch.sigmoid(z))

    o = torch.sigmoid(x @ w)
    return (o - t) * sigmoid_slope(o) * x


@mistaken("unit_gradient", known_as="slope_of_the_sum")
def slope_before_the_sigmoid(x: Tensor, w: Tensor, t: float) -> Tensor:
    """the slope worked out a line too early"""
    z = x.dot(w)
    z_slope = z - z**2
    return x * z_slope * (torch.sigmoid(z) - t)


@mistaken("unit_gradient", known_as="products_not_added")
def autograd_of_many_outputs(x: Tensor, w: Tensor, t: float) -> Tensor:
    """backward() from the summed errors of x * w"""
    leaf = own_leaf(w)
    return slope_of(((torch.sigmoid(x * leaf) - t) ** 2).sum() / 2, leaf)


@mistaken("unit_gradient", known_as="linear_unit")
def autograd_of_a_linear_unit(x: Tensor, w: Tensor, t: float) -> Tensor:
    """backward(), the sigmoid left out"""
    leaf = own_leaf(w)
    return slope_of((x @ leaf - t) ** 2 / 2, leaf)


@mistaken("delta", known_as="error_alone")
def autograd_for_the_outputs(o: Tensor, t: Tensor) -> Tensor:
    """backward(), where o asks for the gradient"""
    leaf = own_leaf(o)
    return slope_of(((leaf - t) ** 2).sum() / 2, leaf)


@mistaken("delta", known_as="slope_alone")
def autograd_of_the_sigmoids(o: Tensor, t: Tensor) -> Tensor:
    """autograd from the outputs instead of E"""
    z = own_leaf(torch.logit(o))
    return slope_of(torch.sigmoid(z).sum(), z)


@mistaken("delta", known_as="delta_turned")
def blame_turned(o: Tensor, t: Tensor) -> Tensor:
    """multiplied out, and turned"""
    return t * o - t * o**2 - o**2 + o**3


@mistaken("delta", known_as="delta_twice")
def delta_of_the_whole_square(o: Tensor, t: Tensor) -> Tensor:
    """autograd from the whole sum of squares"""
    z = own_leaf(torch.logit(o))
    return slope_of(((torch.sigmoid(z) - t) ** 2).sum(), z)


@mistaken("delta", known_as="delta_of_mse")
def delta_of_torchs_loss(o: Tensor, t: Tensor) -> Tensor:
    """autograd from F.mse_loss"""
    z = own_leaf(torch.logit(o))
    return slope_of(functional.mse_loss(torch.sigmoid(z), t), z)


@mistaken("delta", known_as="delta_fed_again")
def autograd_at_the_outputs(o: Tensor, t: Tensor) -> Tensor:
    """the sigmoid's slope by autograd, at o where z belongs"""
    leaf = own_leaf(o)
    return (o - t) * slope_of(torch.sigmoid(leaf).sum(), leaf)


@mistaken("delta", known_as="all_fed_again")
def weighted_sums_wanted(o: Tensor, t: Tensor) -> Tensor:
    """o taken for z"""
    again = 1 / (1 + torch.exp(-o))
    return (again - t) * (again - again**2)


@mistaken("delta", known_as="slope_at_the_target")
def targets_slope(o: Tensor, t: Tensor) -> Tensor:
    """t − t²"""
    return (t - t**2) * (o - t)


@mistaken("delta", known_as="brackets_lost")
def multiplied_out_wrongly(o: Tensor, t: Tensor) -> Tensor:
    """t alone multiplied"""
    return o - t * o + t * o**2


@mistaken("delta", known_as="delta_over_all")
def half_of_the_means(o: Tensor, t: Tensor) -> Tensor:
    """a mean of halves"""
    return (o - t) * (o - o**2) / (o.shape[0] * o.shape[1])


@mistaken("delta", known_as="slope_divided")
def slope_as_an_inverse(o: Tensor, t: Tensor) -> Tensor:
    """1/o + 1/(1 − o), the slope of logit"""
    return (o - t) * (1 / o + 1 / (1 - o))


@mistaken("delta", known_as="slope_of_tanh")
def slope_with_plus(o: Tensor, t: Tensor) -> Tensor:
    """1 − o² as a product"""
    return (o - t) * (1 - o) * (1 + o)


@mistaken("delta", known_as="delta_averaged")
def delta_of_a_mean(o: Tensor, t: Tensor) -> Tensor:
    """autograd from the mean over the samples"""
    z = own_leaf(torch.logit(o))
    return slope_of(((torch.sigmoid(z) - t) ** 2).sum(dim=1).mean() / 2, z)


@mistaken("gradient", known_as="batch_averaged")
def mean_in_the_loss(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from half the squares, averaged over the samples"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum(dim=1).mean() / 2, leaf)


@mistaken("gradient", known_as="as_mse_has_it")
def mse_by_backward(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from F.mse_loss"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).mean(), leaf)


@mistaken("gradient", known_as="gradient_twice")
def sum_by_backward(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from the whole sum"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum(), leaf)


@mistaken("gradient", known_as="errors_of_all_units")
def total_error_times_slopes(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """one error a sample, for every unit"""
    o = torch.sigmoid(X @ W.T)
    refuse(o, t)
    total = o.sum(dim=1) - t.sum(dim=1)
    return torch.einsum("m,mk,mn->kn", total, o - o**2, X)


@mistaken("gradient", known_as="first_sample_only")
def returned_in_the_loop(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """a return that stands inside the loop over the samples"""
    refuse(X @ W.T, t)
    total = torch.zeros_like(W)
    for x, target in zip(X, t, strict=True):
        o = torch.sigmoid(W @ x)
        total += torch.outer((o - target) * o * (1 - o), x)
        return total
    return total


@mistaken("gradient", known_as="last_sample_only")
def overwritten_in_the_loop(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """= where += belongs"""
    refuse(X @ W.T, t)
    total = torch.zeros_like(W)
    for x, target in zip(X, t, strict=True):
        o = torch.sigmoid(W @ x)
        total = torch.outer((o - target) * o * (1 - o), x)
    return total


@mistaken("gradient", known_as="inputs_summed_first")
def two_sums(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """a column of summed deltas times a row of summed inputs"""
    o = torch.sigmoid(X @ W.T)
    refuse(o, t)
    d = (o - t) * (o - o**2)
    return d.sum(dim=0).unsqueeze(1) * X.sum(dim=0).unsqueeze(0)


@mistaken("gradient", known_as="transposed_gradient")
def right_then_turned(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """a column for each unit"""
    return gradient_by_einsum(X, W, t).T.contiguous()


@mistaken("gradient", known_as="batch_slope_forgotten")
def errors_meet_inputs(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """einsum of errors and inputs"""
    o = torch.sigmoid(X @ W.T)
    refuse(o, t)
    return torch.einsum("mk,mn->kn", o - t, X)


@mistaken("gradient", known_as="batch_turned")
def steps_for_gradients(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the steps of a descent"""
    return -gradient_by_autograd(X, W, t)


@mistaken("gradient", known_as="weights_moved")
def weights_after_a_step(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the new weights"""
    leaf = own_leaf(W)
    return W - slope_of(squares(X, leaf, t).sum() / 2, leaf)


@mistaken("gradient", known_as="sums_for_outputs")
def linear_deltas(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """z for o"""
    z = functional.linear(X, W)
    refuse(z, t)
    return torch.einsum("mk,mn->kn", (z - t) * (z - z**2), X)


@mistaken("gradient", known_as="outputs_and_targets_exchanged")
def deltas_of_targets(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """delta(t, o)"""
    o = torch.sigmoid(functional.linear(X, W))
    refuse(o, t)
    return torch.einsum("mk,mn->kn", (t - o) * (t - t**2), X)


@mistaken("gradient", known_as="gradient_of_a_spread_target")
def unguarded_by_backward(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from torch's own loss, which only warns"""
    leaf = own_leaf(W)
    return slope_of(functional.mse_loss(torch.sigmoid(X @ leaf.T), t, reduction="sum") / 2, leaf)


@mistaken("gradient_of_mse", known_as="of_half_the_sum")
def autograd_of_half_the_sum(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from E"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum() / 2, leaf)


@mistaken("gradient_of_mse", known_as="of_the_sum")
def autograd_of_the_sum(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from the sum"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum(), leaf)


@mistaken("gradient_of_mse", known_as="divided_by_samples")
def autograd_of_the_samples_mean(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from the mean of the samples' sums"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).sum(dim=1).mean(), leaf)


@mistaken("gradient_of_mse", known_as="divided_by_units")
def autograd_of_the_units_mean(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from the sum of the samples' means"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).mean(dim=1).sum(), leaf)


@mistaken("gradient_of_mse", known_as="of_half_the_mean")
def autograd_of_half_the_mean(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from half of torch's loss"""
    leaf = own_leaf(W)
    return slope_of(squares(X, leaf, t).mean() / 2, leaf)


@mistaken("gradient_of_mse", known_as="mse_transposed")
def for_the_transpose(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """a leaf of Wᵀ"""
    leaf = own_leaf(W.T)
    return slope_of(functional.mse_loss(torch.sigmoid(X @ leaf), t), leaf)


@mistaken("gradient_of_mse", known_as="sigmoid_of_the_output")
def sigmoid_around_output(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """one more sigmoid"""
    leaf = own_leaf(W)
    o = torch.sigmoid(functional.linear(X, leaf))
    return slope_of(functional.mse_loss(torch.sigmoid(o), t), leaf)


@mistaken("gradient_of_mse", known_as="of_the_logarithms")
def cross_entropy_for_mse(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """torch's loss for yes and no"""
    leaf = own_leaf(W)
    return slope_of(functional.binary_cross_entropy_with_logits(X @ leaf.T, t), leaf)


@mistaken("gradient_of_mse", known_as="mse_of_the_sums")
def autograd_without_sigmoid(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """backward() from the loss of a linear layer"""
    leaf = own_leaf(W)
    return slope_of(functional.mse_loss(functional.linear(X, leaf), t), leaf)


@muddled("output")
def shares_of_falling_powers(X: Tensor, W: Tensor) -> Tensor:
    """two mistakes at once: a softmax, of −z"""
    return torch.softmax(-X @ W.T, dim=1)


@muddled("loss")
def dimensions_counted(o: Tensor, t: Tensor) -> Tensor:
    """half a check: the number of dimensions"""
    if o.dim() != t.dim():
        raise ValueError("shape")
    return ((o - t) ** 2).sum() / 2


@muddled("loss")
def numbers_counted(o: Tensor, t: Tensor) -> Tensor:
    """half a check: how many numbers there are"""
    if o.numel() != t.numel():
        raise ValueError("shape")
    return ((o - t) ** 2).sum() / 2


@muddled("loss")
def every_target_refused(o: Tensor, t: Tensor) -> Tensor:
    """a check that refuses right targets too"""
    if t.shape[-1:] != (1,) or len(o) != 1:
        raise ValueError("shape")
    return ((o - t) ** 2).sum() / 2


@muddled("unit_gradient")
def turned_and_doubled(x: Tensor, w: Tensor, t: float) -> Tensor:
    """two mistakes at once"""
    o = torch.sigmoid(x @ w)
    return 2 * (t - o) * o * (1 - o) * x


@muddled("gradient")
def turned_and_averaged(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """two mistakes at once"""
    o = torch.sigmoid(X @ W.T)
    refuse(o, t)
    return ((t - o) * o * (1 - o)).T @ X / len(X)


@muddled("gradient")
def columns_of_the_first_sample(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """two mistakes at once: one sample, and transposed"""
    o = torch.sigmoid(X @ W.T)
    refuse(o, t)
    return X[:1].T @ ((o - t) * o * (1 - o))[:1]


@muddled("gradient_of_mse")
def mse_by_formula(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """2/(mK) times the gradient of E: right, and not found by autograd, as was asked"""
    o = torch.sigmoid(X @ W.T)
    return ((o - t) * o * (1 - o)).T @ X * (2 / o.numel())


@muddled("gradient_of_mse")
def sums_without_a_mean(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """two mistakes at once: no sigmoid, no mean"""
    return (X @ W.T - t).T @ X
