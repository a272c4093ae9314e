"""Kata 11, activation gradients: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake

Function = Callable[[Tensor], Tensor]


# ---- sigmoid


@mistake("sigmoid")
def exp_over_one_plus_exp(x: Tensor) -> Tensor:
    """e^x / (1 + e^x): from 710 on, or 89 in float32, e^x is inf, and inf/inf is nan"""
    return torch.exp(x) / (1 + torch.exp(x))


@mistake("sigmoid")
def minus_forgotten(x: Tensor) -> Tensor:
    """σ(−x), a mirror image: in 1 / (1 + e^−x) the exponent is −x, or two branches are exchanged"""
    return 1 / (1 + torch.exp(x))


@mistake("sigmoid")
def minus_for_plus(x: Tensor) -> Tensor:
    """1 / (1 − e^−x): both parts below the line are added"""
    return 1 / (1 - torch.exp(-x))


@mistake("sigmoid")
def tanh_for_sigmoid(x: Tensor) -> Tensor:
    """tanh: sigmoid goes from 0 to 1, and is 0.5 at 0"""
    return torch.tanh(x)


@mistake("sigmoid")
def half_the_argument(x: Tensor) -> Tensor:
    """sigmoid at x/2: it belongs to tanh, where x is halved and the result stretched"""
    return torch.sigmoid(x / 2)


@mistake("sigmoid")
def straight_line(x: Tensor) -> Tensor:
    """a straight line from 0 to 1, the hard sigmoid: the real one bends everywhere"""
    return (x / 4 + 0.5).clamp(0, 1)


@mistake("sigmoid")
def fraction_forgotten(x: Tensor) -> Tensor:
    """1 + e^−x: sigmoid is 1 divided by it"""
    return 1 + torch.exp(-x)


@mistake("sigmoid")
def softsign(x: Tensor) -> Tensor:
    """softsign, moved to 0 … 1: it has the same shape, and no exp in it"""
    return (1 + x / (1 + x.abs())) / 2


@mistake("sigmoid")
def exponent_cut_off(x: Tensor) -> Tensor:
    """an x that is cut off at ±10: nothing overflows, but every small value becomes 4.5e-5"""
    return 1 / (1 + torch.exp(-x.clamp(-10, 10)))


@mistake("sigmoid")
def power_of_two(x: Tensor) -> Tensor:
    """1 / (1 + 2^−x): the base is e"""
    return torch.sigmoid(x * math.log(2))


@mistake("sigmoid")
def one_above_the_line(x: Tensor) -> Tensor:
    """1 / (1 + e^−|x|): for x below 0, e^x stands above the line"""
    return 1 / (1 + torch.exp(-x.abs()))


# ---- slope_by_autograd


def slope_of(function: Function) -> Function:
    """Return what autograd finds through a function."""

    def slopes(x: Tensor) -> Tensor:
        leaf = x.detach().clone().requires_grad_()
        return torch.autograd.grad(function(leaf).sum(), leaf)[0]

    return slopes


true_slope = slope_of(torch.sigmoid)


@mistake("slope_by_autograd")
def through_exp_of_minus_x(x: Tensor) -> Tensor:
    """a sigmoid 1 / (1 + e^−x): at −1000 its value is right, but its slope is inf · 0, nan"""
    return slope_of(lambda v: 1 / (1 + torch.exp(-v)))(x)


@mistake("slope_by_autograd")
def through_exp_of_x(x: Tensor) -> Tensor:
    """a sigmoid e^x / (1 + e^x): at 1000 its value and its slope are nan"""
    return slope_of(lambda v: torch.exp(v) / (1 + torch.exp(v)))(x)


@mistake("slope_by_autograd")
def through_both_branches(x: Tensor) -> Tensor:
    """torch.where of two sigmoids: autograd differentiates both, and 0 · nan is nan: choose the
    exponent, not the result"""

    def sigmoid(v: Tensor) -> Tensor:
        right = torch.exp(v) / (1 + torch.exp(v))
        return torch.where(v >= 0, 1 / (1 + torch.exp(-v)), right)

    return slope_of(sigmoid)(x)


@mistake("slope_by_autograd")
def through_abs(x: Tensor) -> Tensor:
    """a sigmoid with |x| in it: autograd takes 0 for the slope of |x| at 0"""

    def sigmoid(v: Tensor) -> Tensor:
        small = torch.exp(-v.abs())
        return torch.where(v >= 0, torch.ones_like(v), small) / (1 + small)

    return slope_of(sigmoid)(x)


@mistake("slope_by_autograd")
def through_clamp(x: Tensor) -> Tensor:
    """a sigmoid whose slope at 0 is doubled: there a clamp counts with the slope 1, and |x| with 0,
    so a factor of ½ is left out"""

    def sigmoid(v: Tensor) -> Tensor:
        return torch.exp(v.clamp(max=0)) / (torch.exp(v.clamp(max=0)) + torch.exp(-v.clamp(min=0)))

    return slope_of(sigmoid)(x)


@mistake("slope_by_autograd")
def times_the_output(x: Tensor) -> Tensor:
    """each slope times its output: y.backward(v) multiplies by v; ones belong there, or a sum"""
    return true_slope(x) * torch.sigmoid(x)


@mistake("slope_by_autograd")
def slope_of_tanh(x: Tensor) -> Tensor:
    """the slope of tanh, which is 1 at 0"""
    return slope_of(torch.tanh)(x)


@mistake("slope_by_autograd")
def slope_negated(x: Tensor) -> Tensor:
    """the slope with the wrong sign: sigmoid grows"""
    return -true_slope(x)


@mistake("slope_by_autograd")
def value_for_slope(x: Tensor) -> Tensor:
    """the sigmoid itself: its slope is asked for"""
    return torch.sigmoid(x)


@mistake("slope_by_autograd")
def total_for_each(x: Tensor) -> Tensor:
    """the sum of all slopes, at each place: every element has its own"""
    return true_slope(x).sum().expand_as(x).clone()


@mistake("slope_by_autograd")
def mean_for_sum(x: Tensor) -> Tensor:
    """slopes divided by their number: begin from the sum, where the mean divides"""
    return true_slope(x) / x.numel()


@mistake("slope_by_autograd")
def two_passes(x: Tensor) -> Tensor:
    """twice the slope: two backward passes add up in .grad"""
    return 2 * true_slope(x)


# ---- tanh


@mistake("tanh")
def inner_two_forgotten(x: Tensor) -> Tensor:
    """2σ(x) − 1: it is stretched along x too, 2σ(2x) − 1"""
    return 2 * torch.sigmoid(x) - 1


@mistake("tanh")
def outer_two_forgotten(x: Tensor) -> Tensor:
    """σ(2x) − 1, from −1 to 0: it is stretched by 2, to −1 … 1"""
    return torch.sigmoid(2 * x) - 1


@mistake("tanh")
def one_not_subtracted(x: Tensor) -> Tensor:
    """2σ(2x), from 0 to 2: 1 is to be subtracted"""
    return 2 * torch.sigmoid(2 * x)


@mistake("tanh")
def stretched_along_x_alone(x: Tensor) -> Tensor:
    """σ(2x), from 0 to 1: it is stretched to −1 … 1 too"""
    return torch.sigmoid(2 * x)


@mistake("tanh")
def quotient_of_exps(x: Tensor) -> Tensor:
    """(e^x − e^−x) / (e^x + e^−x) as it stands: far away it is inf/inf, nan"""
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@mistake("tanh")
def quotient_with_exp_of_2x(x: Tensor) -> Tensor:
    """(e^2x − 1) / (e^2x + 1): far on the right it is inf/inf, nan"""
    return (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)


@mistake("tanh")
def quotient_with_exp_of_minus_2x(x: Tensor) -> Tensor:
    """(1 − e^−2x) / (1 + e^−2x): far on the left it is inf/inf, nan"""
    return (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x))


@mistake("tanh")
def tanh_negated(x: Tensor) -> Tensor:
    """tanh with the wrong sign: it grows"""
    return -torch.tanh(x)


@mistake("tanh")
def upside_down(x: Tensor) -> Tensor:
    """the quotient upside down, coth"""
    return 1 / torch.tanh(x)


# ---- slope


def slopes_with(activation: str, wrong: Function) -> Callable[[str, Tensor], Tensor]:
    """Return the slopes of the three, with one of them wrong."""
    known: dict[str, Function] = {
        "sigmoid": lambda s: s * (1 - s),
        "tanh": lambda t: 1 - t**2,
        "relu": lambda y: (y > 0).to(y.dtype),
        activation: wrong,
    }

    def slopes(name: str, y: Tensor) -> Tensor:
        if name not in known:
            raise ValueError("unknown")
        return known[name](y)

    return slopes


@mistake("slope")
def sigmoid_plus(activation: str, y: Tensor) -> Tensor:
    """s(1 + s) for sigmoid: it is s(1 − s)"""
    return slopes_with("sigmoid", lambda s: s * (1 + s))(activation, y)


@mistake("slope")
def sigmoid_squared(activation: str, y: Tensor) -> Tensor:
    """s² for sigmoid: it is s(1 − s)"""
    return slopes_with("sigmoid", lambda s: s**2)(activation, y)


@mistake("slope")
def sigmoid_of_an_output(activation: str, y: Tensor) -> Tensor:
    """sigmoid of y: y is sigmoid's output already"""

    def wrong(s: Tensor) -> Tensor:
        again = torch.sigmoid(s)
        return again * (1 - again)

    return slopes_with("sigmoid", wrong)(activation, y)


@mistake("slope")
def read_off_x(activation: str, y: Tensor) -> Tensor:
    """sigmoid and tanh of y: y is their output already"""
    s, t = torch.sigmoid(y), torch.tanh(y)
    inner = slopes_with("sigmoid", lambda _: s * (1 - s))
    return 1 - t**2 if activation == "tanh" else inner(activation, y)


@mistake("slope")
def sigmoid_rest_squared(activation: str, y: Tensor) -> Tensor:
    """(1 − s)² for sigmoid: it is s(1 − s)"""
    return slopes_with("sigmoid", lambda s: (1 - s) ** 2)(activation, y)


@mistake("slope")
def sigmoid_rest(activation: str, y: Tensor) -> Tensor:
    """1 − s for sigmoid: the factor s is missing"""
    return slopes_with("sigmoid", lambda s: 1 - s)(activation, y)


@mistake("slope")
def tanh_not_squared(activation: str, y: Tensor) -> Tensor:
    """1 − t for tanh: t is squared"""
    return slopes_with("tanh", lambda t: 1 - t)(activation, y)


@mistake("slope")
def tanh_plus(activation: str, y: Tensor) -> Tensor:
    """1 + t² for tanh: it is 1 − t², never above 1"""
    return slopes_with("tanh", lambda t: 1 + t**2)(activation, y)


@mistake("slope")
def tanh_of_an_output(activation: str, y: Tensor) -> Tensor:
    """tanh of y: y is tanh's output already"""
    return slopes_with("tanh", lambda t: 1 - torch.tanh(t) ** 2)(activation, y)


@mistake("slope")
def tanh_like_sigmoid(activation: str, y: Tensor) -> Tensor:
    """t(1 − t) for tanh, which is sigmoid's: for tanh it is 1 − t²"""
    return slopes_with("tanh", lambda t: t * (1 - t))(activation, y)


@mistake("slope")
def relu_1_at_0(activation: str, y: Tensor) -> Tensor:
    """1 where relu's output is 0: every x below 0 has that output, with the slope 0"""
    return slopes_with("relu", lambda y: (y >= 0).to(y.dtype))(activation, y)


@mistake("slope")
def relu_half_at_0(activation: str, y: Tensor) -> Tensor:
    """0.5 where relu's output is 0: every x below 0 has that output, with the slope 0"""
    return slopes_with("relu", lambda y: torch.heaviside(y, y.new_tensor(0.5)))(activation, y)


@mistake("slope")
def relu_itself(activation: str, y: Tensor) -> Tensor:
    """relu's output: its slope is 1 above 0, however large the output is"""
    return slopes_with("relu", lambda y: y.clone())(activation, y)


@mistake("slope")
def softmax_like_sigmoid(activation: str, y: Tensor) -> Tensor:
    """p(1 − p) for softmax: that is the diagonal of its Jacobian alone"""
    return slopes_with("softmax", lambda p: p * (1 - p))(activation, y)


# ---- log_sigmoid_slope


def log_slope(x: Tensor) -> Tensor:
    """Return log σ′."""
    return torch.nn.functional.logsigmoid(x) + torch.nn.functional.logsigmoid(-x)


@mistake("log_sigmoid_slope")
def log_of_the_slope(x: Tensor) -> Tensor:
    """log(s(1 − s)): where s is rounded to 1, the slope is 0, and its logarithm −inf"""
    s = torch.sigmoid(x)
    return torch.log(s * (1 - s))


@mistake("log_sigmoid_slope")
def log_of_the_product(x: Tensor) -> Tensor:
    """log(σ(x)σ(−x)): at ±1000 one factor is too small for a float, 0, and its logarithm −inf"""
    return torch.log(torch.sigmoid(x) * torch.sigmoid(-x))


@mistake("log_sigmoid_slope")
def one_factor(x: Tensor) -> Tensor:
    """log σ(x): the slope is σ(x)σ(−x), and its logarithm has two terms"""
    return torch.nn.functional.logsigmoid(x)


@mistake("log_sigmoid_slope")
def far_away_alone(x: Tensor) -> Tensor:
    """−|x|: that is right far away, and at 0 the slope is ¼"""
    return -x.abs()


@mistake("log_sigmoid_slope")
def square_forgotten(x: Tensor) -> Tensor:
    """−|x| − log(1 + e^−|x|): below the line stands a square, so its logarithm counts twice"""
    return -x.abs() - torch.log1p(torch.exp(-x.abs()))


@mistake("log_sigmoid_slope")
def log_added(x: Tensor) -> Tensor:
    """−|x| + 2·log(1 + e^−|x|): the square stands below the line, so its logarithm is subtracted"""
    return -x.abs() + 2 * torch.log1p(torch.exp(-x.abs()))


@mistake("log_sigmoid_slope")
def one_added_twice(x: Tensor) -> Tensor:
    """log1p(1 + e^−|x|), which is log(2 + e^−|x|): log1p adds the 1 itself"""
    return -x.abs() - 2 * torch.log1p(1 + torch.exp(-x.abs()))


@mistake("log_sigmoid_slope")
def exponent_without_minus(x: Tensor) -> Tensor:
    """−|x| − 2·log(1 + e^|x|): the exponent is −|x|, and e^1000 is inf"""
    return -x.abs() - 2 * torch.log1p(torch.exp(x.abs()))


@mistake("log_sigmoid_slope")
def one_side_alone(x: Tensor) -> Tensor:
    """−x − 2·log(1 + e^−x): far on the left e^−x is inf; with |x| both sides are alike"""
    return -x - 2 * torch.log1p(torch.exp(-x))


@mistake("log_sigmoid_slope")
def logarithm_forgotten(x: Tensor) -> Tensor:
    """the slope itself: its logarithm is asked for"""
    return torch.sigmoid(x) * torch.sigmoid(-x)


@mistake("log_sigmoid_slope")
def base_ten(x: Tensor) -> Tensor:
    """the logarithm to base 10: torch.log is the natural one"""
    return log_slope(x) / math.log(10)


@mistake("log_sigmoid_slope")
def log_negated(x: Tensor) -> Tensor:
    """the logarithm with the wrong sign: the slope is below 1, so its logarithm is below 0"""
    return -log_slope(x)


# ---- slope_through


OWN: dict[str, Function] = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
right_slope = slopes_with("relu", lambda y: (y > 0).to(y.dtype))


def outputs(activation: str, x: Tensor, layers: int) -> list[Tensor]:
    """Return x and the output of each layer."""
    found = [x]
    for _ in range(layers):
        found.append(OWN[activation](found[-1]))
    return found


def product(activation: str, at: list[Tensor], like: Tensor) -> Tensor:
    """Return the product of the slopes that belong to these outputs."""
    found = torch.ones_like(like)
    for y in at:
        found = found * right_slope(activation, y)
    return found


@mistake("slope_through")
def power_of_the_first(activation: str, x: Tensor, layers: int) -> Tensor:
    """the first layer's slope to the power of the layers: each layer has an input of its own"""
    return right_slope(activation, OWN[activation](x)) ** layers


@mistake("slope_through")
def last_layer_alone(activation: str, x: Tensor, layers: int) -> Tensor:
    """the last layer's slope alone: the chain rule multiplies the slopes of all layers"""
    return product(activation, outputs(activation, x, layers)[1:][-1:], x)


@mistake("slope_through")
def slopes_added(activation: str, x: Tensor, layers: int) -> Tensor:
    """the sum of the slopes: the chain rule multiplies them"""
    total = torch.zeros_like(x)
    for y in outputs(activation, x, layers)[1:]:
        total = total + right_slope(activation, y)
    return total


@mistake("slope_through")
def read_off_inputs(activation: str, x: Tensor, layers: int) -> Tensor:
    """slopes read off each layer's input: slope takes the output"""
    return product(activation, outputs(activation, x, layers)[:-1], x)


@mistake("slope_through")
def one_layer_too_many(activation: str, x: Tensor, layers: int) -> Tensor:
    """one layer too many"""
    return product(activation, outputs(activation, x, layers + 1)[1:], x)


@mistake("slope_through")
def one_layer_too_few(activation: str, x: Tensor, layers: int) -> Tensor:
    """one layer too few"""
    return product(activation, outputs(activation, x, layers)[1:-1], x)


@mistake("slope_through")
def steepest_everywhere(activation: str, x: Tensor, layers: int) -> Tensor:
    """the largest slope in each layer, as at 0: it is a bound, and the true slope is below it"""
    largest = 0.25 if activation == "sigmoid" else 1.0
    return torch.full_like(x, largest**layers)


@mistake("slope_through")
def always_sigmoid(activation: str, x: Tensor, layers: int) -> Tensor:
    """sigmoids, whatever activation is asked for"""
    return product("sigmoid", outputs("sigmoid", x, layers)[1:], x)


@mistake("slope_through")
def always_the_first_slope(activation: str, x: Tensor, layers: int) -> Tensor:
    """one layer's slope, however many there are: feed the output on, and multiply its slope in"""
    return product(activation, outputs(activation, x, layers)[1:2], x)


@mistake("slope_through")
def last_output(activation: str, x: Tensor, layers: int) -> Tensor:
    """the last output: its slope is asked for"""
    return outputs(activation, x, layers)[-1].clone()


@mistake("slope_through")
def begun_with_x(activation: str, x: Tensor, layers: int) -> Tensor:
    """a product that begins with x: before the first layer it is 1"""
    return x * product(activation, outputs(activation, x, layers)[1:], x)


@mistake("slope_through")
def begun_with_zero(activation: str, x: Tensor, layers: int) -> Tensor:
    """a product that begins with 0, and stays 0: before the first layer it is 1"""
    return torch.zeros_like(x)


@mistake("slope_through")
def slope_fed_on(activation: str, x: Tensor, layers: int) -> Tensor:
    """slopes that are fed on as inputs: the next layer takes the output, the product the slope"""
    for _ in range(layers):
        x = right_slope(activation, OWN[activation](x))
    return x
