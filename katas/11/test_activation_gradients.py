"""The spec of kata 11, activation gradients: sigmoid, tanh and relu, near 0 and far away."""

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # a few roundings of numbers up to 1 (measured 6e-17 in float64, 4e-8 in float32)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-6, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "tol"), DTYPES)
just_dtype = pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32], ids=["float64", "float32"]
)

RELATIVE = {
    # of sigmoid's own value: e^−1000 is 0, and a GPU's exp rounds a large argument twice more
    # (measured 3e-15 in float64, 4e-6 in float32)
    torch.float64: 1e-12,
    torch.float32: 1e-4,
}
LOGARITHM = {
    # of log σ′'s own value: above 20, torch's softplus leaves out e^−20, which is 2e-9
    torch.float64: 1e-9,
    torch.float32: 1e-6,
}
UNDERFLOW = {torch.float64: 1e-300, torch.float32: 1e-30}  # what is left there may be taken for 0

NEAR = [[0.5, -2.0], [3.0, 0.0]]
FAR = [-1000.0, -30.0, 17.0, 1000.0, -100.0]  # float64 has 3.7e-44 at −100


def at(numbers, device, dtype):
    """Return numbers as a tensor."""
    return torch.tensor(numbers, dtype=dtype, device=device)


def true_sigmoid(x):
    """Return torch's sigmoid, of x's dtype, computed in float64."""
    return torch.sigmoid(x.double()).to(x.dtype)


def true_slope(x):
    """Return the sigmoid's slope, of x's dtype: σ(x)·σ(−x) in float64."""
    return (torch.sigmoid(x.double()) * torch.sigmoid(-x.double())).to(x.dtype)


def are(function, inputs, truth, atol, rtol=0.0):
    """Claim that a function of one tensor is the truth at each of these inputs."""
    __tracebackhide__ = True

    def claim(result, wanted):
        proof.tensor(result, wanted.shape, like=wanted)
        proof.close(result, wanted, atol=atol, rtol=rtol, row="entry")

    proof.each(function, [((x,), truth(x)) for x in inputs], claim)


@just_dtype
def test_sigmoid_near_and_far(kata, device, dtype):
    """It is 0.5 at 0 and 0.62 at 0.5, and far away it is 0 or 1: never nan."""
    inputs = [at(NEAR, device, dtype), at(FAR, device, dtype)]
    are(kata.sigmoid, inputs, true_sigmoid, UNDERFLOW[dtype], RELATIVE[dtype])


@pytest.mark.documented("m001-sigmoid-linspace")
@just_dtype
def test_sigmoid_of_the_document(kata, device, dtype):
    """From −100 to 100 in ten steps: 1.6655e-34 at −77.78, with all its digits."""
    printed = [1.6655e-34, 7.4564e-25, 3.3382e-15, 1.4945e-05, 0.99999, 1.0, 1.0, 1.0, 1.0]
    x = torch.linspace(-100, 100, 10, dtype=torch.float64).to(device, dtype)
    near_and_far = kata.sigmoid.each([(x,), (at(FAR, device, dtype),)])
    result = near_and_far[0]
    proof.tensor(result, [10], like=x)
    # printed 0 at −100: float64 has 3.7e-44 there, float32 that or 0
    proof.close(result[0], 0.0, atol=UNDERFLOW[torch.float32])
    proof.close(result[1:], printed, atol=0.0, rtol=5e-5, row="entry", at=range(1, 10))


@just_dtype
def test_sigmoid_anywhere(kata, device, dtype, fresh):
    """For any x of any shape."""
    inputs = [
        fresh.tensor(2, 3, low=-20, high=20, device=device, dtype=dtype),
        at(FAR, device, dtype),
    ]
    are(kata.sigmoid, inputs, true_sigmoid, UNDERFLOW[dtype], RELATIVE[dtype])


SLOPES_NEAR = [0.0, 0.5, -2.0, 3.0]
SLOPES_FAR = [-1.0, -1000.0, 1000.0, -100.0]  # e^100 is inf in float32 alone


@each_dtype
def test_slope_by_autograd_near_and_far(kata, device, dtype, tol):
    """It is 0.25 at 0, and 0 at −1000 and at 1000: a stable value may still have the slope nan."""
    inputs = [at(SLOPES_NEAR, device, dtype), at(SLOPES_FAR, device, dtype)]
    are(kata.slope_by_autograd, inputs, true_slope, tol)


@each_dtype
def test_slope_by_autograd_anywhere(kata, device, dtype, tol, fresh):
    """For any x, it is σ(x)·σ(−x)."""
    inputs = [
        fresh.tensor(2, 3, low=-8, high=8, device=device, dtype=dtype),
        at(SLOPES_NEAR, device, dtype),
        at(SLOPES_FAR, device, dtype),
    ]
    are(kata.slope_by_autograd, inputs, true_slope, tol)


def true_tanh(x):
    """Return torch's tanh, of x's dtype, computed in float64."""
    return torch.tanh(x.double()).to(x.dtype)


TANH_FAR = [-0.1, -1000.0, 30.0, 1000.0]


@each_dtype
@pytest.mark.documented("m003-tanh-formula")
def test_tanh_near_and_far(kata, device, dtype, tol):
    """It is 0 at 0, ±1 far away, and (e^x − e^−x) / (e^x + e^−x) between."""
    inputs = [at(NEAR, device, dtype), at(TANH_FAR, device, dtype)]
    are(kata.tanh, inputs, true_tanh, tol)


@pytest.mark.documented("m001-tanh-linspace")
def test_tanh_of_the_document(kata, device):
    """From −100 to 100 in ten steps: five times −1, five times 1."""
    inputs = [torch.linspace(-100, 100, 10, device=device), at(TANH_FAR, device, torch.float32)]
    are(kata.tanh, inputs, true_tanh, 1e-6)


@each_dtype
def test_tanh_anywhere(kata, device, dtype, tol, fresh):
    """For any x of any shape."""
    x = fresh.tensor(2, 3, low=-8, high=8, device=device, dtype=dtype)
    are(kata.tanh, [x, at(TANH_FAR, device, dtype)], true_tanh, tol)


OUTPUTS = {  # and the slopes that belong to them
    "sigmoid": ([0.7, 0.1, 0.5, 0.95], [0.21, 0.09, 0.25, 0.0475]),
    "tanh": ([0.6, -0.9, 0.0, 0.3], [0.64, 0.19, 1.0, 0.91]),
    "relu": ([0.0, 2.0, 0.3], [0.0, 1.0, 1.0]),
}


def outputs(device, dtype):
    """Return OUTPUTS as cases of slope."""
    return [
        ((name, at(y, device, dtype)), at(slopes, device, dtype))
        for name, (y, slopes) in OUTPUTS.items()
    ]


def slopes_are(function, cases, tol):
    """Claim the tensor that comes of each (arguments, wanted)."""
    __tracebackhide__ = True

    def claim(result, wanted):
        proof.tensor(result, wanted.shape, like=wanted)
        proof.close(result, wanted, atol=tol, row="entry")

    proof.each(function, cases, claim)


@each_dtype
@pytest.mark.documented("m003-relu-derivative")
def test_slope_by_hand(kata, device, dtype, tol):
    """0.7 · (1 − 0.7) = 0.21 for sigmoid, 1 − 0.6² = 0.64 for tanh, 0 or 1 for relu: 0 at 0."""
    slopes_are(kata.slope, outputs(device, dtype), tol)


def test_slope_of_the_document(kata, device, documented):
    """At x = −2, −0.5, 0, 1 and 3, from the outputs: at 0, tanh is four times as steep."""
    x = at([-2.0, -0.5, 0.0, 1.0, 3.0], device, torch.float64)
    slopes_are(kata.slope, outputs(device, torch.float64), 1e-12)
    asked = [("sigmoid", true_sigmoid(x)), ("tanh", true_tanh(x))]
    results = kata.slope.each(asked)
    for result in results:
        proof.tensor(result, [5], like=x)
    documented.agrees("slopes", torch.stack(results, dim=1), row="x", at=[-2, -0.5, 0, 1, 3])


TRUE = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def true_slopes(name, x, layers=1):
    """Return the slope through layers at x by autograd in torch's own functions, like x."""
    leaf = x.detach().double().cpu().requires_grad_()
    y = leaf * 1
    for _ in range(layers):
        y = TRUE[name](y)
    return torch.autograd.grad(y.sum(), leaf)[0].to(x)


@each_dtype
def test_slope_anywhere(kata, device, dtype, tol, fresh):
    """For any output of each activation, it is what autograd finds at its input."""
    cases = []
    for name, function in TRUE.items():
        x = fresh.tensor(2, 3, device=device, dtype=torch.float64)
        y, wanted = function(x).to(dtype), true_slopes(name, x).to(dtype)
        cases.append(((name, y), wanted))
    slopes_are(kata.slope, [*cases, *outputs(device, dtype)], tol)


def test_slope_in_float32(kata, device):
    """Read off an output that float32 rounds, it is 0 at 17 and 4.14e-8 at −17."""
    y = torch.tensor([torch.sigmoid(torch.tensor(x)) for x in (17.0, -17.0)], device=device)
    wanted = at([0.0, 4.1399373e-08], device, torch.float32)
    slopes_are(kata.slope, [(("sigmoid", y), wanted), *outputs(device, torch.float32)], 1e-6)
    proof.close(kata.slope("sigmoid", y), wanted, atol=1e-12, row="entry")


def true_log(x):
    """Return log σ(x)σ(−x), of x's dtype: both logarithms in float64."""
    own = torch.nn.functional.logsigmoid
    return (own(x.double()) + own(-x.double())).to(x.dtype)


LOGS = ([0.0, -2.0, 3.0, 0.5], [17.0, -17.0, 40.0, -40.0], [1000.0, -1000.0, 800.0])


def logs(device, dtype):
    """Return inputs of log_sigmoid_slope that tell its mistakes apart."""
    return [at(x, device, dtype) for x in LOGS]


@pytest.mark.documented("m003-sigmoid-saturation")
@just_dtype
def test_log_sigmoid_slope_near_and_far(kata, device, dtype):
    """It is log ¼ at 0, −17 at 17 and at −17, and −1000 at ±1000, where the slope itself is 0."""
    are(kata.log_sigmoid_slope, logs(device, dtype), true_log, 0.0, LOGARITHM[dtype])


@just_dtype
def test_log_sigmoid_slope_anywhere(kata, device, dtype, fresh):
    """For any x of any shape, on both sides alike."""
    x = fresh.tensor(2, 3, low=-30, high=30, device=device, dtype=dtype)
    are(kata.log_sigmoid_slope, [x, *logs(device, dtype)], true_log, 0.0, LOGARITHM[dtype])


DEEP = [("sigmoid", [0.5, -2.0, 3.0]), ("tanh", [0.5, -1.0, 2.0]), ("relu", [0.5, -1.0, 2.0, 0.0])]


def deep(device, dtype, layers=3):
    """Return cases of slope_through, one of each activation."""
    given = [(name, at(x, device, dtype), layers) for name, x in DEEP]
    return [(case, true_slopes(*case)) for case in given]


@each_dtype
def test_slope_through_layers(kata, device, dtype, tol):
    """Through 1, 3 and 10 sigmoids the slope at 0.5 is 0.235, 0.012 and 3e-7: it vanishes."""
    x = at([0.5, -1.5], device, dtype)
    cases = [*deep(device, dtype)]
    cases += [(("sigmoid", x, n), true_slopes("sigmoid", x, n)) for n in (1, 10)]
    slopes_are(kata.slope_through, cases, tol)


@each_dtype
def test_slope_through_no_layer(kata, device, dtype, tol):
    """Without a layer the output is x itself: the slope is 1."""
    x = at([[0.5, -2.0]], device, dtype)
    none = [((name, x, 0), torch.ones_like(x)) for name in ("sigmoid", "tanh")]
    slopes_are(kata.slope_through, [*deep(device, dtype), *none], tol)


@pytest.mark.documented("m001-sigmoid-explodes")
def test_slope_through_sigmoids_never_explodes(kata, device):
    """At 601 places from −3 to 3 it is at most 4^−layers; the largest, ¼, is at 0."""
    x = torch.linspace(-3, 3, 601, dtype=torch.float64, device=device)
    cases = [(("sigmoid", x, n), true_slopes("sigmoid", x, n)) for n in (1, 4)]
    slopes_are(kata.slope_through, [*deep(device, x.dtype), *cases], 1e-12)
    largest = kata.slope_through("sigmoid", x, 1).max()
    proof.close(largest, 0.25, atol=1e-12, what="the largest slope")


@each_dtype
def test_slope_through_anywhere(kata, device, dtype, tol, fresh):
    """For any x and any number of layers, it is what autograd finds through torch's own."""
    cases = []
    for name, low, high in (("sigmoid", -4, 4), ("tanh", -2, 2), ("relu", -2, 2)):
        x = fresh.tensor(2, 3, low=low, high=high, device=device, dtype=dtype)
        layers = fresh.integer(2, 6)
        cases.append(((name, x, layers), true_slopes(name, x, layers)))
    slopes_are(kata.slope_through, [*cases, *deep(device, dtype)], tol)


@pytest.mark.observed("work")
def test_sigmoid_is_of_your_own(kata, device):
    """The sigmoid is made of several operations: torch's own one would teach nothing here."""
    x = at([0.5, -2.0], device, torch.float64)
    proof.close(kata.sigmoid(x), true_sigmoid(x), atol=1e-12, row="entry")
    if kata.observed.operations == 1:
        pytest.fail("Your sigmoid is a single call of torch. Write it with exp and arithmetic.")


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its argument, or returns what hangs on it or on a graph."""
    x = at([0.5, -2.0], device, torch.float64)
    y = at([0.7, 0.1], device, torch.float64)
    for call, wanted in (
        (lambda: kata.sigmoid(x), true_sigmoid(x)),
        (lambda: kata.slope_by_autograd(x), true_slope(x)),
        (lambda: kata.tanh(x), true_tanh(x)),
        (lambda: kata.slope("sigmoid", y), y * (1 - y)),
        (lambda: kata.slope("relu", y), torch.ones_like(y)),
        (lambda: kata.log_sigmoid_slope(x), true_log(x)),
        (lambda: kata.slope_through("tanh", x, 2), true_slopes("tanh", x, 2)),
        (lambda: kata.slope_through("relu", y, 0), torch.ones_like(y)),
    ):
        proof.close(call(), wanted, atol=1e-12, row="entry")
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_slope_by_autograd_is_autograds(kata, device):
    """The slopes are found by autograd through your sigmoid, and not by σ(x)(1 − σ(x))."""
    x = at([0.5, -2.0], device, torch.float64)
    proof.right(kata.slope_by_autograd(x), true_slope(x), atol=1e-10)
    proof.by_autograd(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """Twelve layers keep no more for a backward pass than three: take the product along."""
    x = at([0.5, -2.0], device, torch.float64)

    def through(layers):
        slopes_are(
            kata.slope_through,
            [(("tanh", x, layers), true_slopes("tanh", x, layers))],
            1e-12,
        )
        return kata.observed

    proof.keeps_no_more(through(3), through(12), "layers")


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the argument is."""
    x, y, away = torch.tensor([0.5, -2.0]), torch.tensor([0.7, 0.1]), kata.elsewhere
    proof.close(away.sigmoid(x), true_sigmoid(x), atol=1e-5, row="entry")
    proof.close(away.slope_by_autograd(x), true_slope(x), atol=1e-5, row="entry")
    proof.close(away.tanh(x), true_tanh(x), atol=1e-5, row="entry")
    for name, slopes in (("sigmoid", [0.21, 0.09]), ("tanh", [0.51, 0.99]), ("relu", [1.0, 1.0])):
        proof.close(away.slope(name, y), slopes, atol=1e-5, row="entry")
    proof.close(away.log_sigmoid_slope(x), true_log(x), atol=1e-5, row="entry")
    for name in TRUE:
        wanted = true_slopes(name, x, 3)
        proof.close(away.slope_through(name, x, 3), wanted, atol=1e-5, row="entry")


def test_slope_needs_one_output_alone(kata, device):
    """One output of softmax does not tell its slopes: a ValueError. The three names are enough."""
    slopes_are(kata.slope, outputs(device, torch.float64), 1e-12)
    inputs = [("softmax", at(y, device, torch.float64)) for y in ([0.2, 0.3, 0.5], [0.6, 0.4])]
    proof.refuses(kata.slope, [*inputs, ("swish", inputs[0][1])], ValueError)
