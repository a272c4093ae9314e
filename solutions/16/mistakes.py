"""Kata 16, optimizers: what learners get wrong; docstrings end "… the numbers of"."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake

T = Tensor  # so that an optimizer's many parameters fit on a line
Two = tuple[Tensor, Tensor]
Three = tuple[Tensor, Tensor, Tensor]


def ball(w: T, v: T, g: T, lr: float, momentum: float, nesterov: bool) -> Two:
    """Take the right step of SGD, g being the gradient with its decay."""
    v = momentum * v + g
    return w - lr * (g + momentum * v if nesterov else v), v


@mistake("sgd")
def lr_inside_v(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """v = momentum · v + lr · grad and w − v: a v that holds lr (the same path only while lr
    stays)"""
    return ball(w, v, lr * (grad + weight_decay * w), 1.0, momentum, nesterov)


@mistake("sgd")
def average_of_gradients(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """momentum · v + (1 − momentum) · grad: an average, where PyTorch adds the whole gradient"""
    g = grad + weight_decay * w
    v = momentum * v + (1 - momentum) * g
    return w - lr * (g + momentum * v if nesterov else v), v


@mistake("sgd")
def moved_by_the_old_v(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """a w that moves by the old v: the new v comes first, and w moves by that one"""
    g = grad + weight_decay * w
    return w - lr * (g + momentum * v if nesterov else v), momentum * v + g


@mistake("sgd")
def moved_by_the_gradient(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """w − lr · grad: v is computed, but w does not move by it"""
    g = grad + weight_decay * w
    v = momentum * v + g
    return w - lr * (g + momentum * v if nesterov else g), v


@mistake("sgd")
def nesterov_ignored(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """w − lr · v for nesterov too, the heavy ball's step (g + momentum · v with the old v is the
    same)"""
    return ball(w, v, grad + weight_decay * w, lr, momentum, nesterov=False)


@mistake("sgd")
def nesterov_always(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """Nesterov's step, also where nesterov is False"""
    return ball(w, v, grad + weight_decay * w, lr, momentum, nesterov=True)


@mistake("sgd")
def nesterov_looks_twice(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """Nesterov's step by v + momentum · v: it is grad + momentum · v, for v holds grad already"""
    v = momentum * v + grad + weight_decay * w
    return w - lr * (v + momentum * v if nesterov else v), v


@mistake("sgd")
def nesterov_without_the_decay(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """Nesterov's step with the bare gradient: the decay is in v, and missing beside it"""
    v = momentum * v + grad + weight_decay * w
    return w - lr * (grad + momentum * v if nesterov else v), v


@mistake("sgd")
def decay_forgotten(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """steps without weight decay"""
    return ball(w, v, grad, lr, momentum, nesterov)


@mistake("sgd")
def decay_beside_the_step(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """a decay taken from w beside the step, as AdamW does it: in SGD it joins the gradient, and so
    it goes into v"""
    moved, v = ball(w, v, grad, lr, momentum, nesterov)
    return moved - lr * weight_decay * w, v


@mistake("sgd")
def decay_doubled(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """a gradient with 2 · weight_decay · w: the penalty is half of weight_decay · w², so the 2
    cancels"""
    return ball(w, v, grad + 2 * weight_decay * w, lr, momentum, nesterov)


@mistake("sgd")
def decay_subtracted(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """grad − weight_decay · w: with this sign the weights grow instead of decaying"""
    return ball(w, v, grad - weight_decay * w, lr, momentum, nesterov)


@mistake("sgd")
def penalty_for_its_slope(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """grad + weight_decay / 2 · w²: that is the penalty, and its slope weight_decay · w belongs
    here"""
    return ball(w, v, grad + weight_decay / 2 * w**2, lr, momentum, nesterov)


@mistake("sgd")
def nesterovs_step_returned(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """Nesterov's step returned in the place of v: w moves by it, and v is what is remembered"""
    g = grad + weight_decay * w
    v = momentum * v + g
    step = g + momentum * v if nesterov else v
    return w - lr * step, step


@mistake("sgd")
def sgd_uphill(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """w + lr · step: uphill, along the gradient"""
    return ball(w, v, grad + weight_decay * w, -lr, momentum, nesterov)


def divided(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """Take the right step of Adagrad and RMSprop, s being the new one."""
    return w - lr * grad / (s.sqrt() + eps), s


@mistake("adagrad")
def eps_inside_the_root(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a step divided by √(s + eps): eps is added after the root"""
    s = s + grad**2
    return w - lr * grad / (s + eps).sqrt(), s


@mistake("adagrad")
def root_forgotten(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a step divided by s itself: only its root is in the gradient's units"""
    s = s + grad**2
    return w - lr * grad / (s + eps), s


@mistake("adagrad")
def sizes_summed(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """an s that sums the gradients' sizes |grad|: it sums their squares"""
    return divided(w, s + grad.abs(), grad, lr, eps)


@mistake("adagrad")
def divided_by_the_old_s(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a step divided by the root of the old s: the new gradient goes into s first"""
    return divided(w, s, grad, lr, eps)[0], s + grad**2


@mistake("adagrad")
def one_s_for_all(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """one sum over all the weights: each weight has a sum of its own"""
    return divided(w, s + (grad**2).sum(), grad, lr, eps)


@mistake("adagrad")
def s_overwritten(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """s = grad²: the old sum is lost, so each step is as long as lr"""
    return divided(w, grad**2, grad, lr, eps)


@mistake("adagrad")
def old_s_returned(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a right w beside the old s: the new sum is not returned"""
    return divided(w, s + grad**2, grad, lr, eps)[0], s.clone()


@mistake("adagrad")
def root_returned(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a right w beside the root of s: what is remembered is the sum of the squares"""
    moved, s = divided(w, s + grad**2, grad, lr, eps)
    return moved, s.sqrt()


@mistake("adagrad")
def eps_left_out(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """a step divided by √s without eps: where no gradient was yet, that is 0/0"""
    return divided(w, s + grad**2, grad, lr, 0.0)


@mistake("adagrad")
def adagrad_uphill(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """w + lr · step: uphill, along the gradient"""
    return divided(w, s + grad**2, grad, -lr, eps)


@mistake("adagrad")
def square_forgotten(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """an s that sums the gradients themselves: it sums their squares"""
    s = s + grad
    return w - lr * grad / (s.sqrt() + eps), s


@mistake("adagrad")
def eps_outside_the_fraction(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """w − lr · grad / √s + eps: brackets are missing around √s + eps"""
    s = s + grad**2
    return w - lr * grad / s.sqrt() + eps, s


@mistake("rmsprop")
def rmsprop_eps_inside(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """a step divided by √(s + eps): eps is added after the root"""
    s = alpha * s + (1 - alpha) * grad**2
    return w - lr * grad / (s + eps).sqrt(), s


@mistake("rmsprop")
def shares_swapped(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """(1 − alpha) · s + alpha · grad²: alpha is the share of the old s"""
    return divided(w, (1 - alpha) * s + alpha * grad**2, grad, lr, eps)


@mistake("rmsprop")
def share_of_the_new_forgotten(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """alpha · s + grad²: without 1 − alpha before the square it is no average"""
    return divided(w, alpha * s + grad**2, grad, lr, eps)


@mistake("rmsprop")
def adagrad_again(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """s + grad², Adagrad's sum: alpha is not used, and nothing is forgotten"""
    return divided(w, s + grad**2, grad, lr, eps)


@mistake("rmsprop")
def corrected_as_the_first(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """an s divided by 1 − alpha before the root, as Adam does in its first step: RMSprop corrects
    nothing"""
    s = alpha * s + (1 - alpha) * grad**2
    return w - lr * grad / ((s / (1 - alpha)).sqrt() + eps), s


@mistake("rmsprop")
def rmsprop_root_forgotten(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """a step divided by s itself: only its root is in the gradient's units"""
    s = alpha * s + (1 - alpha) * grad**2
    return w - lr * grad / (s + eps), s


@mistake("rmsprop")
def rmsprop_by_the_old_s(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """a step divided by the root of the old s: the new gradient goes into s first"""
    return divided(w, s, grad, lr, eps)[0], alpha * s + (1 - alpha) * grad**2


@mistake("rmsprop")
def gradients_averaged(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """an s that averages the gradients, not their squares: signs cancel in it"""
    s = alpha * s + (1 - alpha) * grad
    return w - lr * grad / (s.abs().sqrt() + eps), s


@mistake("rmsprop")
def average_squared(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """(alpha · s + (1 − alpha) · grad)²: the gradient is squared first, then averaged"""
    return divided(w, (alpha * s + (1 - alpha) * grad) ** 2, grad, lr, eps)


@mistake("rmsprop")
def one_average_for_all(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """one average over all the weights: each weight has an average of its own"""
    return divided(w, alpha * s + (1 - alpha) * (grad**2).mean(), grad, lr, eps)


@mistake("rmsprop")
def share_squared(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """((1 − alpha) · grad)², a share that is squared too: it is (1 − alpha) · grad²"""
    s = alpha * s + ((1 - alpha) * grad) ** 2
    return w - lr * grad / (s.sqrt() + eps), s


@mistake("rmsprop")
def rmsprop_uphill(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """w + lr · step: uphill, along the gradient"""
    return divided(w, alpha * s + (1 - alpha) * grad**2, grad, -lr, eps)


def kept(old: T, new: T, rho: float) -> T:
    """Return the average of squares with a new one."""
    return rho * old + (1 - rho) * new**2


def scaled(s: T, d: T, grad: T, eps: float) -> T:
    """Return Adadelta's step before lr."""
    return (d + eps).sqrt() / (s + eps).sqrt() * grad


@mistake("adadelta")
def eps_outside_the_roots(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """(√d + eps) / (√s + eps) · grad: here eps is added before the roots"""
    s = kept(s, grad, rho)
    step = (d.sqrt() + eps) / (s.sqrt() + eps) * grad
    return w - lr * step, s, kept(d, step, rho)


@mistake("adadelta")
def eps_below_only(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """√d / √(s + eps) · grad: without eps in it the first d is 0, and no step is ever taken"""
    s = kept(s, grad, rho)
    step = d.sqrt() / (s + eps).sqrt() * grad
    return w - lr * step, s, kept(d, step, rho)


@mistake("adadelta")
def lr_inside_d(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a d that averages the squares of lr · step: the step goes into d before lr"""
    s = kept(s, grad, rho)
    step = lr * scaled(s, d, grad, eps)
    return w - step, s, kept(d, step, rho)


@mistake("adadelta")
def lr_forgotten(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """w − step: lr is left out"""
    s = kept(s, grad, rho)
    step = scaled(s, d, grad, eps)
    return w - step, s, kept(d, step, rho)


@mistake("adadelta")
def new_d_in_the_step(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a w that moves by a step with the new d: the step has the d of the steps before it"""
    s = kept(s, grad, rho)
    d = kept(d, scaled(s, d, grad, eps), rho)
    return w - lr * scaled(s, d, grad, eps), s, d


@mistake("adadelta")
def old_s_in_the_step(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a step with the old s: the new gradient goes into s first"""
    step = scaled(s, d, grad, eps)
    return w - lr * step, kept(s, grad, rho), kept(d, step, rho)


@mistake("adadelta")
def d_not_in_the_step(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """grad / √(s + eps): without √(d + eps) it is RMSprop's step"""
    s = kept(s, grad, rho)
    step = grad / (s + eps).sqrt()
    return w - lr * step, s, kept(d, step, rho)


@mistake("adadelta")
def fraction_upside_down(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """√(s + eps) / √(d + eps) · grad: the fraction is upside down"""
    s = kept(s, grad, rho)
    step = (s + eps).sqrt() / (d + eps).sqrt() * grad
    return w - lr * step, s, kept(d, step, rho)


@mistake("adadelta")
def d_of_gradients(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a d that averages the squares of the gradients, as s does: it averages those of the steps"""
    s = kept(s, grad, rho)
    return w - lr * scaled(s, d, grad, eps), s, kept(d, grad, rho)


@mistake("adadelta")
def rho_for_the_new(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """(1 − rho) · s + rho · grad²: rho is the share of the old s and of the old d"""
    s = kept(s, grad, 1 - rho)
    step = scaled(s, d, grad, eps)
    return w - lr * step, s, kept(d, step, 1 - rho)


@mistake("adadelta")
def step_not_squared(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a d that averages the steps themselves: it averages their squares"""
    s = rho * s + (1 - rho) * grad**2
    step = (d + eps).sqrt() / (s + eps).sqrt() * grad
    return w - lr * step, s, rho * d + (1 - rho) * step


@mistake("adadelta")
def old_d_returned(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a d that stays as it was: the new d, with this step in it, is returned"""
    s = rho * s + (1 - rho) * grad**2
    return w - lr * (d + eps).sqrt() / (s + eps).sqrt() * grad, s, d.clone()


@mistake("adadelta")
def roots_forgotten(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """(d + eps) / (s + eps) · grad: both roots are missing"""
    s = kept(s, grad, rho)
    step = (d + eps) / (s + eps) * grad
    return w - lr * step, s, kept(d, step, rho)


def moments(m: T, s: T, grad: T, beta1: float, beta2: float) -> Two:
    """Return Adam's two averages with a new gradient."""
    return beta1 * m + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2


def quotient(m: T, s: T, less1: float, less2: float, eps: float) -> T:
    """Return Adam's step before lr, with m and s divided by what they are corrected by."""
    return m / less1 / ((s / less2).sqrt() + eps)


@mistake("adam")
def never_corrected(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a step by m and s as they are: they began at 0, so both are too small at first"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1, 1, eps), m, s


@mistake("adam")
def only_s_corrected(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a corrected s under an m that is not: m is divided by 1 − beta1ᵗ as well"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1, 1 - beta2**t, eps), m, s


@mistake("adam")
def only_m_corrected(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a corrected m over an s that is not: s is divided by 1 − beta2ᵗ as well"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1 - beta1**t, 1, eps), m, s


@mistake("adam")
def counted_once_more(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a correction for step t + 1: t counts from 1 already"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1 - beta1 ** (t + 1), 1 - beta2 ** (t + 1), eps), m, s


@mistake("adam")
def corrected_as_in_step_one(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a correction by 1 − beta in every step: that is right in step 1 only, then it is 1 − betaᵗ"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1 - beta1, 1 - beta2, eps), m, s


@mistake("adam")
def counted_from_zero(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a correction for step t − 1: t counts from 1, and 1 − betaᵗ is for step t"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1 - beta1 ** (t - 1), 1 - beta2 ** (t - 1), eps), m, s


@mistake("adam")
def power_read_as_product(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """1 − beta · t where 1 − betaᵗ belongs: the power is beta**t"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(m, s, 1 - beta1 * t, 1 - beta2 * t, eps), m, s


@mistake("adam")
def corrected_after_the_root(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """√s divided by 1 − beta2ᵗ: first s is divided, then comes the root"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (s.sqrt() / (1 - beta2**t) + eps), m, s


@mistake("adam")
def corrected_returned(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a right w beside a corrected m and s: the next step would correct them a second time"""
    m, s = moments(m, s, grad, beta1, beta2)
    m, s = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - lr * quotient(m, s, 1, 1, eps), m, s


@mistake("adam")
def adam_eps_inside(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a step divided by the root of s + eps: eps is added after the root"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (s / (1 - beta2**t) + eps).sqrt(), m, s


@mistake("adam")
def eps_before_the_correction(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """an eps added to the root of the s that is not corrected yet: first correct s, then take the
    root, then add eps"""
    m, s = moments(m, s, grad, beta1, beta2)
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (s.sqrt() + eps), m, s


@mistake("adam")
def betas_swapped(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """betas that have changed places: beta1 belongs to the gradients, beta2 to their squares"""
    m, s = moments(m, s, grad, beta2, beta1)
    return w - lr * quotient(m, s, 1 - beta2**t, 1 - beta1**t, eps), m, s


@mistake("adam")
def adam_shares_swapped(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """(1 − beta) · old + beta · new: beta is the share of the old average"""
    m, s = moments(m, s, grad, 1 - beta1, 1 - beta2)
    return w - lr * quotient(m, s, 1 - beta1**t, 1 - beta2**t, eps), m, s


@mistake("adam")
def square_of_the_average(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """an s that averages m²: it averages grad²"""
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * m**2
    return w - lr * quotient(m, s, 1 - beta1**t, 1 - beta2**t, eps), m, s


@mistake("adam")
def gradient_for_the_average(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a step by grad, not by its corrected average: m is computed, but w does not move by it"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * quotient(grad, s, 1, 1 - beta2**t, eps), m, s


@mistake("adam")
def adam_root_forgotten(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """a step divided by s itself: only its root is in the gradient's units"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (s / (1 - beta2**t) + eps), m, s


@mistake("adam")
def adam_uphill(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """w + lr · step: uphill, along the gradient"""
    m, s = moments(m, s, grad, beta1, beta2)
    return w + lr * quotient(m, s, 1 - beta1**t, 1 - beta2**t, eps), m, s


def sized(size: T, before: T, grad: T, etaminus: float, etaplus: float) -> Two:
    """Return the sizes before they are limited, and the gradient, 0 where its sign has turned."""
    sign = grad.sign() * before.sign()
    size = torch.where(sign > 0, size * etaplus, torch.where(sign < 0, size * etaminus, size))
    return size, torch.where(sign < 0, 0.0, grad)


@mistake("rprop")
def moved_after_a_turn(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a w that moves also where the sign has turned: there it waits for one step"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    size = size.clamp(smallest, largest)
    return w - size * grad.sign(), size, left


@mistake("rprop")
def turn_remembered(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a new before that is grad also where the sign has turned: there it is 0, or the size would
    shrink again"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    size = size.clamp(smallest, largest)
    return w - size * left.sign(), size, grad.clone()


@mistake("rprop")
def never_waits(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """steps that never wait: where the sign has turned w stays, and the new before is 0"""
    size = sized(size, before, grad, etaminus, etaplus)[0].clamp(smallest, largest)
    return w - size * grad.sign(), size, grad.clone()


@mistake("rprop")
def step_taken_back(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a w that goes back by its old size where the sign has turned: in torch it waits there"""
    new, left = sized(size, before, grad, etaminus, etaplus)
    new = new.clamp(smallest, largest)
    back = torch.where(grad * before < 0, size * before.sign(), 0.0)
    return w + back - new * left.sign(), new, left


@mistake("rprop")
def etas_swapped(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes that shrink where the sign stays and grow where it turns: etaplus and etaminus have
    changed places"""
    size, left = sized(size, before, grad, etaplus, etaminus)
    size = size.clamp(smallest, largest)
    return w - size * left.sign(), size, left


@mistake("rprop")
def never_shrinks(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes that stay where the sign has turned: there they shrink, times etaminus"""
    size, left = sized(size, before, grad, 1.0, etaplus)
    size = size.clamp(smallest, largest)
    return w - size * left.sign(), size, left


@mistake("rprop")
def gradients_size_used(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """w − size · grad: of the gradient only the sign counts"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    size = size.clamp(smallest, largest)
    return w - size * left, size, left


@mistake("rprop")
def never_limited(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes without limits: they stay between smallest and largest"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    return w - size * left.sign(), size, left


@mistake("rprop")
def limited_for_this_step_only(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a right w beside a size without limits: the size that is returned has them too"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    return w - size.clamp(smallest, largest) * left.sign(), size, left


@mistake("rprop")
def moved_by_the_old_size(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a w that moves by the old size: the size changes first"""
    new, left = sized(size, before, grad, etaminus, etaplus)
    return w - size * left.sign(), new.clamp(smallest, largest), left


@mistake("rprop")
def zero_counts_as_agreement(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes that grow where one of the two gradients is 0: there they stay"""
    agree = grad * before >= 0
    size = torch.where(agree, size * etaplus, size * etaminus).clamp(smallest, largest)
    left = torch.where(agree, grad, 0.0)
    return w - size * left.sign(), size, left


@mistake("rprop")
def zero_counts_as_a_turn(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes that shrink where one of the two gradients is 0, as after a turn: there they stay"""
    agree = grad * before > 0
    size = torch.where(agree, size * etaplus, size * etaminus).clamp(smallest, largest)
    left = torch.where(agree, grad, 0.0)
    return w - size * left.sign(), size, left


@mistake("rprop")
def rprop_uphill(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """w + size · sign: uphill, along the gradient"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    size = size.clamp(smallest, largest)
    return w + size * left.sign(), size, left


@mistake("rprop")
def limited_after_the_step(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a w that moves by a size not limited yet: first clamp the size, then move"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    return w - size * left.sign(), size.clamp(smallest, largest), left


@mistake("rprop")
def size_shrinks_at_zero(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """sizes that shrink also where grad or before is 0: there size stays"""
    _, left = sized(size, before, grad, etaminus, etaplus)
    size = torch.where(grad.sign() * before.sign() > 0, size * etaplus, size * etaminus)
    size = size.clamp(smallest, largest)
    return w - size * left.sign(), size, left


@mistake("rprop")
def sign_remembered(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """a new before that is only the sign of grad: it is grad itself"""
    size, left = sized(size, before, grad, etaminus, etaplus)
    size = size.clamp(smallest, largest)
    return w - size * left.sign(), size, left.sign()
