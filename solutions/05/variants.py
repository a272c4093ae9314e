"""Kata 05, softmax Jacobian: right and wrong answers written another way, for the contract."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def leaf(a: Tensor) -> Tensor:
    """Return a copy of a that asks for a gradient."""
    return a.detach().clone().requires_grad_()


def shares(a: Tensor) -> Tensor:
    """Return torch's own softmax."""
    return torch.softmax(a, dim=0)


def log_shares(a: Tensor) -> Tensor:
    """Return torch's own log_softmax."""
    return torch.log_softmax(a, dim=0)


@right("softmax")
def softmax_of_torch(a: Tensor) -> Tensor:
    """torch's own"""
    return torch.softmax(a, dim=0)


@right("softmax")
def softmax_by_logarithms(a: Tensor) -> Tensor:
    """one exp, of a − log Σ exp(a)"""
    return (a - a.logsumexp(dim=0)).exp()


@right("softmax")
def softmax_in_float64(a: Tensor) -> Tensor:
    """float64 inside, the shift in place"""
    e = a.to(torch.float64, copy=True)
    e -= e.detach().max()
    e = e.exp()
    return (e / e.sum()).to(a.dtype)


@right("jacobian")
def jacobian_by_delta(p: Tensor) -> Tensor:
    """pᵢ(δᵢⱼ − pⱼ), by broadcasting a column"""
    return p[:, None] * (torch.eye(len(p), dtype=p.dtype, device=p.device) - p)


@right("jacobian")
def jacobian_in_place(p: Tensor) -> Tensor:
    """−p pᵀ with p added to its diagonal in place"""
    J = -p[:, None] @ p[None, :]
    J.diagonal().add_(p)
    return J


@right("jacobian")
def jacobian_entry_by_entry(p: Tensor) -> Tensor:
    """two loops over Python numbers, in float64"""
    q = p.tolist()
    rows = [[x * ((i == j) - y) for j, y in enumerate(q)] for i, x in enumerate(q)]
    return torch.tensor(rows, dtype=p.dtype, device=p.device)


@right("jacobian")
def jacobian_by_func(p: Tensor) -> Tensor:
    """torch.func, at the scores log p"""
    result: Tensor = torch.func.jacrev(shares)(p.log())
    return result


@right("vjp")
def vjp_by_autograd(p: Tensor, v: Tensor) -> Tensor:
    """one backward pass of a softmax, at the scores log p"""
    a = leaf(p.log())
    return torch.autograd.grad(torch.softmax(a, dim=0), a, v)[0]


@right("vjp")
def vjp_by_func(p: Tensor, v: Tensor) -> Tensor:
    """torch.func.vjp, at the scores log p"""
    back = torch.func.vjp(shares, p.log())[1]
    product: Tensor = back(v)[0]
    return product


@right("vjp")
def vjp_in_two_parts(p: Tensor, v: Tensor) -> Tensor:
    """vᵀ diag(p) − (v·p) pᵀ, in place, in float64"""
    q, product = p.double(), (p * v).double()
    product -= product.sum() * q
    return product.to(v.dtype)


@right("vjp")
def vjp_as_a_loop(p: Tensor, v: Tensor) -> Tensor:
    """one row of J at a time: slow, yet nothing of n·n elements"""
    product = torch.zeros_like(v)
    for i in range(len(p)):
        row = -p[i] * p
        row[i] += p[i]
        product += v[i] * row
    return product


@right("jacobian_by_autograd")
def rows_by_backward(a: Tensor) -> Tensor:
    """backward() on each entry, .grad cleared with zero_()"""
    a = leaf(a)
    p, rows = torch.softmax(a, dim=0), list[Tensor]()
    for entry in p:
        entry.backward(retain_graph=True)
        assert a.grad is not None
        rows.append(a.grad.clone())
        a.grad.zero_()
    return torch.stack(rows)


@right("jacobian_by_autograd")
def rows_by_func(a: Tensor) -> Tensor:
    """torch.func, forward mode"""
    J: Tensor = torch.func.jacfwd(shares)(a)
    return J


@right("jacobian_by_autograd")
def rows_in_one_batch(a: Tensor) -> Tensor:
    """one batched gradient, with the rows of the identity as its vectors"""
    a = leaf(a)
    each = torch.eye(len(a), dtype=a.dtype, device=a.device)
    p = torch.softmax(a, dim=0)
    return torch.autograd.grad(p, a, each, is_grads_batched=True)[0]


@right("jacobian_by_autograd")
def rows_by_functional(a: Tensor) -> Tensor:
    """torch.autograd.functional, in float64"""
    J = torch.autograd.functional.jacobian(shares, a.double())
    assert isinstance(J, Tensor)
    return J.to(a.dtype)


@right("backward_twice")
def twice_on_new_graphs(a: Tensor) -> Tensor:
    """two graphs, one .grad"""
    a = leaf(a)
    for _ in range(2):
        p = torch.softmax(a, dim=0)
        p.backward(p)
    assert a.grad is not None
    return a.grad


@right("backward_twice")
def twice_as_a_square(a: Tensor) -> Tensor:
    """the gradient of p·p, whose slope in p is 2p"""
    a = leaf(a)
    p = torch.softmax(a, dim=0)
    return torch.autograd.grad(p @ p, a)[0]


@right("backward_twice")
def twice_in_closed_form(a: Tensor) -> Tensor:
    """2p(p − p·p), in float64"""
    p = torch.softmax(a.double(), dim=0)
    return (2 * p * (p - p @ p)).to(a.dtype)


@mistaken("softmax", known_as="softmax_unshifted")
def softmax_unshifted_in_place(a: Tensor) -> Tensor:
    """exp in place"""
    e = a.clone().exp_()
    e /= e.sum()
    return e


@mistaken("softmax", known_as="softmax_is_sigmoid")
def softmax_of_each_against_zero(a: Tensor) -> Tensor:
    """1 / (1 + exp(−a))"""
    return 1 / (1 + torch.exp(-a))


@mistaken("softmax", known_as="softmax_not_divided")
def softmax_divided_by_its_largest(a: Tensor) -> Tensor:
    """divided by the largest instead of the sum"""
    e = torch.softmax(a, dim=0)
    return e / e.max()


@mistaken("softmax", known_as="softmax_over_the_mean")
def softmax_times_its_length(a: Tensor) -> Tensor:
    """torch's own, as many times as there are scores"""
    return torch.softmax(a, dim=0) * len(a)


@mistaken("jacobian", known_as="jacobian_squared_along_rows")
def jacobian_with_a_row_for_a_column(p: Tensor) -> Tensor:
    """p(δᵢⱼ − pⱼ) with p as a row"""
    return p * (torch.eye(len(p), dtype=p.dtype, device=p.device) - p)


@mistaken("jacobian", known_as="jacobian_diagonal_only")
def jacobian_of_entries_on_their_own(p: Tensor) -> Tensor:
    """p(1 − p) written into a matrix in place"""
    J = p.new_zeros(len(p), len(p))
    J.diagonal().copy_(p - p**2)
    return J


@mistaken("jacobian", known_as="jacobian_diagonal_taken_twice")
def jacobian_with_its_diagonal_added_to(p: Tensor) -> Tensor:
    """p(1 − p) added in place"""
    J = -p[:, None] * p
    J.diagonal().add_(p - p**2)
    return J


@mistaken("jacobian", known_as="jacobian_by_one_formula")
def jacobian_of_a_column(p: Tensor) -> Tensor:
    """p as a column, less p pᵀ"""
    return p.unsqueeze(1).expand(-1, len(p)) - torch.outer(p, p)


@mistaken("jacobian", known_as="jacobian_of_the_identity")
def jacobian_with_ones_on_its_diagonal(p: Tensor) -> Tensor:
    """ones added in place"""
    J = -p[:, None] * p
    J.diagonal().add_(1)
    return J


@mistaken("jacobian", known_as="jacobian_of_log_softmax")
def jacobian_of_log_softmax_by_autograd(p: Tensor) -> Tensor:
    """autograd of log_softmax at log p"""
    J = torch.autograd.functional.jacobian(log_shares, p.log())
    assert isinstance(J, Tensor)
    return J


@mistaken("vjp", known_as="vjp_diagonal_only")
def vjp_without_a_sum(p: Tensor, v: Tensor) -> Tensor:
    """p·(v − v·p) with v·p entry by entry"""
    return p * (v - v * p)


@mistaken("vjp", known_as="vjp_without_the_inner_product")
def vjp_with_a_constant_sum(p: Tensor, v: Tensor) -> Tensor:
    """autograd with the sum detached, at the scores log p"""
    a = leaf(p.log())
    return torch.autograd.grad(a.exp() / a.exp().sum().detach(), a, v)[0]


@mistaken("vjp", known_as="vjp_less_the_mean_product")
def vjp_divided_by_its_length(p: Tensor, v: Tensor) -> Tensor:
    """v·p divided by n"""
    return p * v - p * torch.dot(p, v) / len(p)


@mistaken("vjp", known_as="vjp_negated")
def vjp_negated_by_autograd(p: Tensor, v: Tensor) -> Tensor:
    """autograd of −softmax at log p"""
    a = leaf(p.log())
    return torch.autograd.grad(-torch.softmax(a, dim=0), a, v)[0]


@mistaken("jacobian_by_autograd", known_as="rows_never_cleared")
def rows_of_a_full_grad(a: Tensor) -> Tensor:
    """backward() on each entry, .grad never cleared"""
    a = leaf(a)
    rows: list[Tensor] = []
    for entry in torch.softmax(a, dim=0):
        entry.backward(retain_graph=True)
        assert a.grad is not None
        rows.append(a.grad.clone())
    return torch.stack(rows)


@mistaken("jacobian_by_autograd", known_as="one_row_many_times")
def rows_that_are_not_cloned(a: Tensor) -> Tensor:
    """.grad stored, then cleared in place"""
    a = leaf(a)
    rows: list[Tensor] = []
    for entry in torch.softmax(a, dim=0):
        if a.grad is not None:
            a.grad.zero_()
        entry.backward(retain_graph=True)
        assert a.grad is not None
        rows.append(a.grad)
    return torch.stack(rows)


@mistaken("jacobian_by_autograd", known_as="rows_of_the_sum")
def rows_of_p_summed(a: Tensor) -> Tensor:
    """the usual .sum() before the gradient, on a softmax that leaves roundings behind"""
    a = leaf(a)
    e = (a - a.detach().max()).exp()
    p = e / e.sum()
    rows = [torch.autograd.grad(p.sum(), a, retain_graph=True)[0] for _ in p]
    return torch.stack(rows)


@mistaken("jacobian_by_autograd", known_as="rows_with_a_constant_sum")
def rows_with_a_detached_sum(a: Tensor) -> Tensor:
    """the sum below the line detached"""
    a = leaf(a)
    e = (a - a.detach().max()).exp()
    p = e / e.sum().detach()
    return torch.stack([torch.autograd.grad(x, a, retain_graph=True)[0] for x in p])


@mistaken("backward_twice", known_as="one_pass")
def cleared_in_between(a: Tensor) -> Tensor:
    """.grad cleared between the two passes"""
    a = leaf(a)
    p = torch.softmax(a, dim=0)
    p.backward(p.detach(), retain_graph=True)
    a.grad = None
    p.backward(p.detach())
    assert a.grad is not None
    return a.grad


@mistaken("backward_twice", known_as="backward_of_ones")
def summed_and_walked_twice(a: Tensor) -> Tensor:
    """p.sum().backward() twice, on a softmax that leaves roundings behind"""
    a = leaf(a)
    e = (a - a.detach().max()).exp()
    total = (e / e.sum()).sum()
    total.backward(retain_graph=True)
    total.backward()
    assert a.grad is not None
    return a.grad


@mistaken("backward_twice", known_as="pass_upon_pass")
def fed_with_its_own_grad(a: Tensor) -> Tensor:
    """the second backward given the first one's .grad"""
    a = leaf(a)
    p = torch.softmax(a, dim=0)
    p.backward(p.detach(), retain_graph=True)
    assert a.grad is not None
    p.backward(a.grad.clone())
    return a.grad


@muddled("softmax")
def negated_and_not_divided(a: Tensor) -> Tensor:
    """two mistakes at once"""
    return (a.min() - a).exp()


@muddled("jacobian")
def log_softmax_negated(p: Tensor) -> Tensor:
    """two mistakes at once"""
    return p - torch.eye(len(p), dtype=p.dtype, device=p.device)


@muddled("vjp")
def exchanged_and_negated(p: Tensor, v: Tensor) -> Tensor:
    """two mistakes at once"""
    return v * (v @ p - p)


@muddled("jacobian_by_autograd")
def jacobian_by_formula(a: Tensor) -> Tensor:
    """no mistake in the numbers: but autograd is asked for"""
    p = torch.softmax(a, dim=0)
    return torch.diag(p) - torch.outer(p, p)


@muddled("jacobian_by_autograd")
def log_softmax_never_cleared(a: Tensor) -> Tensor:
    """two mistakes at once"""
    a, rows = leaf(a), list[Tensor]()
    for entry in torch.log_softmax(a, dim=0):
        entry.backward(retain_graph=True)
        assert a.grad is not None
        rows.append(a.grad.clone())
    return torch.stack(rows)


@muddled("backward_twice")
def diagonal_once(a: Tensor) -> Tensor:
    """two mistakes at once"""
    p = torch.softmax(a, dim=0)
    return p * p * (1 - p)
