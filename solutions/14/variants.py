"""Kata 14, chain rule: right and wrong answers written another way, for the contract."""

from collections.abc import Callable
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn import functional

from dojo.feedback.mistakes import mistaken, muddled, right

Layers = list[Tensor]
Error = Callable[[Tensor, Tensor], Tensor]


def half_sum(o: Tensor, t: Tensor) -> Tensor:
    """Return E."""
    return ((o - t) ** 2).sum() / 2


def grad_of(leaf: Tensor) -> Tensor:
    """Return a copy of what .grad holds."""
    assert leaf.grad is not None
    return leaf.grad.clone()


def linked(w1: Tensor, x: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, ...]:
    """Return a w₁ that asks for a gradient, y₁, which keeps its own, and y₂."""
    w1 = w1.detach().clone().requires_grad_()
    y1 = w1 * x + b1
    y1.retain_grad()
    return w1, y1, w2 * y1 + b2


def net_by_autograd(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor, error: Error
) -> tuple[Layers, Layers]:
    """Return the gradients of any error of a net, by backward()."""
    W = [w.detach().clone().requires_grad_() for w in weights]
    b = [v.detach().clone().requires_grad_() for v in biases]
    error(forward_by_linear(X, W, b)[-1], t).backward()
    return [grad_of(w) for w in W], [grad_of(v) for v in b]


def walk_back(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor, factor: float = 1.0
) -> tuple[Layers, Layers]:
    """Return the gradients by two loops, the last error times a factor."""
    outputs = [X]
    for W, b in zip(weights, biases, strict=True):
        outputs.append(torch.sigmoid(outputs[-1] @ W.T + b))
    d, of_weights, of_biases = factor * (outputs[-1] - t), list[Tensor](), list[Tensor]()
    for W, o, into in zip(weights[::-1], outputs[:0:-1], outputs[-2::-1], strict=True):
        d = d * o * (1 - o)
        of_weights.insert(0, d.T @ into)
        of_biases.insert(0, d.sum(0))
        d = d @ W
    return of_weights, of_biases


@right("chain")
def chain_by_changes(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """changes by 1, which are exact for lines"""

    def first(w: float) -> float:
        return w * x + b1

    def second(y: float) -> float:
        return w2 * y + b2

    y1 = first(w1)
    outer, inner = second(y1 + 1) - second(y1), first(w1 + 1) - first(w1)
    return y1, second(y1), outer, inner, second(first(w1 + 1)) - second(first(w1))


@right("chain")
def chain_by_jacobians(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """a product of two Jacobians of one number, by torch.func"""

    def first(w: Tensor) -> Tensor:
        return w * x + b1

    def second(y: Tensor) -> Tensor:
        return w2 * y + b2

    w = torch.tensor(w1, dtype=torch.float64)
    y1 = first(w)
    inner, outer = torch.func.jacrev(first)(w), torch.func.jacrev(second)(y1)
    return y1.item(), second(y1).item(), outer.item(), inner.item(), (outer * inner).item()


@right("chain_by_autograd")
def chain_by_backward(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """two backward passes, y₁ keeping its gradient, .grad cleared between them"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward(retain_graph=True)
    outer, whole = grad_of(y1), grad_of(w1)
    w1.grad = None
    y1.backward()
    return y1.detach(), y2.detach(), outer, grad_of(w1), whole


@right("chain_by_autograd")
def chain_by_func(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> tuple[Tensor, ...]:
    """torch.func, a function for each link and one for both"""

    def first(w: Tensor) -> Tensor:
        return w * x + b1

    def second(y: Tensor) -> Tensor:
        return w2 * y + b2

    def both(w: Tensor) -> Tensor:
        return second(first(w))

    y1, grad = first(w1), torch.func.grad
    return y1, second(y1), grad(second)(y1), grad(first)(w1), grad(both)(w1)


@right("forward")
def forward_by_linear(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """torch's own linear map, the sigmoid by its formula"""
    outputs = list[Tensor]()
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = functional.linear(outputs[i - 1] if i else X, W, b)
        outputs.append(1 / (1 + torch.exp(-z)))
    return outputs


@right("forward")
def forward_by_accumulate(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """itertools, a layer for each step"""

    def layer(o: Tensor, pair: tuple[Tensor, Tensor]) -> Tensor:
        return torch.addmm(pair[1], o, pair[0].T).sigmoid()

    return list(accumulate(zip(weights, biases, strict=True), layer, initial=X))[1:]


@right("deltas")
def deltas_by_recursion(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """the first δ from all the others, by recursion"""
    o = outputs[0]
    if len(weights) == 1:
        return [(o - t) * (o - o * o)]
    after = deltas_by_recursion(weights[1:], outputs[1:], t)
    return [torch.einsum("mk,kj->mj", after[0], weights[1]) * (o - o * o), *after]


@right("deltas")
def deltas_by_columns(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """samples as columns, Wᵀδ as books write it, a list filled from its end"""
    found = [torch.empty_like(o) for o in outputs]
    back = (outputs[-1] - t).T
    for i in range(len(outputs) - 1, -1, -1):
        o = outputs[i].T
        back = back * o * (1 - o)
        found[i] = back.T.contiguous()
        back = weights[i].T @ back
    return found


@right("gradients")
def gradients_by_einsum(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """einsum over the samples"""
    inputs = [X, *outputs]
    of_weights = [torch.einsum("mk,mn->kn", d, inputs[i]) for i, d in enumerate(delta)]
    return of_weights, [torch.einsum("mk->k", d) for d in delta]


@right("gradients")
def gradients_by_ones(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """a bias as the weight of an input that is always 1"""
    of_weights, of_biases = list[Tensor](), list[Tensor]()
    for d, into in zip(delta, [X, *outputs[:-1]], strict=True):
        both = d.T @ torch.cat([into, into.new_ones(len(into), 1)], dim=1)
        of_weights.append(both[:, :-1].clone())
        of_biases.append(both[:, -1].clone())
    return of_weights, of_biases


@right("backpropagate")
def backpropagate_in_two_loops(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """forward and back in two loops, one δ at a time"""
    return walk_back(X, weights, biases, t)


@right("backpropagate")
def backpropagate_by_recursion(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """each layer calls the rest of the net, and gets back how E answers to its outputs"""

    def rest(into: Tensor, i: int) -> tuple[Tensor, Layers, Layers]:
        if i == len(weights):
            return into - t, [], []
        o = torch.sigmoid(torch.addmm(biases[i], into, weights[i].T))
        back, of_weights, of_biases = rest(o, i + 1)
        d = back * (o - o**2)
        return d @ weights[i], [d.T @ into, *of_weights], [d.sum(0), *of_biases]

    return rest(X, 0)[1:]


@mistaken("chain", known_as="inner_link_forgotten")
def only_the_second_layer(
    x: float, w1: float, b1: float, w2: float, b2: float
) -> tuple[float, ...]:
    """the change of y₂ by y₁, twice"""
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    outer = (w2 * (y1 + 1) + b2) - y2
    return y1, y2, outer, x, outer


@mistaken("chain", known_as="links_added")
def product_rule(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """a sum over the links"""
    y1 = w1 * x + b1
    found = [w2, x]
    return y1, w2 * y1 + b2, *found, sum(found)


@mistaken("chain", known_as="outer_link_is_w1")
def first_weight_twice(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """the slope of the first layer where the second's is asked"""
    y1, y2 = x * w1 + b1, w2 * (x * w1 + b1) + b2
    outer = (w1 * (x + 1) + b1) - y1
    return y1, y2, outer, x, x * outer


@mistaken("chain", known_as="inner_link_is_w1")
def slope_for_the_input(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """the change of y₁ by x"""
    y1 = w1 * x + b1
    inner = (w1 * (x + 1) + b1) - y1
    return y1, w2 * y1 + b2, w2, inner, w2 * inner


@mistaken("chain", known_as="outer_link_is_y1")
def slope_for_the_weight(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """the change of y₂ by w₂"""
    y1 = w1 * x + b1
    outer = ((w2 + 1) * y1 + b2) - (w2 * y1 + b2)
    return y1, w2 * y1 + b2, outer, x, outer * x


@mistaken("chain", known_as="links_swapped")
def from_the_inside(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """the links in the order of the layers"""
    y1 = w1 * x + b1
    found = [x, w2]
    return y1, w2 * y1 + b2, *found, found[0] * found[1]


@mistaken("chain", known_as="bias_left_out")
def products_alone(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """y as a product of all that came before"""
    y1 = x * w1
    return y1, y1 * w2, w2, x, x * w2


@mistaken("chain", known_as="second_layer_fed_x")
def two_lines_of_x(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """a loop over the layers that never passes y on"""
    y1, y2 = (w * x + b for w, b in ((w1, b1), (w2, b2)))
    return y1, y2, w2, x, x * w2


@mistaken("chain", known_as="values_for_slopes")
def quotients_of_values(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """dy₂/dw₁ as the product of both quotients"""
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    return y1, y2, y2 / y1, y1 / w1, (y2 / y1) * (y1 / w1)


@mistaken("chain_by_autograd", known_as="never_cleared")
def one_grad_for_two_passes(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """backward() from y₁, then from y₂"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y1.backward(retain_graph=True)
    inner, y1.grad = grad_of(w1), None
    y2.backward()
    return y1.detach(), y2.detach(), grad_of(y1), inner, grad_of(w1)


@mistaken("chain_by_autograd", known_as="inner_for_whole")
def a_leaf_in_the_middle(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """y₁ made a leaf, so that it has a .grad"""
    w1 = w1.detach().clone().requires_grad_()
    y1 = w1 * x + b1
    leaf = y1.detach().requires_grad_()
    y2 = w2 * leaf + b2
    y2.backward()
    y1.backward()
    return y1.detach(), y2.detach(), grad_of(leaf), grad_of(w1), grad_of(w1)


@mistaken("chain_by_autograd", known_as="inner_for_whole")
def a_grad_filled_anew(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """.grad kept without a copy, set to zero, and used again"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward(retain_graph=True)
    outer, whole = grad_of(y1), w1.grad
    assert whole is not None
    whole.zero_()
    y1.backward()
    return y1.detach(), y2.detach(), outer, grad_of(w1), whole


@mistaken("chain_by_autograd", known_as="whole_for_outer")
def grad_of_a_leaf_twice(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """every gradient asked for w₁, the leaf"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    grad = torch.autograd.grad
    whole, again = (grad(y2, w1, retain_graph=True)[0] for _ in range(2))
    return y1.detach(), y2.detach(), again, grad(y1, w1)[0], whole


@mistaken("chain_by_autograd", known_as="whole_for_inner")
def one_pass_for_all(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """one backward pass, from y₂"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward()
    return y1.detach(), y2.detach(), grad_of(y1), grad_of(w1), grad_of(w1)


@mistaken("chain_by_autograd", known_as="outer_by_w2")
def grad_of_the_second_weight(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """w₂ asks for a gradient, too"""
    w2 = w2.detach().clone().requires_grad_()
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    outer, whole = torch.autograd.grad(y2, [w2, w1], retain_graph=True)
    return y1.detach(), y2.detach(), outer, torch.autograd.grad(y1, w1)[0], whole


@mistaken("chain_by_autograd", known_as="inner_by_x")
def grad_of_the_input(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """x asks for a gradient, too"""
    x = x.detach().clone().requires_grad_()
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    outer, whole = torch.autograd.grad(y2, [y1, w1], retain_graph=True)
    return y1.detach(), y2.detach(), outer, torch.autograd.grad(y1, x)[0], whole


@mistaken("forward", known_as="linear_layers")
def forward_of_lines(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """torch's own linear map alone"""
    outputs = [X]
    for W, b in zip(weights, biases, strict=True):
        outputs.append(functional.linear(outputs[-1], W, b))
    return outputs[1:]


@mistaken("forward", known_as="linear_last_layer")
def sigmoid_between_layers(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """a sigmoid between the layers only"""
    outputs = list[Tensor]()
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = functional.linear(outputs[-1] if outputs else X, W, b)
        outputs.append(z.sigmoid() if i + 1 < len(weights) else z)
    return outputs


@mistaken("forward", known_as="biases_left_out")
def forward_without_biases(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """a loop over the weights alone"""
    return list(accumulate(weights, lambda o, W: (o @ W.T).sigmoid(), initial=X))[1:]


@mistaken("forward", known_as="bias_after_the_sigmoid")
def a_bracket_misplaced(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """the bracket of sigmoid closed too early"""
    o, outputs = X, list[Tensor]()
    for i, W in enumerate(weights):
        o = biases[i] + torch.sigmoid(functional.linear(o, W))
        outputs.append(o)
    return outputs


@mistaken("forward", known_as="sums_kept")
def appended_too_early(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """z appended, σ(z) passed on"""
    o, kept = X, list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        z = o @ W.T + b
        kept.append(z)
        o = torch.sigmoid(z)
    return kept


@mistaken("forward", known_as="every_layer_fed_x")
def o_never_passed_on(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """a loop that never renames its input"""
    outputs = list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        outputs.append(torch.sigmoid(torch.mm(X, W.t()) + b))
    return outputs


@mistaken("forward", known_as="not_transposed")
def forward_by_mm(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """torch.mm, W as it is"""
    o, outputs = X, list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        o = 1 / (1 + torch.exp(-torch.mm(o, W) - b))
        outputs.append(o)
    return outputs


@mistaken("deltas", known_as="hidden_slope_forgotten")
def recursion_without_slope(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """recursion, the hidden slope forgotten"""
    o = outputs[0]
    if len(weights) == 1:
        return [(o - t) * o * (1 - o)]
    after = recursion_without_slope(weights[1:], outputs[1:], t)
    return [torch.einsum("mk,kj->mj", after[0], weights[1]), *after]


@mistaken("deltas", known_as="last_slope_forgotten")
def error_alone_at_the_end(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """recursion, the last slope forgotten"""
    o = outputs[0]
    if len(weights) == 1:
        return [o - t]
    after = error_alone_at_the_end(weights[1:], outputs[1:], t)
    return [after[0] @ weights[1] * (o - o**2), *after]


@mistaken("deltas", known_as="weights_forgotten")
def deltas_added(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """recursion, every weight taken for 1"""
    o = outputs[0]
    if len(weights) == 1:
        return [(o - t) * (o - o**2)]
    after = deltas_added(weights[1:], outputs[1:], t)
    return [after[0] @ torch.ones_like(weights[1]) * (o - o**2), *after]


@mistaken("deltas", known_as="own_weights")
def weights_off_by_one(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """an index that is one too small"""
    o = outputs[-1]
    found = [(o - t) * o * (1 - o)]
    for i in range(len(outputs) - 2, -1, -1):
        o = outputs[i]
        found.insert(0, found[0] @ weights[i] * o * (1 - o))
    return found


@mistaken("deltas", known_as="back_through_the_transpose")
def forward_way_taken_back(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """torch's own linear map, which goes through Wᵀ"""
    o = outputs[-1]
    found = [(o - t) * o * (1 - o)]
    for i in range(len(outputs) - 2, -1, -1):
        o = outputs[i]
        found.insert(0, functional.linear(found[0], weights[i + 1]) * o * (1 - o))
    return found


@mistaken("deltas", known_as="slope_of_the_layer_after")
def slopes_off_by_one(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """an index that is one too large"""
    found = [(outputs[-1] - t) * outputs[-1] * (1 - outputs[-1])]
    for i in range(len(outputs) - 2, -1, -1):
        slope = outputs[i + 1] - outputs[i + 1] ** 2
        found.insert(0, torch.mm(found[0] * slope, weights[i + 1]))
    return found


@mistaken("deltas", known_as="deltas_turned")
def right_but_turned(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """all of them turned at the end"""
    return [-d for d in deltas_by_recursion(weights, outputs, t)]


@mistaken("deltas", known_as="deltas_doubled")
def right_but_doubled(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """all of them doubled at the end"""
    return [d + d for d in deltas_by_recursion(weights, outputs, t)]


@mistaken("deltas", known_as="last_to_first")
def never_turned_round(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """a list built on the way back, returned as it is"""
    found = [(outputs[-1] - t) * outputs[-1] * (1 - outputs[-1])]
    for i in range(len(outputs) - 2, -1, -1):
        found.append(found[-1] @ weights[i + 1] * outputs[i] * (1 - outputs[i]))
    return found


@mistaken("deltas", known_as="outputs_fed_again")
def slope_as_of_a_sum(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """recursion, with the sigmoid of what is one"""
    again = torch.sigmoid(outputs[0])
    if len(weights) == 1:
        return [(outputs[0] - t) * (again - again**2)]
    after = slope_as_of_a_sum(weights[1:], outputs[1:], t)
    return [torch.mm(after[0], weights[1]) * (again - again**2), *after]


@mistaken("deltas", known_as="deltas_averaged")
def mean_at_the_end(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """the last error divided by the samples, so that all are"""
    o = outputs[0]
    if len(weights) == 1:
        return [(o - t) / t.shape[0] * o * (1 - o)]
    after = mean_at_the_end(weights[1:], outputs[1:], t)
    return [after[0] @ weights[1] * o * (1 - o), *after]


@mistaken("gradients", known_as="own_output")
def inputs_off_by_one(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """an index that is one too large"""
    inputs = [X, *outputs]
    of_weights = [delta[i].T @ inputs[i + 1] for i in range(len(delta))]
    return of_weights, [d.sum(dim=0) for d in delta]


@mistaken("gradients", known_as="every_layer_meets_x")
def x_for_all(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """einsum of every δ with X"""
    return [torch.einsum("mk,mn->kn", d, X) for d in delta], [d.sum(dim=0) for d in delta]


@mistaken("gradients", known_as="gradients_transposed")
def inputs_first(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """inputs times δ"""
    layers = zip([X, *outputs[:-1]], delta, strict=True)
    return [torch.einsum("mn,mk->nk", into, d) for into, d in layers], [d.sum(0) for d in delta]


@mistaken("gradients", known_as="gradients_averaged")
def means_of_both(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """the right function on deltas that are divided by the samples"""
    return gradients_by_ones(X, outputs, [d / X.shape[0] for d in delta])


@mistaken("gradients", known_as="biases_averaged")
def mean_of_the_deltas(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """weights by einsum, biases by a mean"""
    of_weights, _ = gradients_by_einsum(X, outputs, delta)
    return of_weights, [d.sum(0) / d.shape[0] for d in delta]


@mistaken("gradients", known_as="slope_once_more")
def three_links_again(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """the slope of the sigmoid by autograd, though δ holds it"""
    slopes = [torch.ops.aten.sigmoid_backward(d, o) for d, o in zip(delta, outputs, strict=True)]
    return gradients_by_einsum(X, outputs, slopes)


@mistaken("gradients", known_as="first_sample_only")
def outer_product_of_row_0(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """one outer product a layer"""
    inputs = [X, *outputs]
    return [torch.outer(d[0], inputs[i][0]) for i, d in enumerate(delta)], [
        d[0].clone() for d in delta
    ]


@mistaken("backpropagate", known_as="of_the_mean")
def autograd_of_mse(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """backward() from F.mse_loss"""
    return net_by_autograd(X, weights, biases, t, functional.mse_loss)


@mistaken("backpropagate", known_as="after_a_step")
def updated_at_once(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """backpropagation and a step of gradient descent"""
    of_weights, of_biases = walk_back(X, weights, biases, t)
    pairs = zip((*weights, *biases), (*of_weights, *of_biases), strict=True)
    stepped = [torch.sub(p, g) for p, g in pairs]
    return stepped[: len(weights)], stepped[len(weights) :]


@mistaken("backpropagate", known_as="of_the_samples_mean")
def mean_in_the_error(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """the error divided by the samples at once"""
    return walk_back(X, weights, biases, t, 1 / X.shape[0])


@mistaken("backpropagate", known_as="of_the_whole_square")
def twice_the_error(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """2(o − t) at the end of the net"""
    return walk_back(X, weights, biases, t, 2)


@mistaken("backpropagate", known_as="steps_for_gradients")
def error_turned(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """t − o at the end of the net"""
    return walk_back(X, weights, biases, t, -1)


@mistaken("backpropagate", known_as="last_layer_first")
def in_the_order_of_the_walk(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """the lists as they were filled"""
    of_weights, of_biases = walk_back(X, weights, biases, t)
    return list(reversed(of_weights)), list(reversed(of_biases))


@mistaken("backpropagate", known_as="last_layer_only")
def error_stopped(X: Tensor, weights: Layers, biases: Layers, t: Tensor) -> tuple[Layers, Layers]:
    """nothing goes through the last layer"""
    stopped = [*weights[:-1], torch.zeros_like(weights[-1])]
    o = forward_by_linear(X, weights, biases)
    found = [torch.zeros_like(part) for part in o]
    found[-1] = (o[-1] - t) * o[-1] * (1 - o[-1])
    for i in range(len(o) - 2, -1, -1):
        found[i] = found[i + 1] @ stopped[i + 1] * o[i] * (1 - o[i])
    return gradients_by_einsum(X, o, found)


@mistaken("chain_by_autograd", known_as="neither_cleared")
def both_grads_kept(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """two backward passes, and .grad of both tensors"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y1.backward(retain_graph=True)
    inner = grad_of(w1)
    y2.backward()
    return y1.detach(), y2.detach(), grad_of(y1), inner, grad_of(w1)


@mistaken("chain_by_autograd", known_as="one_grad_for_both")
def the_same_grad_twice(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """w₁.grad named after each of two passes, and no copy made"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward(retain_graph=True)
    outer, whole = grad_of(y1), w1.grad
    y1.backward()
    assert whole is not None
    return y1.detach(), y2.detach(), outer, grad_of(w1), whole


@mistaken("chain_by_autograd", known_as="each_grad_of_both")
def the_same_grads_twice(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """both .grad read at the end"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y1.backward(retain_graph=True)
    y2.backward()
    return y1.detach(), y2.detach(), grad_of(y1), grad_of(w1), grad_of(w1)


@mistaken("chain_by_autograd", known_as="inner_after_whole")
def whole_copied_first(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """backward() from y₂, a copy, then backward() from y₁"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward(retain_graph=True)
    outer, whole = grad_of(y1), grad_of(w1)
    y1.backward()
    return y1.detach(), y2.detach(), outer, grad_of(w1), whole


@mistaken("forward", known_as="sums_passed_on")
def sigmoid_only_stored(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """σ(z) appended, z passed on"""
    z, kept = X, list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        z = functional.linear(z, W, b)
        kept.append(z.sigmoid())
    return kept


@mistaken("forward", known_as="last_output_first")
def inserted_in_front(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """insert for append"""
    o, kept = X, list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        o = functional.linear(o, W, b).sigmoid()
        kept.insert(0, o)
    return kept


@mistaken("forward", known_as="tanh_for_sigmoid")
def forward_by_tanh(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """tanh as 2σ(2z) − 1"""
    o, kept = X, list[Tensor]()
    for W, b in zip(weights, biases, strict=True):
        o = 2 * torch.sigmoid(2 * functional.linear(o, W, b)) - 1
        kept.append(o)
    return kept


@mistaken("deltas", known_as="slopes_not_carried")
def errors_first_slopes_after(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """all errors first, then the slopes of the hidden layers"""
    o = outputs[-1]
    errors = list(accumulate(weights[:0:-1], torch.matmul, initial=(o - t) * (o - o**2)))[::-1]
    hidden = [e * (o - o**2) for e, o in zip(errors[:-1], outputs[:-1], strict=True)]
    return [*hidden, errors[-1]]


@mistaken("gradients", known_as="gradients_turned")
def minus_delta(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """every δ turned"""
    turned = [-d for d in delta]
    inputs = [X, *outputs]
    return [d.T @ inputs[i] for i, d in enumerate(turned)], [d.sum(0) for d in turned]


@mistaken("backpropagate", known_as="of_the_cross_entropy")
def binary_cross_entropy(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """autograd of the cross-entropy"""

    def error(o: Tensor, t: Tensor) -> Tensor:
        return -(t * o.log() + (1 - t) * (1 - o).log()).sum()

    return net_by_autograd(X, weights, biases, t, error)


@mistaken("backpropagate", known_as="back_through_moved_weights")
def step_before_the_way_back(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """each layer's step before its δ goes back"""
    o = [X]
    for W, b in zip(weights, biases, strict=True):
        o.append(torch.sigmoid(o[-1] @ W.T + b))
    d, moved = (o[-1] - t) * o[-1] * (1 - o[-1]), list(weights)
    of_weights, of_biases = list[Tensor](), list[Tensor]()
    for i in reversed(range(len(weights))):
        of_weights.insert(0, d.T @ o[i])
        of_biases.insert(0, d.sum(0))
        moved[i] = moved[i] - of_weights[0]
        d = d @ moved[i] * o[i] * (1 - o[i])
    return of_weights, of_biases


@muddled("chain")
def added_and_without_bias(
    x: float, w1: float, b1: float, w2: float, b2: float
) -> tuple[float, ...]:
    """two mistakes at once"""
    return w1 * x, w2 * w1 * x, w2, x, w2 + x


@muddled("chain_by_autograd")
def both_for_the_whole(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """two mistakes at once: dy₂/dw₁ three times"""
    w1, y1, y2 = linked(w1, x, b1, w2, b2)
    y2.backward()
    return y1.detach(), y2.detach(), grad_of(w1), grad_of(w1), grad_of(w1)


@muddled("forward")
def no_bias_no_sigmoid(X: Tensor, weights: Layers, biases: Layers) -> Layers:
    """two mistakes at once"""
    return list(accumulate(weights, lambda o, W: o @ W.T, initial=X))[1:]


@muddled("deltas")
def turned_without_slope(weights: Layers, outputs: Layers, t: Tensor) -> Layers:
    """two mistakes at once"""
    return [-d for d in recursion_without_slope(weights, outputs, t)]


@muddled("gradients")
def own_output_averaged(X: Tensor, outputs: Layers, delta: Layers) -> tuple[Layers, Layers]:
    """two mistakes at once"""
    found = inputs_off_by_one(X, outputs, delta)
    return [g / len(X) for g in found[0]], [g / len(X) for g in found[1]]


@muddled("backpropagate")
def turned_and_averaged(
    X: Tensor, weights: Layers, biases: Layers, t: Tensor
) -> tuple[Layers, Layers]:
    """two mistakes at once"""
    return walk_back(X, weights, biases, t, -1 / len(X))
