"""Kata 14, chain rule: what learners get wrong; docstrings end "… the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake

Layers = list[Tensor]


def values(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    """Return y₁ and y₂."""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2


def layers(
    X: Tensor, weights: Layers, biases: Layers, layer: Callable[[Tensor, Tensor, Tensor], Tensor]
) -> Layers:
    """Return what each layer gives, where layer(o, W, b) is one of them."""
    outputs = [X]
    for W, b in zip(weights, biases, strict=True):
        outputs.append(layer(outputs[-1], W, b))
    return outputs[1:]


def outputs_of(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """Return the right outputs."""
    return layers(X, weights, biases, lambda o, W, b: torch.sigmoid(o @ W.T + b))


def last_delta(o: Tensor, t: Tensor) -> Tensor:
    """Return the right δ of the last layer."""
    return (o - t) * o * (1 - o)


def one_back(d: Tensor, W: Tensor, o: Tensor) -> Tensor:
    """Return the right δ of a hidden layer, from the δ and the weights of the layer after it."""
    return d @ W * o * (1 - o)


def back(
    weights: Layers,
    outputs: Layers,
    t: Tensor,
    last: Callable[[Tensor, Tensor], Tensor] = last_delta,
    through: Callable[[Tensor, Tensor, Tensor], Tensor] = one_back,
) -> Layers:
    """Return δ of every layer; last(o, t) is the last one, through(d, W, o) any other."""
    found = [last(outputs[-1], t)]
    for W, o in zip(weights[:0:-1], outputs[-2::-1], strict=True):
        found.insert(0, through(found[0], W, o))
    return found


def slopes(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """Return the right gradients."""
    inputs = [X, *outputs[:-1]]
    of_weights = [d.T @ into for d, into in zip(delta, inputs, strict=True)]
    return of_weights, [d.sum(0) for d in delta]


def all_slopes(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """Return the right gradients of a net."""
    outputs = outputs_of(X, weights, biases)
    return slopes(X, outputs, back(weights, outputs, t))


def scaled(factor: float, found: tuple[Layers, Layers]) -> tuple[Layers, Layers]:
    """Return gradients that are so many times as large."""
    return [factor * g for g in found[0]], [factor * g for g in found[1]]


@mistake("chain")
def inner_link_forgotten(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₂/dw₁ = w₂: the inner link, dy₁/dw₁ = x, is missing"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, w2, x, w2


@mistake("chain")
def links_added(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₂/dw₁ = w₂ + x: the links of a chain are multiplied"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, w2, x, w2 + x


@mistake("chain")
def outer_link_is_w1(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₂/dy₁ = w₁, the weight of the layer before: y₂ is w₂y₁ + b₂"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, w1, x, w1 * x


@mistake("chain")
def inner_link_is_w1(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₁/dw₁ = w₁, which is dy₁/dx: asked is the slope for the weight"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, w2, w1, w2 * w1


@mistake("chain")
def outer_link_is_y1(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₂/dy₁ = y₁, which is dy₂/dw₂: asked is the slope for y₁"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, y1, x, y1 * x


@mistake("chain")
def links_swapped(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """the two links in each other's place: dy₂/dy₁ comes before dy₁/dw₁"""
    y1 = w1 * x + b1
    return y1, w2 * y1 + b2, x, w2, w2 * x


@mistake("chain")
def bias_left_out(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """layers without their biases"""
    return w1 * x, w2 * w1 * x, w2, x, w2 * x


@mistake("chain")
def second_layer_fed_x(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """a second layer that is fed x: its input is y₁"""
    return w1 * x + b1, w2 * x + b2, w2, x, w2 * x


@mistake("chain")
def values_for_slopes(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """y₂/y₁ and y₁/w₁, quotients of values: a slope is a quotient of changes"""
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    return y1, y2, y2 / y1, y1 / w1, y2 / w1


@mistake("chain_by_autograd")
def never_cleared(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, ...]:
    """.grad of two backward passes, never cleared: w₁'s holds dy₁/dw₁ and dy₂/dw₁, added up"""
    return *values(x, w1, b1, w2, b2), w2, x, w2 * x + x


@mistake("chain_by_autograd")
def neither_cleared(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """.grad of two backward passes, never cleared: y₁'s and w₁'s each hold two slopes, added up"""
    return *values(x, w1, b1, w2, b2), w2 + 1, x, w2 * x + x


@mistake("chain_by_autograd")
def one_grad_for_both(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """one w₁.grad for dy₁/dw₁ and dy₂/dw₁: never cleared, it holds both slopes, added up"""
    return *values(x, w1, b1, w2, b2), w2, w2 * x + x, w2 * x + x


@mistake("chain_by_autograd")
def each_grad_of_both(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """y₁.grad and w₁.grad of two backward passes, never cleared: each holds two slopes, added up"""
    return *values(x, w1, b1, w2, b2), w2 + 1, w2 * x + x, w2 * x + x


@mistake("chain_by_autograd")
def inner_after_whole(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """.grad of two backward passes, never cleared: for dy₁/dw₁ it still holds dy₂/dw₁ as well"""
    return *values(x, w1, b1, w2, b2), w2, w2 * x + x, w2 * x


@mistake("chain_by_autograd")
def inner_for_whole(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """dy₁/dw₁ where dy₂/dw₁ is asked: of a y₁ that is detached, or a .grad that is filled anew"""
    return *values(x, w1, b1, w2, b2), w2, x, x


@mistake("chain_by_autograd")
def whole_for_outer(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """dy₂/dw₁ where dy₂/dy₁ is asked: the gradient of y₂ for y₁, not for w₁"""
    return *values(x, w1, b1, w2, b2), w2 * x, x, w2 * x


@mistake("chain_by_autograd")
def whole_for_inner(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """dy₂/dw₁ where dy₁/dw₁ is asked: start from y₁, not from y₂"""
    return *values(x, w1, b1, w2, b2), w2, w2 * x, w2 * x


@mistake("chain_by_autograd")
def outer_by_w2(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, ...]:
    """dy₂/dw₂ where dy₂/dy₁ is asked: the gradient of y₂ for y₁, not for w₂"""
    y1, y2 = values(x, w1, b1, w2, b2)
    return y1, y2, y1, x, w2 * x


@mistake("chain_by_autograd")
def inner_by_x(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, ...]:
    """dy₁/dx where dy₁/dw₁ is asked: the gradient of y₁ for w₁, not for x"""
    return *values(x, w1, b1, w2, b2), w2, w1, w2 * x


@mistake("forward")
def linear_layers(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """layers without their sigmoid"""
    return layers(X, weights, biases, lambda o, W, b: o @ W.T + b)


@mistake("forward")
def linear_last_layer(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """a last layer without its sigmoid: here every layer has one"""
    outputs = outputs_of(X, weights, biases)
    return [*outputs[:-1], torch.logit(outputs[-1])]


@mistake("forward")
def biases_left_out(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """layers without their biases"""
    return layers(X, weights, biases, lambda o, W, _: torch.sigmoid(o @ W.T))


@mistake("forward")
def bias_after_the_sigmoid(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """biases added to the outputs: they belong to the weighted sum, before the sigmoid"""
    return layers(X, weights, biases, lambda o, W, b: torch.sigmoid(o @ W.T) + b)


@mistake("forward")
def sums_passed_on(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """layers fed the weighted sums of the layer before: its outputs, after the sigmoid, go in"""
    sums = layers(X, weights, biases, lambda o, W, b: o @ W.T + b)
    return [torch.sigmoid(z) for z in sums]


@mistake("forward")
def last_output_first(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """the outputs from the last layer to the first: the list begins with layer 1"""
    return outputs_of(X, weights, biases)[::-1]


@mistake("forward")
def tanh_for_sigmoid(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """layers with tanh where the sigmoid belongs: an output is between 0 and 1"""
    return layers(X, weights, biases, lambda o, W, b: torch.tanh(o @ W.T + b))


@mistake("forward")
def sums_kept(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """the weighted sums before each sigmoid: asked are the outputs after it"""
    return [torch.logit(o) for o in outputs_of(X, weights, biases)]


@mistake("forward")
def every_layer_fed_x(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """layers that are all fed X: the input of a layer is the output of the layer before"""
    return [torch.sigmoid(X @ W.T + b) for W, b in zip(weights, biases, strict=True)]


@mistake("forward")
def not_transposed(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """o W, with W where Wᵀ belongs: row k of W holds the weights of unit k"""
    return layers(X, weights, biases, lambda o, W, b: torch.sigmoid(o @ W + b))


@mistake("deltas")
def hidden_slope_forgotten(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """hidden deltas δW, without the slope of the layer's own sigmoid, o(1 − o)"""
    return back(weights, outputs, t, through=lambda d, W, _: d @ W)


@mistake("deltas")
def last_slope_forgotten(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """a last δ of o − t, without the slope of its sigmoid, o(1 − o)"""
    return back(weights, outputs, t, last=lambda o, t: o - t)


@mistake("deltas")
def weights_forgotten(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """hidden deltas from the sum of the deltas after them: each comes back through its weight"""

    def through(d: Tensor, _: Tensor, o: Tensor) -> Tensor:
        return d.sum(1, keepdim=True) * o * (1 - o)

    return back(weights, outputs, t, through=through)


@mistake("deltas")
def own_weights(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """deltas sent back through the layer's own weights: use those of the layer after it"""
    found = [last_delta(outputs[-1], t)]
    for W, o in zip(weights[-2::-1], outputs[-2::-1], strict=True):
        found.insert(0, one_back(found[0], W, o))
    return found


@mistake("deltas")
def back_through_the_transpose(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """δWᵀ, with Wᵀ where W belongs: forward goes through Wᵀ, the way back through W"""
    return back(weights, outputs, t, through=lambda d, W, o: d @ W.T * o * (1 - o))


@mistake("deltas")
def slope_of_the_layer_after(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """hidden deltas with the slope of the layer after: o(1 − o) is that of the layer's own o"""
    found = [last_delta(outputs[-1], t)]
    for W, after in zip(weights[:0:-1], outputs[:0:-1], strict=True):
        found.insert(0, found[0] * after * (1 - after) @ W)
    return found


@mistake("deltas")
def slopes_not_carried(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """an error sent back without the slopes on its way: what goes back is the whole δ, which holds
    the slope of its layer"""
    error = last_delta(outputs[-1], t)
    found = [error]
    for W, o in zip(weights[:0:-1], outputs[-2::-1], strict=True):
        error = error @ W
        found.insert(0, error * o * (1 - o))
    return found


@mistake("deltas")
def deltas_turned(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """deltas with their sign turned: the error is o − t"""
    return back(weights, outputs, t, last=lambda o, t: (t - o) * o * (1 - o))


@mistake("deltas")
def deltas_doubled(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """deltas twice too large: E has a ½, which takes the 2 of the square away"""
    return back(weights, outputs, t, last=lambda o, t: 2 * last_delta(o, t))


@mistake("deltas")
def last_to_first(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """the deltas from the last layer to the first: the list begins with layer 1"""
    return back(weights, outputs, t)[::-1]


@mistake("deltas")
def outputs_fed_again(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """slopes σ(o)(1 − σ(o)), a sigmoid of the outputs: o is the sigmoid already"""

    def slope(o: Tensor) -> Tensor:
        return torch.sigmoid(o) * (1 - torch.sigmoid(o))

    return back(
        weights, outputs, t, lambda o, t: (o - t) * slope(o), lambda d, W, o: d @ W * slope(o)
    )


@mistake("deltas")
def deltas_averaged(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """deltas divided by the number of samples: E adds the samples up"""
    return [d / len(t) for d in back(weights, outputs, t)]


@mistake("gradients")
def own_output(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """δ times the output of its own layer: it meets what went into the layer"""
    found = [d.T @ o for d, o in zip(delta, outputs, strict=True)]
    return found, slopes(X, outputs, delta)[1]


@mistake("gradients")
def every_layer_meets_x(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """deltas that all meet X: what went into layer 2 is the output of layer 1, and so on"""
    return [d.T @ X for d in delta], slopes(X, outputs, delta)[1]


@mistake("gradients")
def gradients_transposed(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """gradients for the transposed weights: row k belongs to unit k, as in W"""
    found = slopes(X, outputs, delta)
    return [g.T for g in found[0]], found[1]


@mistake("gradients")
def gradients_turned(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """gradients with their sign turned: δ has the right sign already"""
    return scaled(-1, slopes(X, outputs, delta))


@mistake("gradients")
def gradients_averaged(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """means over the samples: E adds the samples up"""
    return scaled(1 / len(X), slopes(X, outputs, delta))


@mistake("gradients")
def biases_averaged(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """biases whose gradients are averaged over the samples: add them up, as for the weights"""
    return slopes(X, outputs, delta)[0], [d.mean(0) for d in delta]


@mistake("gradients")
def slope_once_more(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """δ times o(1 − o) once more: δ holds that slope already"""
    again = [d * o * (1 - o) for d, o in zip(delta, outputs, strict=True)]
    return slopes(X, outputs, again)


@mistake("gradients")
def first_sample_only(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """the gradients of the first sample alone: those of all samples add up"""
    return slopes(X[:1], [o[:1] for o in outputs], [d[:1] for d in delta])


@mistake("backpropagate")
def after_a_step(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """W − gradient and b − gradient, the net after a step: the gradients are asked for"""
    of_weights, of_biases = all_slopes(X, weights, biases, t)
    return (
        [W - g for W, g in zip(weights, of_weights, strict=True)],
        [b - g for b, g in zip(biases, of_biases, strict=True)],
    )


@mistake("backpropagate")
def of_the_mean(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """the gradients of F.mse_loss, a mean over samples and units: E is half a sum"""
    return scaled(2 / t.numel(), all_slopes(X, weights, biases, t))


@mistake("backpropagate")
def of_the_samples_mean(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """the gradients of a mean over the samples: E adds the samples up"""
    return scaled(1 / len(X), all_slopes(X, weights, biases, t))


@mistake("backpropagate")
def of_the_whole_square(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """gradients twice too large: E has a ½, which takes the 2 of the square away"""
    return scaled(2, all_slopes(X, weights, biases, t))


@mistake("backpropagate")
def steps_for_gradients(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """the gradients with their sign turned: a step goes against them, they point uphill"""
    return scaled(-1, all_slopes(X, weights, biases, t))


@mistake("backpropagate")
def last_layer_first(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """the gradients from the last layer to the first: both lists begin with layer 1"""
    found = all_slopes(X, weights, biases, t)
    return found[0][::-1], found[1][::-1]


@mistake("backpropagate")
def last_layer_only(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """gradients of 0 in every layer but the last: the error goes on through all of them"""
    found = all_slopes(X, weights, biases, t)
    zeros = [[torch.zeros_like(g) for g in part[:-1]] for part in found]
    return [*zeros[0], found[0][-1]], [*zeros[1], found[1][-1]]


@mistake("backpropagate")
def of_the_cross_entropy(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """a last δ of o − t, without its slope o(1 − o): that is the δ of a cross-entropy"""
    outputs = outputs_of(X, weights, biases)
    return slopes(X, outputs, back(weights, outputs, t, last=lambda o, t: o - t))


@mistake("backpropagate")
def back_through_moved_weights(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """an error sent back through weights that have moved: all gradients belong to the old ones"""
    outputs = [X, *outputs_of(X, weights, biases)]
    d = last_delta(outputs[-1], t)
    found = [(d.T @ outputs[-2], d.sum(0))]
    for W, into, o in zip(weights[:0:-1], outputs[-3::-1], outputs[-2::-1], strict=False):
        d = one_back(d, W - found[0][0], o)
        found.insert(0, (d.T @ into, d.sum(0)))
    return [W for W, _ in found], [b for _, b in found]
