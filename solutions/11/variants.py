"""Kata 11, activation gradients: answers written another way, for the contract tests."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from dojo.feedback.mistakes import mistaken, muddled, right

Function = Callable[[Tensor], Tensor]
OWN: dict[str, Function] = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def backward_through(function: Function, x: Tensor) -> Tensor:
    """Return x.grad after backward() through a function."""
    leaf = x.detach().clone().requires_grad_()
    function(leaf).sum().backward()
    assert leaf.grad is not None
    return leaf.grad


def chained(activation: str, x: Tensor, layers: int) -> Tensor:
    """Apply an activation so many times."""
    for _ in range(layers):
        x = OWN[activation](x)
    return x


# ---- right


@right("sigmoid")
def by_softplus(x: Tensor) -> Tensor:
    """e to the power of −log(1 + e^−x)"""
    return torch.exp(-softplus(-x))


@right("sigmoid")
def by_logaddexp(x: Tensor) -> Tensor:
    """the same logarithm, as that of a sum"""
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))


@right("sigmoid")
def by_softmax(x: Tensor) -> Tensor:
    """softmax of x and 0"""
    return torch.softmax(torch.stack([x, torch.zeros_like(x)]), dim=0)[0]


@right("sigmoid")
def filled_in_by_sign(x: Tensor) -> Tensor:
    """two branches, each with inputs of its own sign"""
    left = x < 0
    negative, positive = torch.where(left, x, 0.0), torch.where(left, 0.0, x)
    below = torch.exp(negative) / (1 + torch.exp(negative))
    return torch.where(left, below, 1 / (1 + torch.exp(-positive)))


@right("slope_by_autograd")
def by_backward(x: Tensor) -> Tensor:
    """backward(), and .grad"""
    return backward_through(by_logaddexp, x)


@right("slope_by_autograd")
def by_func(x: Tensor) -> Tensor:
    """torch.func, one element at a time"""
    return torch.func.vmap(torch.func.grad(by_softplus))(x.flatten()).reshape(x.shape)


@right("slope_by_autograd")
def forward_mode(x: Tensor) -> Tensor:
    """forward mode, with ones for the direction"""
    return torch.func.jvp(torch.sigmoid, (x,), (torch.ones_like(x),))[1]


@right("tanh")
def by_one_exp(x: Tensor) -> Tensor:
    """an exp that is never above 1, and the sign"""
    small = torch.exp(-2 * x.abs())
    return torch.sign(x) * (1 - small) / (1 + small)


@right("tanh")
def difference_of_sigmoids(x: Tensor) -> Tensor:
    """σ(2x) − σ(−2x)"""
    return torch.sigmoid(2 * x) - torch.sigmoid(-2 * x)


@right("slope")
def other_formulas(activation: str, y: Tensor) -> Tensor:
    """multiplied out, factored, and by sign"""
    if activation == "sigmoid":
        return y - y.square()
    if activation == "tanh":
        return (1 - y) * (1 + y)
    if activation == "relu":
        return y.sign()
    raise ValueError(activation)


@right("slope")
def as_torch_does(activation: str, y: Tensor) -> Tensor:
    """what torch's own backward passes call"""
    one = torch.ones_like(y)
    match activation:
        case "sigmoid":
            return torch.ops.aten.sigmoid_backward(one, y)
        case "tanh":
            return torch.ops.aten.tanh_backward(one, y)
        case "relu":
            return torch.ops.aten.threshold_backward(one, y, 0)
        case _:
            raise ValueError("no such activation")


@right("log_sigmoid_slope")
def two_logsigmoids(x: Tensor) -> Tensor:
    """log σ(x) + log σ(−x)"""
    return logsigmoid(x) + logsigmoid(-x)


@right("log_sigmoid_slope")
def two_softplus(x: Tensor) -> Tensor:
    """−log(1 + e^x) − log(1 + e^−x)"""
    return -softplus(x) - softplus(-x)


@right("slope_through")
def through_jvp(activation: str, x: Tensor, layers: int) -> Tensor:
    """forward mode through all layers"""

    def nested(v: Tensor) -> Tensor:
        return chained(activation, v, layers)

    return torch.func.jvp(nested, (x,), (torch.ones_like(x),))[1]


@right("slope_through")
def a_small_graph_each(activation: str, x: Tensor, layers: int) -> Tensor:
    """a graph for each layer, gone before the next"""
    slopes = torch.ones_like(x)
    for _ in range(layers):
        slopes = slopes * backward_through(OWN[activation], x)
        x = OWN[activation](x)
    return slopes


@right("slope_through")
def logarithms_added(activation: str, x: Tensor, layers: int) -> Tensor:
    """the sum of the logarithms of the slopes"""
    total = torch.zeros_like(x)
    for _ in range(layers):
        x = OWN[activation](x)
        total += torch.log(other_formulas(activation, x))
    return total.exp()


@right("slope_through")
def by_recursion(activation: str, x: Tensor, layers: int) -> Tensor:
    """one layer, times what the rest gives"""
    if layers == 0:
        return torch.ones_like(x)
    y = OWN[activation](x)
    return other_formulas(activation, y) * by_recursion(activation, y, layers - 1)


# ---- mistaken


@mistaken("sigmoid", known_as="exp_over_one_plus_exp")
def first_of_a_softmax(x: Tensor) -> Tensor:
    """softmax of x and 0, by its formula"""
    both = torch.exp(torch.stack([x, torch.zeros_like(x)]))
    return both[0] / both.sum(dim=0)


@mistaken("sigmoid", known_as="minus_forgotten")
def of_minus_x(x: Tensor) -> Tensor:
    """mirrored"""
    return 1 - torch.sigmoid(x)


@mistaken("sigmoid", known_as="minus_forgotten")
def branches_swapped(x: Tensor) -> Tensor:
    """each branch where the other belongs"""
    small = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, 1 / (1 + small), small / (1 + small))


@mistaken("sigmoid", known_as="one_above_the_line")
def exponent_chosen_alone(x: Tensor) -> Tensor:
    """the exponent is chosen, and what stands above the line is not"""
    return 1 / (1 + torch.exp(torch.where(x < 0, x, -x)))


@mistaken("sigmoid", known_as="half_the_argument")
def tanh_stretched_wrongly(x: Tensor) -> Tensor:
    """tanh, stretched, of a quarter"""
    return (1 + torch.tanh(x / 4)) / 2


@mistaken("slope_by_autograd", known_as="through_exp_of_minus_x")
def through_a_power(x: Tensor) -> Tensor:
    """(1 + e^−x)^−1, and backward()"""
    return backward_through(lambda v: (1 + (-v).exp()).pow(-1), x)


@mistaken("slope_by_autograd", known_as="times_the_output")
def backward_of_itself(x: Tensor) -> Tensor:
    """y.backward(y)"""
    leaf = x.detach().clone().requires_grad_()
    y = torch.sigmoid(leaf)
    y.backward(y.detach())
    assert leaf.grad is not None
    return leaf.grad


@mistaken("slope_by_autograd", known_as="through_both_branches")
def through_two_masks(x: Tensor) -> Tensor:
    """both branches of both signs"""

    def sigmoid(v: Tensor) -> Tensor:
        grown = torch.exp(v)
        return torch.where(v < 0, grown / (grown + 1), 1 / (1 + torch.exp(-v)))

    return backward_through(sigmoid, x)


@mistaken("slope_by_autograd", known_as="through_abs")
def through_a_distance(x: Tensor) -> Tensor:
    """e^−|x| in both parts"""

    def sigmoid(v: Tensor) -> Tensor:
        small = torch.exp(-torch.abs(v))
        above = 1 / (1 + small)
        return torch.where(v < 0, 1 - above, above)

    return backward_through(sigmoid, x)


@mistaken("slope_by_autograd", known_as="mean_for_sum")
def of_the_mean(x: Tensor) -> Tensor:
    """backward() from the mean"""
    leaf = x.detach().clone().requires_grad_()
    torch.sigmoid(leaf).mean().backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("tanh", known_as="quotient_of_exps")
def sinh_over_cosh(x: Tensor) -> Tensor:
    """the same quotient by name"""
    return torch.sinh(x) / torch.cosh(x)


@mistaken("tanh", known_as="inner_two_forgotten")
def half_of_it(x: Tensor) -> Tensor:
    """tanh of x/2"""
    return torch.tanh(x / 2)


@mistaken("slope", known_as="sigmoid_of_an_output")
def slope_by_torch_again(activation: str, y: Tensor) -> Tensor:
    """autograd at y for sigmoid"""
    if activation == "sigmoid":
        return backward_through(torch.sigmoid, y)
    return other_formulas(activation, y)


@mistaken("slope", known_as="read_off_x")
def activation_taken_again(activation: str, y: Tensor) -> Tensor:
    """the activation of y first, whichever it is"""
    again: dict[str, Function] = {"sigmoid": torch.sigmoid, "tanh": torch.tanh}
    return other_formulas(activation, again[activation](y) if activation in again else y)


@mistaken("slope", known_as="tanh_like_sigmoid")
def one_formula_for_both(activation: str, y: Tensor) -> Tensor:
    """y − y² for the two that are curved"""
    if activation in ("sigmoid", "tanh"):
        return y - y * y
    return other_formulas(activation, y)


@mistaken("slope", known_as="relu_1_at_0")
def not_below_0(activation: str, y: Tensor) -> Tensor:
    """1 where the output is not below 0"""
    if activation == "relu":
        return torch.where(y < 0, 0.0, torch.ones_like(y))
    return other_formulas(activation, y)


@mistaken("log_sigmoid_slope", known_as="log_of_the_slope")
def log_of_two_parts(x: Tensor) -> Tensor:
    """log s + log(1 − s)"""
    s = torch.sigmoid(x)
    return torch.log(s - s * s)


@mistaken("log_sigmoid_slope", known_as="log_of_the_product")
def log_of_each_factor(x: Tensor) -> Tensor:
    """two logarithms, of factors that are 0 far away"""
    return torch.log(torch.sigmoid(x)) + torch.log(torch.sigmoid(-x))


@mistaken("log_sigmoid_slope", known_as="log_added")
def plus_for_minus(x: Tensor) -> Tensor:
    """+ for −"""
    return 2 * softplus(-x.abs()) - x.abs()


@mistaken("log_sigmoid_slope", known_as="one_added_twice")
def two_ones(x: Tensor) -> Tensor:
    """log of 2 and more"""
    return -x.abs() - 2 * torch.log(2 + torch.exp(-x.abs()))


@mistaken("log_sigmoid_slope", known_as="exponent_without_minus")
def growing_exp(x: Tensor) -> Tensor:
    """exp of |x|"""
    return -x.abs() - 2 * torch.log(1 + torch.exp(x.abs()))


@mistaken("log_sigmoid_slope", known_as="base_ten")
def log10_of_it(x: Tensor) -> Tensor:
    """by way of log10(e)"""
    return two_softplus(x) * torch.log10(torch.exp(torch.ones_like(x)))


@mistaken("slope_through", known_as="power_of_the_first")
def first_slope_each_time(activation: str, x: Tensor, layers: int) -> Tensor:
    """x itself in every layer"""
    slopes = torch.ones_like(x)
    for _ in range(layers):
        slopes = slopes * other_formulas(activation, OWN[activation](x))
    return slopes


@mistaken("slope_through", known_as="begun_with_zero")
def zeros_like_first(activation: str, x: Tensor, layers: int) -> Tensor:
    """zeros, multiplied"""
    slopes = x * 0
    for _ in range(layers):
        x = OWN[activation](x)
        slopes = slopes * other_formulas(activation, x)
    return slopes


@mistaken("slope_through", known_as="slope_fed_on")
def one_name_for_both(activation: str, x: Tensor, layers: int) -> Tensor:
    """x for the output and for the slope"""
    for _ in range(layers):
        x = other_formulas(activation, OWN[activation](x))
    return x.clone()


@mistaken("slope_through", known_as="read_off_inputs")
def slope_before_the_layer(activation: str, x: Tensor, layers: int) -> Tensor:
    """the slope first, and then the layer"""
    slopes = torch.ones_like(x)
    for _ in range(layers):
        value = {"sigmoid": x * (1 - x), "tanh": 1 - x * x, "relu": (x > 0).to(x.dtype)}
        slopes = slopes * value[activation]
        x = OWN[activation](x)
    return slopes


@mistaken("slope_through", known_as="slopes_added")
def sum_of_slopes(activation: str, x: Tensor, layers: int) -> Tensor:
    """+= for *="""
    total = torch.zeros_like(x)
    for _ in range(layers):
        total = total + backward_through(OWN[activation], x)
        x = OWN[activation](x)
    return total


# ---- muddled


@muddled("sigmoid")
def digits_lost(x: Tensor) -> Tensor:
    """right to a rounding of 1, and 0 for the small values: no formula is wrong in it"""
    return (1 + torch.tanh(x / 2)) / 2


@muddled("sigmoid")
def cut_off_far_away(x: Tensor) -> Tensor:
    """right to a rounding of 1, and the same small value everywhere left of −80"""
    return 1 / (1 + torch.exp(-x.clamp(-80, 80)))


@muddled("slope_by_autograd")
def negated_twice_over(x: Tensor) -> Tensor:
    """two mistakes at once"""
    return -2 * backward_through(torch.sigmoid, x)


@muddled("tanh")
def shifted_and_turned(x: Tensor) -> Tensor:
    """two mistakes at once"""
    return 1 - 2 * torch.sigmoid(x)


@muddled("slope")
def doubled_and_turned(activation: str, y: Tensor) -> Tensor:
    """two mistakes at once"""
    return -2 * other_formulas(activation, y)


@muddled("log_sigmoid_slope")
def one_term_negated(x: Tensor) -> Tensor:
    """two mistakes at once"""
    return softplus(x)


@muddled("slope_through")
def added_and_one_too_many(activation: str, x: Tensor, layers: int) -> Tensor:
    """two mistakes at once"""
    return sum_of_slopes(activation, x, layers + 1)


@muddled("slope_through")
def one_backward_through_all(activation: str, x: Tensor, layers: int) -> Tensor:
    """right by value, and every layer is kept until the end"""
    return backward_through(lambda v: chained(activation, v, layers) * 1, x)
