"""Kata 05, softmax Jacobian: what learners get wrong. A docstring ends "… the numbers of"."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def share(a: Tensor) -> Tensor:
    """Return the softmax of a."""
    return torch.softmax(a, dim=0)


def by_formula(p: Tensor) -> Tensor:
    """Return diag(p) − p pᵀ."""
    return torch.diag(p) - torch.outer(p, p)


def gradients(a: Tensor, p: Tensor) -> list[Tensor]:
    """Return the gradient of each entry of p with respect to the leaf a."""
    return [torch.autograd.grad(entry, a, retain_graph=True)[0] for entry in p]


def leaf(a: Tensor) -> Tensor:
    """Return a copy of a that asks for a gradient."""
    return a.detach().clone().requires_grad_()


@mistake("softmax")
def softmax_unshifted(a: Tensor) -> Tensor:
    """exp(a) over its sum, unshifted: at 1000 that is inf / inf, at −1000 0 / 0, nan both"""
    return a.exp() / a.exp().sum()


@mistake("softmax")
def softmax_shifted_by_the_mean(a: Tensor) -> Tensor:
    """scores shifted by their mean: the largest may still be far above 0, and its exp is inf"""
    e = (a - a.mean()).exp()
    return e / e.sum()


@mistake("softmax")
def softmax_shifted_by_the_min(a: Tensor) -> Tensor:
    """scores shifted by their smallest: that one becomes 0, and the largest may still overflow"""
    e = (a - a.min()).exp()
    return e / e.sum()


@mistake("softmax")
def softmax_shifted_above_only(a: Tensor) -> Tensor:
    """a shift above the line and none below it: both the exp and the sum need it"""
    return (a - a.max()).exp() / a.exp().sum()


@mistake("softmax")
def softmax_not_divided(a: Tensor) -> Tensor:
    """exp(a − max) that is not divided by its sum: the largest entry is always 1"""
    return (a - a.max()).exp()


@mistake("softmax")
def softmax_over_the_mean(a: Tensor) -> Tensor:
    """exp(a) over its mean, n times each probability: it should be divided by the sum"""
    e = (a - a.max()).exp()
    return e / e.mean()


@mistake("softmax")
def softmax_of_scores_over_the_max(a: Tensor) -> Tensor:
    """scores divided by the largest before exp: subtract it, only differences keep p as it is"""
    return share(a / a.max())


@mistake("softmax")
def softmax_never_shared(a: Tensor) -> Tensor:
    """exp(a) that is not divided by its sum"""
    return a.exp()


@mistake("softmax")
def softmax_without_exp(a: Tensor) -> Tensor:
    """a / sum(a), a share of the scores themselves: a share of their exp is wanted"""
    return a / a.sum()


@mistake("softmax")
def softmax_is_sigmoid(a: Tensor) -> Tensor:
    """the sigmoid of each score on its own: such entries do not sum to 1"""
    return a.sigmoid()


@mistake("softmax")
def softmax_negated(a: Tensor) -> Tensor:
    """the softmax of −a, which gives the largest score the smallest share"""
    return share(-a)


@mistake("softmax")
def softmax_of_max_less_a(a: Tensor) -> Tensor:
    """exp(max(a) − a), the difference the wrong way round: the largest score gets the least"""
    e = (a.max() - a).exp()
    return e / e.sum()


@mistake("softmax")
def softmax_taken_twice(a: Tensor) -> Tensor:
    """a softmax of a softmax"""
    return share(share(a))


@mistake("softmax")
def softmax_is_log_softmax(a: Tensor) -> Tensor:
    """log_softmax, the logarithms of the probabilities"""
    return torch.log_softmax(a, dim=0)


@mistake("jacobian")
def jacobian_diagonal_only(p: Tensor) -> Tensor:
    """p(1 − p) on the diagonal and 0 beside it: a score moves the other probabilities too"""
    return torch.diag(p * (1 - p))


@mistake("jacobian")
def jacobian_off_diagonal_only(p: Tensor) -> Tensor:
    """−pᵢ·pⱼ beside the diagonal and nothing on it"""
    return torch.diag(p * p) - torch.outer(p, p)


@mistake("jacobian")
def jacobian_without_diag(p: Tensor) -> Tensor:
    """−p pᵀ alone: diag(p) is missing, so no score lifts its own probability"""
    return -torch.outer(p, p)


@mistake("jacobian")
def jacobian_diag_alone(p: Tensor) -> Tensor:
    """diag(p) alone: the sum below the line was taken for a constant, and −p pᵀ is missing"""
    return torch.diag(p)


@mistake("jacobian")
def jacobian_negated(p: Tensor) -> Tensor:
    """p pᵀ − diag(p), the Jacobian with the opposite sign"""
    return torch.outer(p, p) - torch.diag(p)


@mistake("jacobian")
def jacobian_all_positive(p: Tensor) -> Tensor:
    """a Jacobian with +pᵢ·pⱼ beside the diagonal: what one probability gains, the others lose"""
    return by_formula(p).abs()


@mistake("jacobian")
def jacobian_added(p: Tensor) -> Tensor:
    """diag(p) + p pᵀ, a sum where the difference is wanted"""
    return torch.diag(p) + torch.outer(p, p)


@mistake("jacobian")
def jacobian_diagonal_taken_twice(p: Tensor) -> Tensor:
    """−p pᵀ with pᵢ(1 − pᵢ) added on the diagonal: −pᵢ·pᵢ stands there already, so add pᵢ alone"""
    return torch.diag(p * (1 - p)) - torch.outer(p, p)


@mistake("jacobian")
def jacobian_of_the_identity(p: Tensor) -> Tensor:
    """I − p pᵀ, with ones on the diagonal of I: diag(p) has p there"""
    return torch.eye(len(p), dtype=p.dtype, device=p.device) - torch.outer(p, p)


@mistake("jacobian")
def jacobian_by_one_formula(p: Tensor) -> Tensor:
    """pᵢ(1 − pⱼ) in every place: beside the diagonal it is −pᵢ·pⱼ, without pᵢ itself"""
    return p[:, None] * (1 - p)


@mistake("jacobian")
def jacobian_of_log_softmax(p: Tensor) -> Tensor:
    """the Jacobian of log_softmax: its row i is not multiplied by pᵢ"""
    return torch.eye(len(p), dtype=p.dtype, device=p.device) - p


@mistake("jacobian")
def jacobian_of_sigmoid(p: Tensor) -> Tensor:
    """the derivative of a sigmoid, with p taken for a score"""
    return torch.diag(p.sigmoid() * (1 - p.sigmoid()))


@mistake("jacobian")
def jacobian_of_two_softmaxes(p: Tensor) -> Tensor:
    """diag(q) − q qᵀ with q = softmax(p): p is the softmax already"""
    return by_formula(share(p))


@mistake("jacobian")
def jacobian_squared_along_rows(p: Tensor) -> Tensor:
    """diag(p) − p * p, n squares taken from every row: for pᵢ·pⱼ one p must stand as a column"""
    return torch.diag(p) - p * p


@mistake("jacobian")
def jacobian_less_a_number(p: Tensor) -> Tensor:
    """diag(p) minus one number, p @ p: for two vectors @ is the inner product, with .T as well"""
    return torch.diag(p) - p @ p


@mistake("vjp")
def vjp_diagonal_only(p: Tensor, v: Tensor) -> Tensor:
    """p·(1 − p)·v, entry by entry: the diagonal of J alone (v·p is a sum, one number)"""
    return p * (1 - p) * v


@mistake("vjp")
def vjp_without_the_inner_product(p: Tensor, v: Tensor) -> Tensor:
    """p·v, entry by entry, which is vᵀ diag(p): the part −p pᵀ of J is missing"""
    return p * v


@mistake("vjp")
def vjp_without_diag(p: Tensor, v: Tensor) -> Tensor:
    """−(v·p)·p, which is vᵀ(−p pᵀ): the part diag(p) of J is missing"""
    return -(v @ p) * p


@mistake("vjp")
def vjp_negated(p: Tensor, v: Tensor) -> Tensor:
    """−vᵀJ, the product with the opposite sign"""
    return p * (v @ p - v)


@mistake("vjp")
def vjp_added(p: Tensor, v: Tensor) -> Tensor:
    """p·(v + v·p), a sum where the difference is wanted"""
    return p * (v + v @ p)


@mistake("vjp")
def vjp_not_multiplied(p: Tensor, v: Tensor) -> Tensor:
    """v − v·p, which is not yet multiplied by p, entry by entry"""
    return v - v @ p


@mistake("vjp")
def vjp_without_its_bracket(p: Tensor, v: Tensor) -> Tensor:
    """p·v − v·p, the bracket lost: the number v·p must be multiplied by p as well"""
    return p * v - v @ p


@mistake("vjp")
def vjp_exchanged(p: Tensor, v: Tensor) -> Tensor:
    """v·(p − v·p): p and v have changed places"""
    return v * (p - v @ p)


@mistake("vjp")
def vjp_less_the_plain_sum(p: Tensor, v: Tensor) -> Tensor:
    """p·(v − sum(v)), a plain sum where each vⱼ counts pⱼ times"""
    return p * (v - v.sum())


@mistake("vjp")
def vjp_less_the_mean_product(p: Tensor, v: Tensor) -> Tensor:
    """p·(v − mean(p * v)): v·p is the sum of these products, not their mean"""
    return p * (v - (v * p).mean())


@mistake("vjp")
def vjp_less_p_squared(p: Tensor, v: Tensor) -> Tensor:
    """p·(v − p·p): the number in the bracket is v·p"""
    return p * (v - p @ p)


@mistake("vjp")
def vjp_less_the_mean(p: Tensor, v: Tensor) -> Tensor:
    """p·(v − mean(v)), a plain mean where each vⱼ counts pⱼ times"""
    return p * (v - v.mean())


@mistake("jacobian_by_autograd")
def rows_never_cleared(a: Tensor) -> Tensor:
    """rows that add up: .grad was not cleared, so row i holds the gradients of p₀ to pᵢ"""
    return by_formula(share(a)).cumsum(dim=0)


@mistake("jacobian_by_autograd")
def one_row_many_times(a: Tensor) -> Tensor:
    """one row many times: .grad itself was stored and then cleared in place (store a clone)"""
    return by_formula(share(a))[-1].repeat(len(a), 1)


@mistake("jacobian_by_autograd")
def rows_of_the_sum(a: Tensor) -> Tensor:
    """p.sum()'s gradient, 0 in every row: p.sum() for p[i], or a.grad itself stored as every
    row, or cleared before it is stored (store a clone first, then clear)"""
    return torch.zeros(len(a), len(a), dtype=a.dtype, device=a.device)


@mistake("jacobian_by_autograd")
def rows_weighted_by_p(a: Tensor) -> Tensor:
    """J·p in every row, as backward(p) gives it: for row i ask for the gradient of p[i]"""
    p = share(a)
    return (by_formula(p) @ p).repeat(len(a), 1)


@mistake("jacobian_by_autograd")
def rows_own_score_only(a: Tensor) -> Tensor:
    """the diagonal alone: pᵢ also answers to every other score"""
    return by_formula(share(a)).diag().diag()


@mistake("jacobian_by_autograd")
def rows_with_a_constant_sum(a: Tensor) -> Tensor:
    """diag(p): the sum below the line was detached, so autograd took it for a constant"""
    return share(a).diag()


@mistake("jacobian_by_autograd")
def rows_of_log_softmax(a: Tensor) -> Tensor:
    """the rows of log_softmax: the gradient of log pᵢ where that of pᵢ is wanted"""
    return torch.eye(len(a), dtype=a.dtype, device=a.device) - share(a)


@mistake("jacobian_by_autograd")
def rows_of_two_softmaxes(a: Tensor) -> Tensor:
    """the Jacobian of a softmax of a softmax"""
    a = leaf(a)
    return torch.stack(gradients(a, share(share(a))))


@mistake("jacobian_by_autograd")
def rows_with_respect_to_p(a: Tensor) -> Tensor:
    """the Jacobian of softmax at p: the softmax was taken of p again, where a is wanted"""
    p = leaf(share(a))
    return torch.stack(gradients(p, share(p)))


@mistake("backward_twice")
def one_pass(a: Tensor) -> Tensor:
    """one backward pass, J·p: a second one is missing, or .grad was cleared before it"""
    p = share(a)
    return p * (p - p @ p)


@mistake("backward_twice")
def three_passes(a: Tensor) -> Tensor:
    """three backward passes, 3·J·p"""
    p = share(a)
    return 3 * p * (p - p @ p)


@mistake("backward_twice")
def backward_of_ones(a: Tensor) -> Tensor:
    """backward(ones), or p.sum().backward(): J times ones is always 0 (pass p, as asked)"""
    return torch.zeros_like(a)


@mistake("backward_twice")
def backward_of_a(a: Tensor) -> Tensor:
    """backward(a) twice, 2·J·a: the vector to pass is p"""
    p = share(a)
    return 2 * p * (a - a @ p)


@mistake("backward_twice")
def diagonal_twice(a: Tensor) -> Tensor:
    """2·p·p·(1 − p), entry by entry: the diagonal of J alone"""
    p = share(a)
    return 2 * p * p * (1 - p)


@mistake("backward_twice")
def twice_without_diag(a: Tensor) -> Tensor:
    """−2·(p·p)·p: the part diag(p) of J is missing"""
    p = share(a)
    return -2 * (p @ p) * p


@mistake("backward_twice")
def pass_upon_pass(a: Tensor) -> Tensor:
    """a second pass fed with the first one's a.grad: p itself is passed both times"""
    p = share(a)
    J = by_formula(p)
    return J @ p + J @ (J @ p)


@mistake("backward_twice")
def twice_negated(a: Tensor) -> Tensor:
    """−2·J·p, the gradient with the opposite sign"""
    p = share(a)
    return 2 * p * (p @ p - p)
