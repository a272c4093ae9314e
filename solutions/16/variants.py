"""Kata 16, optimizers: answers written another way, for the contract tests."""

import torch
from torch import Tensor
from torch.optim.adadelta import adadelta as torch_adadelta
from torch.optim.adagrad import adagrad as torch_adagrad
from torch.optim.sgd import sgd as torch_sgd

from dojo.feedback.mistakes import mistaken, muddled, right

T = Tensor  # so that an optimizer's many parameters fit on a line
Two = tuple[Tensor, Tensor]
Three = tuple[Tensor, Tensor, Tensor]


@right("sgd")
def sgd_by_torch(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """torch's own function, on copies"""
    w, v, plain = w.clone(), v.clone(), grad + weight_decay * w
    torch_sgd(
        [w],
        [grad.clone()],
        [v],
        weight_decay=weight_decay,
        momentum=momentum,
        lr=lr,
        dampening=0.0,
        nesterov=nesterov,
        maximize=False,
    )
    return w, v if momentum else plain


@right("sgd")
def sgd_in_place(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """in place, on copies, with a branch for Nesterov"""
    w, v = w.clone(), v.clone()
    g = torch.add(grad, w, alpha=weight_decay)
    v.mul_(momentum).add_(g)
    if nesterov:
        w.add_(g, alpha=-lr)
        w.add_(v, alpha=-lr * momentum)
    else:
        w -= lr * v
    return w, v


@right("sgd")
def sgd_by_the_penalty(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """the decay by autograd, from the penalty itself"""
    leaf = w.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad((weight_decay / 2 * leaf**2).sum(), leaf)
    new = momentum * v + grad + slope
    return w - lr * (nesterov * (grad + slope + momentum * new) + (not nesterov) * new), new


@right("adagrad")
def adagrad_in_place(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """in place, on copies"""
    w, s = w.clone(), s.clone()
    s.addcmul_(grad, grad)
    w.addcdiv_(grad, s.sqrt().add_(eps), value=-lr)
    return w, s


@right("adagrad")
def adagrad_by_torch(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """torch's own function, on copies"""
    w, s = w.clone(), s.clone()
    torch_adagrad(
        [w],
        [grad.clone()],
        [s],
        [torch.tensor(0.0)],
        lr=lr,
        weight_decay=0.0,
        lr_decay=0.0,
        eps=eps,
        maximize=False,
        foreach=False,
    )
    return w, s


@right("rmsprop")
def rmsprop_by_lerp(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """lerp from the old average to the new square"""
    s = torch.lerp(s, grad * grad, 1 - alpha)
    return torch.addcdiv(w, grad, s**0.5 + eps, value=-lr), s


@right("rmsprop")
def rmsprop_by_what_is_missing(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """a step of s towards the square, and a rate for each weight"""
    s = s - (1 - alpha) * (s - torch.square(grad))
    rates = lr / (torch.sqrt(s) + eps)
    return w - rates * grad, s


@right("adadelta")
def adadelta_in_float64(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """one root of a quotient, in float64"""
    g = grad.double()
    new = rho * s.double() + (1 - rho) * g * g
    step = ((d.double() + eps) / (new + eps)).sqrt() * g
    old = rho * d.double() + (1 - rho) * step * step
    return (w.double() - lr * step).to(w.dtype), new.to(w.dtype), old.to(w.dtype)


@right("adadelta")
def adadelta_by_torch(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """torch's own function, on copies"""
    w, s, d = w.clone(), s.clone(), d.clone()
    torch_adadelta(
        [w],
        [grad.clone()],
        [s],
        [d],
        [torch.tensor(0.0)],
        lr=lr,
        rho=rho,
        eps=eps,
        weight_decay=0.0,
        maximize=False,
        foreach=False,
    )
    return w, s, d


@right("adam")
def adam_as_torch_orders_it(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """torch's order: the corrections are numbers, and the root is corrected, not s"""
    m = torch.lerp(m, grad, 1 - beta1)
    s = (beta2 * s).addcmul(grad, grad, value=1 - beta2)
    below = s.sqrt() / (1 - beta2**t) ** 0.5 + eps
    return torch.addcdiv(w, m, below, value=-lr / (1 - beta1**t)), m, s


@right("adam")
def adam_with_eps_scaled(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """the paper's shorter form, with the eps that belongs to it"""
    m = m + (1 - beta1) * (grad - m)
    s = s + (1 - beta2) * (grad * grad - s)
    root = (1 - beta2**t) ** 0.5
    return w - lr * root / (1 - beta1**t) * m / (s.sqrt() + eps * root), m, s


@right("rprop")
def rprop_by_masks(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """masks, written in place on copies"""
    size, grad = size.clone(), grad.clone()
    product = grad * before
    size[product > 0] *= etaplus
    size[product < 0] *= etaminus
    size.clamp_(smallest, largest)
    grad[product < 0] = 0
    return w - size * grad.sign(), size, grad


@right("rprop")
def rprop_by_powers(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """the factor of each weight as a product of powers; minimum and maximum for the limits"""
    same, turned = (grad * before > 0).to(w.dtype), (grad * before < 0).to(w.dtype)
    size = size * etaplus**same * etaminus**turned
    size = size.clamp(min=smallest).clamp(max=largest)
    left = grad * (1 - turned)
    return torch.where(left == 0, w, w - torch.copysign(size, left)), size, left


@mistaken("sgd", known_as="decay_beside_the_step")
def w_shrunk_first(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """w shrunk before the step, as AdamW does"""
    v = v * momentum + grad
    step = v * momentum + grad if nesterov else v
    return w * (1 - lr * weight_decay) - step * lr, v


@mistaken("sgd", known_as="average_of_gradients")
def averaged_by_lerp(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """lerp towards the gradient"""
    g = grad.add(w, alpha=weight_decay)
    v = v.lerp(g, 1 - momentum)
    w = w - lr * (g.add(v, alpha=momentum) if nesterov else v)
    return w, v


@mistaken("sgd", known_as="nesterov_ignored")
def nesterov_by_the_old_v(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """gradient + momentum · the old v: that is the new v, so it is the heavy ball again"""
    g = grad + weight_decay * w
    new = momentum * v + g
    return w - lr * (g + momentum * v if nesterov else new), new


@mistaken("adagrad", known_as="eps_inside_the_root")
def by_rsqrt(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """rsqrt"""
    s = s + grad * grad
    return w - lr * grad * torch.rsqrt(s + eps), s


@mistaken("adagrad", known_as="one_s_for_all")
def by_the_norm(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """the squared length of the whole gradient"""
    s = s + grad.norm() ** 2
    return w - lr / (s**0.5 + eps) * grad, s


@mistaken("rmsprop", known_as="shares_swapped")
def lerp_by_alpha(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """lerp by alpha"""
    s = torch.lerp(s, grad**2, alpha)
    return w - lr * grad / (s.sqrt() + eps), s


@mistaken("rmsprop", known_as="rmsprop_eps_inside")
def rate_by_a_power(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """a power of −1/2"""
    s = s * alpha + grad.square() * (1 - alpha)
    return w - lr * (s + eps) ** -0.5 * grad, s


@mistaken("adadelta", known_as="lr_inside_d")
def moved_and_measured(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """d averages the squares of what w really moved by"""
    s = torch.lerp(s, grad**2, 1 - rho)
    new = w - lr * ((d + eps) / (s + eps)) ** 0.5 * grad
    return new, s, rho * d + (1 - rho) * (new - w) ** 2


@mistaken("adadelta", known_as="new_d_in_the_step")
def d_before_the_step(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """d updated in place, before w"""
    s, d = s.mul(rho).addcmul(grad, grad, value=1 - rho), d.clone()
    square = (d + eps) / (s + eps) * grad**2
    d.mul_(rho).add_(square, alpha=1 - rho)
    return w - lr * grad * ((d + eps) / (s + eps)).sqrt(), s, d


@mistaken("adam", known_as="never_corrected")
def in_place_uncorrected(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """in place on copies, without t"""
    w, m, s = w.clone(), m.clone(), s.clone()
    m.mul_(beta1).add_(grad, alpha=1 - beta1)
    s.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    return w.addcdiv_(m, s.sqrt().add_(eps), value=-lr), m, s


@mistaken("adam", known_as="eps_before_the_correction")
def as_the_paper_shortens_it(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """the paper's shorter form with eps itself"""
    m, s = m.lerp(grad, 1 - beta1), s.lerp(grad**2, 1 - beta2)
    m_scaled = m / (1 - beta1**t) * (1 - beta2**t) ** 0.5
    return w - lr * (m_scaled / (s**0.5 + eps)), m, s


@mistaken("rprop", known_as="never_waits")
def as_in_the_textbook(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """Rprop without waiting, with masks"""
    size, product = size.clone(), grad * before
    size[product > 0] *= etaplus
    size[product < 0] *= etaminus
    size.clamp_(smallest, largest)
    return w - torch.sign(grad) * size, size, grad.clone()


@mistaken("rprop", known_as="zero_counts_as_agreement")
def every_weight_agrees_or_not(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """one mask and its opposite"""
    turned = grad * before < 0
    size = size.clone()
    size[turned] *= etaminus
    size[~turned] *= etaplus
    size, left = size.clamp(smallest, largest), grad.masked_fill(turned, 0)
    return w - size * left.sign(), size, left


@mistaken("adagrad", known_as="square_forgotten")
def gradients_added(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """s + grad, by torch.add"""
    total = torch.add(s, grad)
    return w - grad * lr / (total**0.5 + eps), total


@mistaken("adagrad", known_as="eps_outside_the_fraction")
def eps_added_to_the_weights(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """eps added to w"""
    total = torch.addcmul(s, grad, grad)
    return w + eps - lr * (grad / total.sqrt()), total


@mistaken("rmsprop", known_as="share_squared")
def square_of_the_share(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """the new part squared as a whole"""
    new = s * alpha + torch.square(grad - alpha * grad)
    return w - grad * lr / (new**0.5 + eps), new


@mistaken("adadelta", known_as="step_not_squared")
def average_of_steps(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """d by lerp with the step"""
    s = torch.lerp(grad**2, s, rho)
    step = ((d + eps) / (s + eps)) ** 0.5 * grad
    return w - lr * step, s, torch.lerp(step, d, rho)


@mistaken("adadelta", known_as="old_d_returned")
def new_d_dropped(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """a new d under a name that is not returned"""
    s = torch.lerp(grad**2, s, rho)
    step = ((d + eps) / (s + eps)) ** 0.5 * grad
    return w - lr * step, s, d + 0


@mistaken("adam", known_as="counted_from_zero")
def one_step_behind(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """t counted from 0 in torch's way of writing"""
    m, s, t = m.lerp(grad, 1 - beta1), beta2 * s + (1 - beta2) * grad * grad, t - 1
    return w - lr * (m / (1 - beta1**t)) / ((s / (1 - beta2**t)) ** 0.5 + eps), m, s


@mistaken("adam", known_as="power_read_as_product")
def beta_times_t(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """beta · t"""
    m, s = m.lerp(grad, 1 - beta1), beta2 * s + (1 - beta2) * grad * grad
    return w - lr * (m / (1 - t * beta1)) / ((s / (1 - t * beta2)) ** 0.5 + eps), m, s


@mistaken("adam", known_as="corrected_after_the_root")
def root_of_the_raw_s(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """the root of s, corrected"""
    m, s = m.lerp(grad, 1 - beta1), beta2 * s + (1 - beta2) * grad * grad
    return w - lr * (m / (1 - beta1**t)) / (s**0.5 / (1 - beta2**t) + eps), m, s


@mistaken("rprop", known_as="limited_after_the_step")
def clamped_on_return(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """the clamp in the return"""
    up, down = grad * before > 0, grad * before < 0
    size = torch.where(up, size * etaplus, torch.where(down, size * etaminus, size))
    left = grad.masked_fill(down, 0)
    return w - size * left.sign(), torch.clamp(size, smallest, largest), left


@mistaken("rprop", known_as="size_shrinks_at_zero")
def two_cases_only(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """grown or shrunk, nothing between"""
    size, turned = size.clone(), grad * before < 0
    grown = grad * before > 0
    size[grown] *= etaplus
    size[~grown] *= etaminus
    size, left = size.clamp(smallest, largest), grad.masked_fill(turned, 0)
    return w - size * left.sign(), size, left


@mistaken("rprop", known_as="sign_remembered")
def signs_alone(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """grad replaced by its sign first"""
    grad, before = grad.sign(), before.sign()
    up, down = grad * before > 0, grad * before < 0
    size = torch.where(up, size * etaplus, torch.where(down, size * etaminus, size))
    size, left = size.clamp(smallest, largest), grad.masked_fill(down, 0)
    return w - size * left, size, left


@muddled("sgd")
def lr_inside_and_no_decay(
    w: T, v: T, grad: T, lr: float, momentum: float, weight_decay: float, nesterov: bool
) -> Two:
    """two mistakes at once"""
    v = momentum * v + lr * grad
    return w - (lr * grad + momentum * v if nesterov else v), v


@muddled("adagrad")
def old_and_inside(w: T, s: T, grad: T, lr: float, eps: float) -> Two:
    """two mistakes at once"""
    return w - lr * grad / (s + eps).sqrt(), s + grad**2


@muddled("rmsprop")
def swapped_and_inside(w: T, s: T, grad: T, lr: float, alpha: float, eps: float) -> Two:
    """two mistakes at once"""
    s = (1 - alpha) * s + alpha * grad**2
    return w - lr * grad / (s + eps).sqrt(), s


@muddled("adadelta")
def outside_and_inside(w: T, s: T, d: T, grad: T, lr: float, rho: float, eps: float) -> Three:
    """two mistakes at once"""
    s = rho * s + (1 - rho) * grad**2
    step = lr * (d.sqrt() + eps) / (s.sqrt() + eps) * grad
    return w - step, s, rho * d + (1 - rho) * step**2


@muddled("adam")
def uncorrected_and_inside(
    w: T, m: T, s: T, t: int, grad: T, lr: float, beta1: float, beta2: float, eps: float
) -> Three:
    """two mistakes at once"""
    m, s = beta1 * m + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    return w - lr * m / (s + eps).sqrt(), m, s


@muddled("rprop")
def unlimited_and_never_waiting(
    w: T,
    size: T,
    before: T,
    grad: T,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> Three:
    """two mistakes at once"""
    product = grad * before
    size = torch.where(product > 0, size * etaplus, size)
    size = torch.where(product < 0, size * etaminus, size)
    return w - size * grad.sign(), size, grad.clone()
