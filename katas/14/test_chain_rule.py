"""The spec of kata 14, chain rule: two links by hand, then any number of layers."""

from functools import partial
from itertools import pairwise

import pytest
import torch
from torch.nn import functional

from dojo.spec import proof
from dojo.spec.fresh import Fresh

DTYPES = [
    # Outputs and slopes are below 2. A sum of three products of at most 2.25 is off by a few
    # roundings; a layer makes that at most 1.2 times as large, and there are up to five of them
    # (measured 3e-16 and 2e-7). Ten times that where the gradients of samples are added up.
    pytest.param(torch.float64, 1e-13, id="float64"),
    pytest.param(torch.float32, 4e-6, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
SHARP = (3.0, 2.0, 1.0, 5.0, 1.0)  # x, w1, b1, w2, b2: no link is 1, no weight is another
USUAL = (1.0, 2.0, 1.0, 2.0, 1.0)  # the document's: a link of 1 and equal weights hide mistakes
SQUARE = [3, 3, 3, 3]  # units in each layer: here a lost transpose shows by its numbers


def numbers(device, dtype=torch.float64, fresh=None):
    """Return what makes tensors of numbers between −1.5 and 1.5: fresh ones, or always the same."""
    source = fresh or Fresh(1, "chain rule")
    return partial(source.tensor, low=-1.5, high=1.5, device=device, dtype=dtype)


def net(drawn, widths, m):
    """Return X [m, n₀], weights, biases and t [m, n_L] of a net with so many units a layer."""
    weights = [drawn(after, before) for before, after in pairwise(widths)]
    biases = [drawn(units) for units in widths[1:]]
    return (
        drawn(m, widths[0]),
        weights,
        biases,
        drawn(m, widths[-1], low=0, high=1),
    )


def way_back(drawn, widths, m):
    """Return weights, outputs and t for deltas: outputs that no net of this file has."""
    weights = [drawn(after, before) for before, after in pairwise(widths)]
    outputs = [drawn(m, units, low=0.1, high=0.9) for units in widths[1:]]
    return weights, outputs, drawn(m, widths[-1], low=0, high=1)


def met(drawn, widths, m):
    """Return X, outputs and delta for gradients, which need not belong to a net either."""
    outputs = [drawn(m, units, low=0.1, high=0.9) for units in widths[1:]]
    slopes = [drawn(m, units, low=-0.5, high=0.5) for units in widths[1:]]
    return drawn(m, widths[0]), outputs, slopes


def documented_net(device):
    """Return the net of the documented numbers: 2, 3 and 2 units, one sample, no biases."""
    rows = [
        [[0.5, -1.0]],
        [[0.1, 0.4], [-0.3, 0.2], [0.7, -0.6]],
        [[0.2, -0.5, 0.3], [0.6, 0.1, -0.4]],
        [[1.0, 0.0]],
    ]
    X, *weights, t = (torch.tensor(part, dtype=torch.float64, device=device) for part in rows)
    return X, weights, [torch.zeros_like(W[:, 0]) for W in weights], t


def doubles(tensors):
    """Return copies in float64."""
    return [tensor.detach().clone().double() for tensor in tensors]


def half_sum(o, t):
    """Return E."""
    return functional.mse_loss(o, t, reduction="sum") / 2


def outputs_by_torch(X, weights, biases):
    """Return the outputs of torch's own linear layers, in float64."""
    outputs = [X.double()]
    for W, b in zip(doubles(weights), doubles(biases), strict=True):
        outputs.append(torch.sigmoid(functional.linear(outputs[-1], W, b)))
    return outputs[1:]


def deltas_by_autograd(weights, outputs, t):
    """Return how E answers to the weighted sums behind these outputs, in float64."""
    wanted = [torch.logit(o) for o in doubles(outputs)]
    sums = [wanted[0].requires_grad_()]
    for W, z in zip(doubles(weights)[1:], wanted[1:], strict=True):
        reached = functional.linear(torch.sigmoid(sums[-1]), W)
        sums.append(reached + (z - reached).detach())  # whatever bias leads to these outputs
    E = half_sum(torch.sigmoid(sums[-1]), t.double())
    return list(torch.autograd.grad(E, sums))


def gradients_by_autograd(X, outputs, delta):
    """Return how Σ δ · (input Wᵀ + b) answers to W and to b in each layer, in float64."""
    inputs, slopes = doubles([X, *outputs[:-1]]), doubles(delta)
    shapes = [(into.shape[1], d.shape[1]) for into, d in zip(inputs, slopes, strict=True)]
    weights = [X.new_zeros(k, n, dtype=torch.float64, requires_grad=True) for n, k in shapes]
    biases = [X.new_zeros(k, dtype=torch.float64, requires_grad=True) for _, k in shapes]
    layers = zip(slopes, inputs, weights, biases, strict=True)
    total = torch.stack([(d * functional.linear(into, W, b)).sum() for d, into, W, b in layers])
    found = torch.autograd.grad(total.sum(), [*weights, *biases])
    return list(found[: len(weights)]), list(found[len(weights) :])


def net_by_autograd(X, weights, biases, t):
    """Return the gradients of E for the weights and the biases, in float64."""
    leaves = [part.requires_grad_() for part in (*doubles(weights), *doubles(biases))]
    o = X.double()
    for W, b in zip(leaves[: len(weights)], leaves[len(weights) :], strict=True):
        o = torch.sigmoid(functional.linear(o, W, b))
    found = torch.autograd.grad(half_sum(o, t.double()), leaves)
    return list(found[: len(weights)]), list(found[len(weights) :])


def are_layers(like, atol, name="layer"):
    """Return the claim that a result is a list of the wanted tensors, one for each layer."""

    def claim(result, wanted):
        proof.tensors(result, [its.shape for its in wanted], like=like)
        for number, (mine, its) in enumerate(zip(result, wanted, strict=True), start=1):
            proof.close(mine, its, atol=atol, row=f"{name} {number}, row", digits=4)

    return claim


def are_gradients(like, atol):
    """Return the claim that a result is two lists of the wanted gradients."""

    def claim(result, wanted):
        proof.parts(result, 2)
        for mine, its, name in zip(result, wanted, ("weights", "biases"), strict=True):
            proof.tensors(mine, [g.shape for g in its], like=like, what=f"the gradient of {name}")
        for mine, its, name in zip(result, wanted, ("W", "b"), strict=True):
            are_layers(like, atol, name)(mine, its)

    return claim


def links(x, w1, b1, w2, b2):
    """Return the five numbers of the chain."""
    y1 = w1 * x + b1
    return [y1, w2 * y1 + b2, w2, x, w2 * x]


def are_floats(result, wanted):
    """Claim the five numbers of chain."""
    proof.parts(result, 5)
    for i, part in enumerate(result):
        proof.number(part, float, what=f"number {i} of the result")
    # a few roundings of 40
    proof.close(torch.tensor(result, dtype=torch.float64), wanted, atol=1e-12, row="number")


def are_numbers(like, atol):
    """Return the claim of the five tensors of chain_by_autograd."""

    def claim(result, wanted):
        proof.parts(result, 5)
        for i, part in enumerate(result):
            proof.tensor(part, [], like=like, what=f"number {i} of the result")
        proof.close(torch.stack(result), wanted, atol=atol, row="number")

    return claim


def five(numbers, device, dtype=torch.float64):
    """Return the numbers as tensors of shape []."""
    return tuple(torch.tensor(v, dtype=dtype, device=device) for v in numbers)


def test_chain_by_hand(kata):
    """At x = 3, w₁ = 2, w₂ = 5 and biases of 1 y is 7 and 36; the slopes are 5 and 3, so 15."""
    others = (0.5, -2.0, 4.0, 0.25, -3.0)
    proof.each(kata.chain, [(given, links(*given)) for given in (SHARP, others)], are_floats)


def test_chain_agrees_with_the_document(kata, documented):
    """At x = 1, w₁ = w₂ = 2 and biases of 1 the five numbers are 3, 7, 2, 1 and 2."""
    kata.chain(*SHARP)  # asked first: the usual numbers hide most mistakes
    result = kata.chain(*USUAL)
    are_floats(result, links(*USUAL))
    documented.agrees("chain", torch.tensor(result, dtype=torch.float64), row="number")


def test_chain_anywhere(kata, fresh):
    """The slope of the whole is the product of the links, whatever the five numbers are."""
    given = [tuple(fresh.number(-3, 3) for _ in range(5)) for _ in range(3)]
    proof.each(kata.chain, [(numbers, links(*numbers)) for numbers in given], are_floats)


@each_dtype
def test_chain_by_autograd_finds_the_links(kata, device, dtype, atol):
    """autograd finds 5 for dy₂/dy₁, 3 for dy₁/dw₁, and 15 for the whole."""
    given = five(SHARP, device, dtype)
    proof.each(kata.chain_by_autograd, [(given, links(*SHARP))], are_numbers(given[0], atol))


def test_chain_by_autograd_agrees_with_the_document(kata, device, documented):
    """The document's code: dy₂/dw₁ is dy₂/dy₁ times dy₁/dw₁, 2 times 1."""
    kata.chain_by_autograd(*five(SHARP, device))  # asked first, as for chain
    given = five(USUAL, device)
    result = kata.chain_by_autograd(*given)
    are_numbers(given[0], 1e-12)(result, links(*USUAL))
    documented.agrees("chain", torch.stack(result), row="number")


@each_dtype
def test_chain_by_autograd_anywhere(kata, device, dtype, atol, fresh):
    """The five numbers are right for any x, any weights and any biases."""
    for _ in range(2):
        given = five([fresh.number(-3, 3) for _ in range(5)], device, dtype)
        wanted = torch.stack(links(*doubles(given)))
        is_right = are_numbers(given[0], 10 * atol)  # y₂ reaches 39
        proof.each(kata.chain_by_autograd, [(given, wanted)], is_right)


@each_dtype
def test_forward_stands_on_the_layer_before(kata, device, dtype, atol):
    """Each layer gives σ(input Wᵀ + b): the first from X, every other from the one before."""
    X, weights, biases, _ = net(numbers(device, dtype), SQUARE, 4)
    given = (X, weights, biases), (-X, weights, biases)  # twice: the lists must be as they were
    cases = [(its, outputs_by_torch(*its)) for its in given]
    proof.each(kata.forward, cases, are_layers(X, atol))


@each_dtype
def test_forward_anywhere(kata, device, dtype, atol, fresh):
    """forward gives what torch's own layers give, for two layers, five, and one."""
    for widths, m in (([2, 3, 1], 4), ([2, 3, 2, 3, 2, 3], 4), ([3, 2], 5)):
        X, weights, biases, _ = net(numbers(device, dtype, fresh), widths, m)
        wanted = outputs_by_torch(X, weights, biases)
        proof.each(kata.forward, [((X, weights, biases), wanted)], are_layers(X, atol))


@each_dtype
def test_deltas_come_back_layer_by_layer(kata, device, dtype, atol):
    """The last δ is (o − t) o (1 − o); each other is what comes back, times its own o (1 − o)."""
    weights, outputs, t = way_back(numbers(device, dtype), SQUARE, 4)
    given = (weights, outputs, t), (weights, outputs, 1 - t)  # twice, as above
    cases = [(its, deltas_by_autograd(*its)) for its in given]
    proof.each(kata.deltas, cases, are_layers(t, atol))


def test_deltas_agree_with_the_document(kata, device, documented):
    """In the documented net δ is (0.0124, 0.0175, −0.0172), and (−0.1190, 0.1251) at the end."""
    kata.deltas(*way_back(numbers(device), SQUARE, 4))  # asked first: one sample hides means
    X, weights, biases, t = documented_net(device)
    outputs = outputs_by_torch(X, weights, biases)
    found = kata.deltas(weights, outputs, t)
    proof.tensors(found, [o.shape for o in outputs], like=t)
    documented.agrees("deltas", torch.cat(found, dim=1)[0], row="unit")


@pytest.mark.documented("m003-multi-name", "m003-multi-claim")
def test_deltas_of_hidden_units_see_every_target(kata, device):
    """In a hidden layer the sum over the outputs stays: each target moves every hidden δ."""
    weights, outputs, t = way_back(numbers(device), [2, 3, 3], 4)
    moved = [t + 0.5 * (torch.arange(3, device=device) == k) for k in range(3)]
    cases = [(weights, outputs, target) for target in (t, *moved)]
    wanted = [deltas_by_autograd(*given) for given in cases]
    assert all(((its[0] - wanted[0][0]).abs() > 1e-4).all() for its in wanted[1:])
    proof.each(kata.deltas, zip(cases, wanted, strict=True), are_layers(t, 1e-13))


@each_dtype
def test_deltas_anywhere(kata, device, dtype, atol, fresh):
    """Each δ is how E answers to the weighted sums, for two layers, five, and one."""
    for widths, m in (([2, 3, 1], 4), ([2, 3, 2, 3, 2, 3], 4), ([3, 2], 5)):
        given = way_back(numbers(device, dtype, fresh), widths, m)
        proof.each(kata.deltas, [(given, deltas_by_autograd(*given))], are_layers(given[-1], atol))


@each_dtype
def test_gradients_meet_what_went_in(kata, device, dtype, atol):
    """The gradient for W is δᵀ times what went into its layer; the one for b is δ, added up."""
    X, outputs, delta = met(numbers(device, dtype), SQUARE, 4)
    given = (X, outputs, delta), (-X, outputs, delta)  # twice, as above
    cases = [(its, gradients_by_autograd(*its)) for its in given]
    proof.each(kata.gradients, cases, are_gradients(X, 10 * atol))


@each_dtype
def test_gradients_anywhere(kata, device, dtype, atol, fresh):
    """gradients has the shapes of the weights and the biases, for two layers, five, and one."""
    for widths, m in (([2, 3, 1], 4), ([2, 3, 2, 3, 2, 3], 4), ([3, 2], 5)):
        given = met(numbers(device, dtype, fresh), widths, m)
        wanted = gradients_by_autograd(*given)
        proof.each(kata.gradients, [(given, wanted)], are_gradients(given[0], 10 * atol))


@each_dtype
def test_backpropagate_finds_what_autograd_finds(kata, device, dtype, atol):
    """Forward, the deltas back, the gradients: those of E for every weight and every bias."""
    given = net(numbers(device, dtype), SQUARE, 4)
    wanted = net_by_autograd(*given)
    proof.each(kata.backpropagate, [(given, wanted)], are_gradients(given[0], 10 * atol))


def test_backpropagate_agrees_with_the_document(kata, device, documented):
    """The documented net: the gradients for the hidden weights, and for those of the outputs."""
    kata.backpropagate(*net(numbers(device), [2, 3, 3], 4))  # asked first: one sample hides means
    given = documented_net(device)
    result = kata.backpropagate(*given)
    are_gradients(given[0], 1e-12)(result, net_by_autograd(*given))
    (hidden, last), biases = result
    documented.agrees("hidden_weights", hidden, row="unit")
    documented.agrees("output_weights", last, row="unit")
    documented.agrees("deltas", torch.cat(biases), row="unit")  # one sample: δ itself


@pytest.mark.documented("m003-gradient-definition")
def test_backpropagate_finds_partial_derivatives(kata, device):
    """Each number says how E answers to one weight alone, while all others are held still."""
    X, weights, biases, t = net(numbers(device), [2, 3, 3], 4)
    parts, h = [*weights, *biases], 1e-5

    def error_at(part, i, move):
        moved = doubles(parts)
        moved[part].view(-1)[i] += move
        return float(half_sum(outputs_by_torch(X, moved[:2], moved[2:])[-1], t))

    def quotients(part):
        found = [
            (error_at(part, i, h) - error_at(part, i, -h)) / (2 * h)
            for i in range(parts[part].numel())
        ]
        return torch.tensor(found, dtype=torch.float64).reshape(parts[part].shape)

    wanted = [quotients(part) for part in range(4)]
    # a quotient is off by h² and by a rounding of E over h (measured 1e-11)
    is_right = are_gradients(X, 1e-9)
    proof.each(kata.backpropagate, [((X, weights, biases, t), (wanted[:2], wanted[2:]))], is_right)


@each_dtype
def test_backpropagate_anywhere(kata, device, dtype, atol, fresh):
    """The gradients are autograd's for two layers, five, and one, and any number of samples."""
    for widths, m in (([2, 3, 1], 4), ([2, 3, 2, 3, 2, 3], 4), ([3, 2], 5)):
        given = net(numbers(device, dtype, fresh), widths, m)
        wanted = net_by_autograd(*given)
        proof.each(kata.backpropagate, [(given, wanted)], are_gradients(given[0], 10 * atol))


def backpropagated(kata, given):
    """Claim the gradients of a net, so that what the call did beside them counts."""
    __tracebackhide__ = True
    proof.right(kata.backpropagate(*given), net_by_autograd(*given), atol=1e-10)


@pytest.mark.observed("work")
def test_backpropagate_costs_the_same_for_each_layer(kata, device):
    """Four more layers cost what the four before them cost, and more samples cost nothing more."""
    costs = []
    for depth in (4, 8, 12):
        backpropagated(kata, net(numbers(device), [2] * (depth + 1), 3))
        costs.append(kata.observed.operations)
    if costs[2] - costs[1] > costs[1] - costs[0]:
        pytest.fail(
            f"4, 8 and 12 layers take {costs[0]}, {costs[1]} and {costs[2]} operations: each\n"
            "layer costs more than the one before. A δ needs only the δ of the layer after it.",
            pytrace=False,
        )
    backpropagated(kata, net(numbers(device), [2, 2, 2], 3))
    few = kata.observed
    backpropagated(kata, net(numbers(device), [2, 2, 2], 60))
    proof.works_no_more(few, kata.observed, "samples")


@pytest.mark.observed("kept")
def test_backpropagate_needs_no_graph(kata, device):
    """Nothing is kept for autograd's backward pass: the way back is your own."""
    backpropagated(kata, net(numbers(device), [2, 3, 2], 3))
    if kata.observed.kept:
        pytest.fail(
            f"{kata.observed.kept} tensors were kept for autograd's backward pass. Here you walk\n"
            "back yourself: use your own forward, deltas and gradients.",
            pytrace=False,
        )


@pytest.mark.observed("kept")
def test_chain_by_autograd_is_autograds(kata, device):
    """The three slopes are found by autograd: by hand is chain's part."""
    proof.right(kata.chain_by_autograd(*five(SHARP, device)), tuple(links(*SHARP)), atol=1e-10)
    proof.by_autograd(kata.observed)


def one_of_each(kata, device):
    """Return a call of each function on tensors, and what it is to return."""
    drawn, widths = numbers(device), [2, 3, 2]
    given = net(drawn, widths, 3)
    back, into = way_back(drawn, widths, 3), met(drawn, widths, 3)
    return (
        (lambda: kata.chain_by_autograd(*five(SHARP, device)), tuple(links(*SHARP))),
        (lambda: kata.forward(*given[:3]), outputs_by_torch(*given[:3])),
        (lambda: kata.deltas(*back), deltas_by_autograd(*back)),
        (lambda: kata.gradients(*into), gradients_by_autograd(*into)),
        (lambda: kata.backpropagate(*given), net_by_autograd(*given)),
    )


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    for call, wanted in one_of_each(kata, device):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the arguments are."""
    for call, wanted in one_of_each(kata.elsewhere, "cpu"):
        proof.right(call(), wanted, atol=1e-10)
