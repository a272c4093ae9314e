"""Kata 13, perceptron gradients: what learners get wrong; docstrings end "… the numbers of"."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def outputs(X: Tensor, W: Tensor) -> Tensor:
    """Return the right outputs, [m, K]."""
    return torch.sigmoid(X @ W.T)


def errors(o: Tensor, t: Tensor) -> Tensor:
    """Return o − t; ValueError unless every output has a target."""
    if t.shape != o.shape:
        raise ValueError("every output needs a target of its own")
    return o - t


def slope(o: Tensor) -> Tensor:
    """Return the slope of the sigmoid where it gave o."""
    return o * (1 - o)


def deltas(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the right delta of every sample and unit, [m, K]."""
    o = outputs(X, W)
    return errors(o, t) * slope(o)


@mistake("output")
def weighted_sums(X: Tensor, W: Tensor) -> Tensor:
    """the weighted sums X Wᵀ themselves: the sigmoid is missing"""
    return X @ W.T


@mistake("output")
def not_transposed(X: Tensor, W: Tensor) -> Tensor:
    """X W, with W where Wᵀ belongs: row k of W holds the weights of unit k"""
    return torch.sigmoid(X @ W)


@mistake("output")
def softmax_of_the_units(X: Tensor, W: Tensor) -> Tensor:
    """a softmax over the units: here each unit answers for itself"""
    return torch.softmax(X @ W.T, dim=1)


@mistake("output")
def tanh_for_sigmoid(X: Tensor, W: Tensor) -> Tensor:
    """tanh, from −1 to 1: the sigmoid goes from 0 to 1"""
    return torch.tanh(X @ W.T)


@mistake("output")
def step_for_sigmoid(X: Tensor, W: Tensor) -> Tensor:
    """a threshold, 0 or 1: it has no slope to learn from, so the units here have a sigmoid"""
    return (X @ W.T > 0).to(X.dtype)


@mistake("output")
def sigmoid_first(X: Tensor, W: Tensor) -> Tensor:
    """σ(X) Wᵀ, a sigmoid of the inputs: it comes last, around the weighted sum"""
    return torch.sigmoid(X) @ W.T


@mistake("output")
def minus_lost(X: Tensor, W: Tensor) -> Tensor:
    """1 / (1 + exp(z)), which falls as z grows: the exponent is −z"""
    return torch.sigmoid(-X @ W.T)


@mistake("loss")
def half_forgotten(o: Tensor, t: Tensor) -> Tensor:
    """the whole sum of squares: E is half of it"""
    return (errors(o, t) ** 2).sum()


@mistake("loss")
def mean_of_squares(o: Tensor, t: Tensor) -> Tensor:
    """the mean of the squares, as F.mse_loss has it: E is half their sum"""
    return (errors(o, t) ** 2).mean()


@mistake("loss")
def half_the_mean(o: Tensor, t: Tensor) -> Tensor:
    """half the mean of the squares: E is half their sum, and nothing is divided by m or K"""
    return (errors(o, t) ** 2).mean() / 2


@mistake("loss")
def mean_over_samples(o: Tensor, t: Tensor) -> Tensor:
    """half the squares, averaged over the samples: E adds the samples up"""
    return (errors(o, t) ** 2).sum() / (2 * len(o))


@mistake("loss")
def absolute_errors(o: Tensor, t: Tensor) -> Tensor:
    """half the sum of |o − t|: the errors are to be squared"""
    return errors(o, t).abs().sum() / 2


@mistake("loss")
def squared_after_the_sum(o: Tensor, t: Tensor) -> Tensor:
    """half the square of the summed errors: square each first, or errors of two signs cancel"""
    return errors(o, t).sum() ** 2 / 2


@mistake("loss")
def rooted(o: Tensor, t: Tensor) -> Tensor:
    """half the norm of the errors: a root too much, the sum of squares is the norm squared"""
    return errors(o, t).norm() / 2


@mistake("loss")
def half_inside(o: Tensor, t: Tensor) -> Tensor:
    """Σ ((o − t)/2)², a quarter of the sum: the ½ stands outside the square"""
    return ((errors(o, t) / 2) ** 2).sum()


@mistake("loss")
def target_spread(o: Tensor, t: Tensor) -> Tensor:
    """a loss that takes whatever target broadcasts: one number then stands for many outputs"""
    return ((o - t) ** 2).sum() / 2


@mistake("unit_gradient")
def slope_of_sigmoid_forgotten(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t) · x: the slope of the sigmoid, o(1 − o), is missing"""
    return (torch.sigmoid(x @ w) - t) * x


@mistake("unit_gradient")
def error_forgotten(x: Tensor, w: Tensor, t: float) -> Tensor:
    """o(1 − o) · x, how o answers to w: the slope of E for o, o − t, is missing"""
    return slope(torch.sigmoid(x @ w)) * x


@mistake("unit_gradient")
def target_minus_output(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(t − o) o (1 − o) x, the gradient with its sign turned: the error is o − t"""
    o = torch.sigmoid(x @ w)
    return (t - o) * slope(o) * x


@mistake("unit_gradient")
def of_the_whole_square(x: Tensor, w: Tensor, t: float) -> Tensor:
    """2 (o − t) o (1 − o) x, the gradient of (o − t)²: E has a ½, which takes the 2 away"""
    o = torch.sigmoid(x @ w)
    return 2 * (o - t) * slope(o) * x


@mistake("unit_gradient")
def half_kept(x: Tensor, w: Tensor, t: float) -> Tensor:
    """½ (o − t) o (1 − o) x: the square brings a 2 down, which takes the ½ away"""
    o = torch.sigmoid(x @ w)
    return 0.5 * (o - t) * slope(o) * x


@mistake("unit_gradient")
def error_still_squared(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t)² o (1 − o) x, the error still squared: the slope of ½ (o − t)² is o − t"""
    o = torch.sigmoid(x @ w)
    return (o - t) ** 2 * slope(o) * x


@mistake("unit_gradient")
def step_taken(x: Tensor, w: Tensor, t: float) -> Tensor:
    """w less the gradient, a step: the gradient alone is asked for"""
    o = torch.sigmoid(x @ w)
    return w - (o - t) * slope(o) * x


@mistake("unit_gradient")
def factor_o_missing(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t)(1 − o) x: the slope of the sigmoid is o(1 − o), with the factor o"""
    o = torch.sigmoid(x @ w)
    return (o - t) * (1 - o) * x


@mistake("unit_gradient")
def plus_in_the_slope(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t) o (1 + o) x: the slope of the sigmoid is o(1 − o)"""
    o = torch.sigmoid(x @ w)
    return (o - t) * o * (1 + o) * x


@mistake("unit_gradient")
def sum_for_output(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(z − t) z (1 − z) x, with z = x · w for o: o is the sigmoid of it"""
    return (x @ w - t) * slope(x @ w) * x


@mistake("unit_gradient")
def input_forgotten(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t) o (1 − o) for every weight: each is still to be multiplied by its own input"""
    o = torch.sigmoid(x @ w)
    return ((o - t) * slope(o)).expand_as(x).clone()


@mistake("unit_gradient")
def weights_for_inputs(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(o − t) o (1 − o) · w, the gradient for the inputs: the one for w ends in x"""
    o = torch.sigmoid(x @ w)
    return (o - t) * slope(o) * w


@mistake("unit_gradient")
def output_fed_again(x: Tensor, w: Tensor, t: float) -> Tensor:
    """the slope σ(o)(1 − σ(o)), a sigmoid of the output: o is the sigmoid already"""
    o = torch.sigmoid(x @ w)
    return (o - t) * slope(torch.sigmoid(o)) * x


@mistake("unit_gradient")
def slope_of_the_sum(x: Tensor, w: Tensor, t: float) -> Tensor:
    """z(1 − z) for the slope of the sigmoid: it is written with the output, o(1 − o)"""
    z = x @ w
    return (torch.sigmoid(z) - t) * slope(z) * x


@mistake("unit_gradient")
def products_not_added(x: Tensor, w: Tensor, t: float) -> Tensor:
    """an output for each product x_j · w_j: add them up first, a unit has one output"""
    o = torch.sigmoid(x * w)
    return (o - t) * slope(o) * x


@mistake("unit_gradient")
def linear_unit(x: Tensor, w: Tensor, t: float) -> Tensor:
    """(z − t) · x with z = x · w, a unit without its sigmoid"""
    return (x @ w - t) * x


@mistake("delta")
def error_alone(o: Tensor, t: Tensor) -> Tensor:
    """o − t alone: the slope of the sigmoid, o(1 − o), is missing"""
    return o - t


@mistake("delta")
def slope_alone(o: Tensor, t: Tensor) -> Tensor:
    """o(1 − o) alone: the error, o − t, is missing"""
    return slope(o)


@mistake("delta")
def delta_turned(o: Tensor, t: Tensor) -> Tensor:
    """(t − o) o (1 − o), with the sign turned: the error is o − t"""
    return (t - o) * slope(o)


@mistake("delta")
def delta_twice(o: Tensor, t: Tensor) -> Tensor:
    """2 (o − t) o (1 − o): E has a ½, which takes the 2 away"""
    return 2 * (o - t) * slope(o)


@mistake("delta")
def delta_of_mse(o: Tensor, t: Tensor) -> Tensor:
    """2/(mK) times δ, which is that of F.mse_loss: E is half a sum, no mean"""
    return 2 / o.numel() * (o - t) * slope(o)


@mistake("delta")
def delta_fed_again(o: Tensor, t: Tensor) -> Tensor:
    """the slope σ(o)(1 − σ(o)), a sigmoid of the output: o is the sigmoid already"""
    return (o - t) * slope(torch.sigmoid(o))


@mistake("delta")
def all_fed_again(o: Tensor, t: Tensor) -> Tensor:
    """δ of σ(o), a sigmoid of the output: o is the sigmoid already"""
    return (torch.sigmoid(o) - t) * slope(torch.sigmoid(o))


@mistake("delta")
def slope_at_the_target(o: Tensor, t: Tensor) -> Tensor:
    """(o − t) t (1 − t): the slope belongs to the output, o(1 − o)"""
    return (o - t) * slope(t)


@mistake("delta")
def brackets_lost(o: Tensor, t: Tensor) -> Tensor:
    """o − t · o (1 − o): o − t needs brackets, or t alone is multiplied"""
    return o - t * slope(o)


@mistake("delta")
def delta_over_all(o: Tensor, t: Tensor) -> Tensor:
    """δ divided by m·K: E is half a sum, no mean"""
    return (o - t) * slope(o) / o.numel()


@mistake("delta")
def slope_divided(o: Tensor, t: Tensor) -> Tensor:
    """(o − t) / (o (1 − o)): the slopes of a chain are multiplied"""
    return (o - t) / slope(o)


@mistake("delta")
def slope_of_tanh(o: Tensor, t: Tensor) -> Tensor:
    """(o − t)(1 − o²): that slope is the one of tanh, the sigmoid's is o(1 − o)"""
    return (o - t) * (1 - o**2)


@mistake("delta")
def delta_averaged(o: Tensor, t: Tensor) -> Tensor:
    """δ divided by the number of samples: E adds the samples up"""
    return (o - t) * slope(o) / len(o)


@mistake("gradient")
def batch_averaged(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the mean over the samples: E adds them up, so their gradients add up too"""
    return deltas(X, W, t).T @ X / len(X)


@mistake("gradient")
def as_mse_has_it(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of F.mse_loss, 2/(mK) times that of E"""
    return 2 / t.numel() * deltas(X, W, t).T @ X


@mistake("gradient")
def gradient_twice(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of the whole sum of squares: E is half of it"""
    return 2 * deltas(X, W, t).T @ X


@mistake("gradient")
def errors_of_all_units(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """rows that hold the errors of all units: only o_k − t_k depends on row k of W"""
    o = outputs(X, W)
    return (errors(o, t).sum(1, keepdim=True) * slope(o)).T @ X


@mistake("gradient")
def first_sample_only(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of the first sample alone: those of all samples add up"""
    return deltas(X, W, t)[:1].T @ X[:1]


@mistake("gradient")
def last_sample_only(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of the last sample alone, as of a loop that overwrites what it should add to"""
    return deltas(X, W, t)[-1:].T @ X[-1:]


@mistake("gradient")
def inputs_summed_first(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the deltas of all samples times the inputs of all: each sample's δ meets its own inputs"""
    return torch.outer(deltas(X, W, t).sum(0), X.sum(0))


@mistake("gradient")
def transposed_gradient(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Xᵀδ, the transposed gradient: row k belongs to unit k, as in W"""
    return X.T @ deltas(X, W, t)


@mistake("gradient")
def batch_slope_forgotten(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """(o − t)ᵀX: the slope of the sigmoid, o(1 − o), is missing"""
    return errors(outputs(X, W), t).T @ X


@mistake("gradient")
def batch_turned(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient with its sign turned: the error is o − t"""
    return -deltas(X, W, t).T @ X


@mistake("gradient")
def weights_moved(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """W less the gradient, a step: the gradient alone is asked for"""
    return W - deltas(X, W, t).T @ X


@mistake("gradient")
def sums_for_outputs(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """δ of the weighted sums: the error and the slope take the outputs, σ of the sums"""
    return (errors(X @ W.T, t) * slope(X @ W.T)).T @ X


@mistake("gradient")
def outputs_and_targets_exchanged(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """(t − o) t (1 − t), with o and t exchanged: delta takes the output first"""
    return (-errors(outputs(X, W), t) * slope(t)).T @ X


@mistake("gradient")
def gradient_of_a_spread_target(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """a gradient that takes whatever target broadcasts: one number then stands for many outputs"""
    o = outputs(X, W)
    return ((o - t) * slope(o)).T @ X


@mistake("gradient_of_mse")
def of_half_the_sum(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of E, half the sum: F.mse_loss is a mean, its gradient 2/(mK) times that"""
    return deltas(X, W, t).T @ X


@mistake("gradient_of_mse")
def of_the_sum(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of the sum of squares: F.mse_loss is their mean, divided by m·K"""
    return 2 * deltas(X, W, t).T @ X


@mistake("gradient_of_mse")
def divided_by_samples(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of a mean over the samples alone: F.mse_loss divides by m·K"""
    return 2 * deltas(X, W, t).T @ X / len(X)


@mistake("gradient_of_mse")
def divided_by_units(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of a mean over the units alone: F.mse_loss divides by m·K"""
    return 2 * deltas(X, W, t).T @ X / len(W)


@mistake("gradient_of_mse")
def of_half_the_mean(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of half the mean: F.mse_loss has no ½"""
    return deltas(X, W, t).T @ X / t.numel()


@mistake("gradient_of_mse")
def mse_transposed(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the transposed gradient: row k belongs to unit k, as in W"""
    return 2 / t.numel() * X.T @ deltas(X, W, t)


@mistake("gradient_of_mse")
def sigmoid_of_the_output(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient for a sigmoid of the output: o is the sigmoid already"""
    o = outputs(X, W)
    again = torch.sigmoid(o)
    return 2 / t.numel() * ((again - t) * slope(again) * slope(o)).T @ X


@mistake("gradient_of_mse")
def of_the_logarithms(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient of F.binary_cross_entropy, where the slope of the sigmoid cancels"""
    return (outputs(X, W) - t).T @ X / t.numel()


@mistake("gradient_of_mse")
def mse_of_the_sums(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """the gradient for weighted sums that went through no sigmoid"""
    return 2 / t.numel() * (X @ W.T - t).T @ X
