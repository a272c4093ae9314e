"""The spec of kata 16, optimizers: one step of SGD, Adagrad, RMSprop, Adadelta, Adam and Rprop."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch.optim.adadelta import adadelta as torch_adadelta
from torch.optim.adagrad import adagrad as torch_adagrad
from torch.optim.adam import adam as torch_adam
from torch.optim.rmsprop import rmsprop as torch_rmsprop
from torch.optim.rprop import rprop as torch_rprop
from torch.optim.sgd import sgd as torch_sgd

from dojo.spec import proof

DTYPES = [
    # one step, beside 1 + its size (measured 3e-16 and 2e-7): torch fuses products and sums
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-6, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "tol"), DTYPES)

# What each optimizer remembers beside w, in the order of the arguments.
MEMORY = {
    "sgd": ("v",),
    "adagrad": ("s",),
    "rmsprop": ("s",),
    "adadelta": ("s", "d"),
    "adam": ("m", "s"),
    "rprop": ("size", "before"),
}
each_optimizer = pytest.mark.parametrize("name", MEMORY)

# Every setting has two values, and eps is large in one of them: a small one hides where it stands.
SETTINGS = {
    "sgd": [
        {"lr": 0.05, "momentum": 0.63, "weight_decay": 0.5, "nesterov": True},
        {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.3, "nesterov": False},
        {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.0, "nesterov": False},
    ],
    "adagrad": [{"lr": 0.3, "eps": 0.1}, {"lr": 0.01, "eps": 1e-10}],
    "rmsprop": [{"lr": 0.1, "alpha": 0.7, "eps": 0.1}, {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}],
    "adadelta": [{"lr": 0.3, "rho": 0.6, "eps": 0.01}, {"lr": 1.0, "rho": 0.9, "eps": 1e-6}],
    "adam": [
        {"lr": 0.1, "beta1": 0.6, "beta2": 0.9, "eps": 0.1},
        {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    ],
    "rprop": [
        {"etaminus": 0.3, "etaplus": 1.5, "smallest": 0.05, "largest": 0.9},
        {"etaminus": 0.5, "etaplus": 1.2, "smallest": 1e-6, "largest": 50.0},
    ],
}

# torch's own function for each, and what it can do besides. Its class would import torch._dynamo.
TORCH: dict[str, tuple[Any, dict[str, Any]]] = {
    "sgd": (torch_sgd, {"dampening": 0.0, "maximize": False}),
    "adagrad": (
        torch_adagrad,
        {"weight_decay": 0.0, "lr_decay": 0.0, "maximize": False, "foreach": False},
    ),
    "rmsprop": (
        torch_rmsprop,
        {
            "weight_decay": 0.0,
            "momentum": 0.0,
            "centered": False,
            "maximize": False,
            "foreach": False,
        },
    ),
    "adadelta": (torch_adadelta, {"weight_decay": 0.0, "maximize": False, "foreach": False}),
    "adam": (
        torch_adam,
        {"weight_decay": 0.0, "amsgrad": False, "maximize": False, "foreach": False},
    ),
    "rprop": (torch_rprop, {"foreach": False}),
}
RENAMED = {"smallest": "step_size_min", "largest": "step_size_max"}
# The steps that are looked at. No two are neighbours: no call is given what another is to return.
LOOKED_AT = (0, 2, 4, 10)


def torch_step(name, w, memory, count, grad, settings):
    """Take torch.optim's own step: w, memory and the count of the steps change in place."""
    first, last, unused = memory[0], memory[-1], list[torch.Tensor]()
    lists = {
        "sgd": ([first],),
        "adagrad": ([first], [count]),
        "rmsprop": ([first], unused, unused, [count]),
        "adadelta": ([first], [last], [count]),
        "adam": ([first], [last], unused, [count]),
        "rprop": ([last], [first], [count]),
    }[name]
    step, besides = TORCH[name]
    step([w], [grad], *lists, **{RENAMED.get(k, k): v for k, v in settings.items()}, **besides)


def torch_states(name, w, grads, settings, size=0.2):
    """Return (w, *memory) of torch.optim before each gradient, and after the last."""
    w, count = w.clone(), torch.tensor(0.0)
    memory = [torch.full_like(w, size if part == "size" else 0.0) for part in MEMORY[name]]
    seen = [(w.clone(), *(part.clone() for part in memory))]
    for grad in grads:
        torch_step(name, w, memory, count, grad.clone(), settings)
        seen.append((w.clone(), *(part.clone() for part in memory)))
    return seen


def arguments(name, state, t, grad, settings):
    """Return the arguments of step t: all of them clones."""
    count = (t,) if name == "adam" else ()
    return (*(part.clone() for part in state), *count, grad.clone(), *settings.values())


def drawn(fresh, device, dtype):
    """Draw w [3, 2] and the gradients of a few steps.

    One weight has none at first, as where a unit is dead; the gradients of another keep their sign.
    """
    w = fresh.tensor(3, 2, device=device, dtype=dtype)
    grads = fresh.tensor(max(LOOKED_AT) + 1, 3, 2, device=device, dtype=dtype)
    grads[:3, 0, 0] = 0
    grads[:, 2, 1] = grads[:, 2, 1].abs() + 0.1
    return w, grads


def is_state(result, wanted, name, tol, row="row"):
    """Claim the memory after a step, and w: if the memory is wrong, w is wrong because of it."""
    proof.parts(result, len(wanted))
    named = list(zip(("w", *MEMORY[name]), result, wanted, strict=True))
    for what, mine, its in named:
        proof.tensor(mine, its.shape, like=its, what=f"the new {what}")
    for what, mine, its in (*named[1:], named[0]):
        proof.close(mine, its, atol=tol, rtol=tol, row=row, column=f"new {what}", digits=5)


def each_by_hand(kata, name, device, cases):
    """Claim (arguments, (w, *memory)) of calls whose numbers a person can work out.

    In float32, of which a message shows more numbers: no dtype stands beside them.
    """

    def tensors(given):
        return tuple(torch.tensor(a, device=device) if isinstance(a, list) else a for a in given)

    asked = [(tensors(given), tensors(wanted)) for given, wanted in cases]
    claim = partial(is_state, name=name, tol=1e-6, row="weight")
    proof.each(getattr(kata, name), asked, claim)


def each_step_is_torchs(kata, name, device, dtype, tol, fresh):
    """Claim that from where torch.optim was, the answer goes to where torch.optim went next."""
    w, grads = drawn(fresh, device, dtype)
    cases = []
    for settings in SETTINGS[name]:
        states = list(pairwise(torch_states(name, w, grads, settings)))
        for t in LOOKED_AT:
            before, after = states[t]
            cases.append((arguments(name, before, t + 1, grads[t], settings), after))
    proof.each(getattr(kata, name), cases, partial(is_state, name=name, tol=tol))


def walk_agrees(kata, name, device, documented, trace, steps, settings):
    """Claim a documented walk on 4x² from 2, each step from where the answer's last one ended."""
    w = torch.tensor([2.0, -0.5], dtype=torch.float64, device=device)
    ahead = (w, *(torch.full_like(w, 0.7) for _ in MEMORY[name]))
    for sharp in SETTINGS[name][:2]:  # asked first: in a first step half of the rules are alike
        getattr(kata, name)(*arguments(name, ahead, 3, 8 * w, sharp))
    w = torch.tensor([2.0], dtype=torch.float64, device=device)
    state = (w, *(torch.full_like(w, 0.01 if part == "size" else 0.0) for part in MEMORY[name]))
    path = [w]
    for t in range(1, steps + 1):
        state = getattr(kata, name)(*arguments(name, state, t, 8 * path[-1], settings))
        proof.parts(state, 1 + len(MEMORY[name]))
        path.append(state[0])
    documented.agrees(trace, torch.stack(path))


@pytest.mark.documented("m002-weight-decay")
def test_sgd_by_hand(kata, device):
    """The decay joins the gradient, that goes into v, and w moves by v or by Nesterov's step."""
    given = ([4.0, -2.0], [4.0, 0.0], [8.0, -4.0], 0.1, 0.5, 0.5)
    cases = [
        # gradients 10 and −5 with their decay; v = 12 and −5
        ((*given, False), ([2.8, -1.5], [12.0, -5.0])),
        # Nesterov's steps: 10 + 0.5 · 12 = 16 and −5 + 0.5 · (−5) = −7.5
        ((*given, True), ([2.4, -1.25], [12.0, -5.0])),
        # 4x² from 2 with weight decay 0.5: the penalty is wd/2 · w², its slope 1
        (([2.0], [0.0], [16.0], 0.01, 0.0, 0.5, False), ([1.83], [17.0])),
    ]
    each_by_hand(kata, "sgd", device, cases)


@each_dtype
def test_sgd_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.SGD is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "sgd", device, dtype, tol, fresh)


def test_sgd_agrees_with_the_document(kata, device, documented):
    """Without momentum the steps on 4x² from 2 are plain: 1.84, 1.6928, 1.557376."""
    plain = {"lr": 0.01, "momentum": 0.0, "weight_decay": 0.0, "nesterov": False}
    walk_agrees(kata, "sgd", device, documented, "sgd", 3, plain)


def test_nesterov_agrees_with_the_document(kata, device, documented):
    """Nesterov's first step is longer, by momentum · grad: to 1.696, where a plain one is 1.84."""
    nesterov = {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.0, "nesterov": True}
    walk_agrees(kata, "sgd", device, documented, "nesterov", 4, nesterov)


def test_adagrad_by_hand(kata, device):
    """s grows by the gradient's square, then its root divides: 9 + 4² is 25, whose root is 5."""
    given = ([2.0, -1.0, 1.0], [9.0, 0.0, 0.0], [4.0, -2.0, 0.0], 0.4, 3.0)
    # steps of 0.4 · 4 / (5 + 3), 0.4 · (−2) / (2 + 3), and 0 where no gradient was
    wanted = ([1.8, -0.84, 1.0], [25.0, 4.0, 0.0])
    each_by_hand(kata, "adagrad", device, [(given, wanted)])


@each_dtype
def test_adagrad_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.Adagrad is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "adagrad", device, dtype, tol, fresh)


def test_adagrad_agrees_with_the_document(kata, device, documented):
    """The first step is as long as lr, and then they get shorter: 1.99, 1.9829, 1.9772."""
    settings = {"lr": 0.01, "eps": 1e-10}
    walk_agrees(kata, "adagrad", device, documented, "adagrad", 3, settings)


def test_rmsprop_by_hand(kata, device):
    """s keeps alpha of itself: 0.75 · 28 + 0.25 · 4² is 25, whose root is 5."""
    given = ([2.0, -1.0, 1.0], [28.0, 0.0, 12.0], [4.0, -4.0, 0.0], 0.4, 0.75, 3.0)
    # steps of 0.4 · 4 / (5 + 3) and 0.4 · (−4) / (2 + 3)
    wanted = ([1.8, -0.68, 1.0], [25.0, 4.0, 9.0])
    each_by_hand(kata, "rmsprop", device, [(given, wanted)])


@each_dtype
def test_rmsprop_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.RMSprop is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "rmsprop", device, dtype, tol, fresh)


def test_rmsprop_agrees_with_the_document(kata, device, documented):
    """The average begins at 0 and is small at first, so the steps are long: 1.9, 1.8309, 1.7753."""
    settings = {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}
    walk_agrees(kata, "rmsprop", device, documented, "rmsprop", 3, settings)


def test_adadelta_by_hand(kata, device):
    """The step is √(d + eps) / √(s + eps) · grad with the old d: 2 / 5 · 6 = 2.4."""
    given = ([2.0, -1.0], [20.0, 8.0], [3.0, 0.0], [6.0, -6.0], 0.5, 0.75, 1.0)
    # new s: 15 + 9 and 6 + 9; steps 2 / 5 · 6 and 1 / 4 · (−6); new d: 2.25 + 1.44 and 0 + 0.5625
    wanted = ([0.8, -0.25], [24.0, 15.0], [3.69, 0.5625])
    each_by_hand(kata, "adadelta", device, [(given, wanted)])


@each_dtype
def test_adadelta_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.Adadelta is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "adadelta", device, dtype, tol, fresh)


def test_adadelta_agrees_with_the_document(kata, device, documented):
    """With no steps behind it d is 0, and the steps begin tiny: 1.999968, 1.999936, 1.999903."""
    settings = {"lr": 0.01, "rho": 0.9, "eps": 1e-6}
    walk_agrees(kata, "adadelta", device, documented, "adadelta", 3, settings)


def test_adam_by_hand(kata, device):
    """In step 2, m is divided by 1 − beta1² and s by 1 − beta2²: to 4.5 / 0.75 and 9 / 0.36."""
    given = ([2.0, 0.0], [4.0, 9.0], [5.0, 11.25], 2, [5.0, 0.0], 0.2, 0.5, 0.8, 1.0)
    # both steps are 0.2 · 6 / (5 + 1): the second weight has no gradient, and rolls on
    wanted = ([1.8, -0.2], [4.5, 4.5], [9.0, 9.0])
    # step 3 tells apart what is alike in step 2: 0.2 · 4 / (2 + 2)
    later = ([2.0, 0.0], [6.0, 7.0], [2.19, 2.44], 3, [1.0, 0.0], 0.2, 0.5, 0.8, 2.0)
    then = ([1.8, -0.2], [3.5, 3.5], [1.952, 1.952])
    each_by_hand(kata, "adam", device, [(given, wanted), (later, then)])


@each_dtype
def test_adam_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.Adam is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "adam", device, dtype, tol, fresh)


def test_adam_agrees_with_the_document(kata, device, documented):
    """The first step is as long as lr, and nearly so are the next: 1.99, 1.980001, 1.970005."""
    settings = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    walk_agrees(kata, "adam", device, documented, "adam", 3, settings)


def test_rprop_by_hand(kata, device):
    """Signs alike: size 4 grows to 6. Unlike: it shrinks to 2, and w waits. A 0: size stays 4."""
    settings = (0.5, 1.5, 1.0, 8.0)
    cases = [
        (  # alike, unlike
            ([9.0, 9.0], [4.0, 4.0], [4.0, -4.0], [7.0, 7.0], *settings),
            ([3.0, 9.0], [6.0, 2.0], [7.0, 0.0]),
        ),
        (  # no gradient before, none now
            ([9.0, 9.0], [4.0, 4.0], [0.0, -4.0], [6.0, 0.0], *settings),
            ([5.0, 9.0], [4.0, 4.0], [6.0, 0.0]),
        ),
        (  # 1.5 would shrink to 0.75 and 7 would grow to 10.5, beyond the limits
            ([9.0, 9.0], [1.5, 7.0], [-4.0, -4.0], [5.0, -5.0], *settings),
            ([9.0, 17.0], [1.0, 8.0], [0.0, -5.0]),
        ),
    ]
    each_by_hand(kata, "rprop", device, cases)


@each_dtype
def test_rprop_is_torchs(kata, device, dtype, tol, fresh):
    """From wherever torch.optim.Rprop is in its first steps, you go where it goes next."""
    each_step_is_torchs(kata, "rprop", device, dtype, tol, fresh)


def test_rprop_agrees_with_the_document(kata, device, documented):
    """While the sign stays the steps grow by 1.2: 1.99, 1.978, 1.9636."""
    settings = {"etaminus": 0.5, "etaplus": 1.2, "smallest": 1e-6, "largest": 50.0}
    walk_agrees(kata, "rprop", device, documented, "rprop", 3, settings)


def step_of(name, fresh, device, settings, t, repeat=(1, 1)):
    """Return the arguments of step t of torch's walk, each tensor repeated, and the new state."""
    w, grads = drawn(fresh, device, torch.float64)
    before, after = torch_states(name, w, grads[:t], settings)[-2:]
    state, wanted = (tuple(part.repeat(repeat) for part in its) for its in (before, after))
    return arguments(name, state, t, grads[t - 1].repeat(repeat), settings), wanted


@pytest.mark.observed("work")
@each_optimizer
def test_all_weights_step_at_once(kata, device, fresh, name):
    """Three hundred weights take no more operations than six."""
    step, settings = getattr(kata, name), SETTINGS[name][0]
    given, wanted = step_of(name, fresh, device, settings, 4)
    proof.right(step(*given), wanted, atol=1e-10, rtol=1e-10)
    few = kata.observed
    given, wanted = step_of(name, fresh, device, settings, 4, repeat=(10, 5))
    proof.right(step(*given), wanted, atol=1e-10, rtol=1e-10)
    proof.works_no_more(few, kata.observed, "weights")


@pytest.mark.observed
@each_optimizer
def test_arguments_are_left_alone(kata, device, fresh, name):
    """A step returns new tensors: the old w and memory are the caller's, who may need them."""
    for settings in SETTINGS[name]:
        for t in (1, 4):  # before step 1 nothing is remembered: no sign has turned
            given, wanted = step_of(name, fresh, device, settings, t)
            proof.right(getattr(kata, name)(*given), wanted, atol=1e-10, rtol=1e-10)
            proof.untouched(kata.observed)


@pytest.mark.observed
@each_optimizer
def test_everything_stays_on_its_device(kata, fresh, name):
    """What is made on the way is made where w is."""
    given, wanted = step_of(name, fresh, "cpu", SETTINGS[name][0], 4)
    proof.right(getattr(kata.elsewhere, name)(*given), wanted, atol=1e-10, rtol=1e-10)
