"""Kata 17, Himmelblau's function with Adam: answers written another way, for the contract tests."""

import numpy as np
import torch
from torch import Tensor
from torch.optim.adam import adam as torch_adam

from dojo.feedback.mistakes import mistaken, muddled, right

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def value(p: Tensor) -> Tensor:
    """Return f."""
    x, y = p.unbind(-1)
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def slopes(p: Tensor) -> Tensor:
    """Return the gradient by autograd."""
    p = p.detach().clone().requires_grad_()
    return torch.autograd.grad(value(p).sum(), p)[0]


def hessian(p: Tensor) -> Tensor:
    """Return the second derivatives, [..., 2, 2]."""
    x, y = p.unbind(-1)
    rows = [12 * x**2 + 4 * y - 42, 4 * (x + y), 4 * (x + y), 4 * x + 12 * y**2 - 26]
    return torch.stack(rows, dim=-1).reshape(*p.shape, 2)


def torch_step(p: Tensor, grad: Tensor, m: Tensor, s: Tensor, t: Tensor, lr: float) -> None:
    """Take torch's own step of Adam: p, m, s and t change in place."""
    unused = list[Tensor]()
    with torch.no_grad():
        torch_adam(
            *([p], [grad], [m], [s], unused, [t]),
            lr=lr,
            beta1=BETA1,
            beta2=BETA2,
            eps=EPS,
            weight_decay=0.0,
            amsgrad=False,
            maximize=False,
            foreach=False,
        )


@right("f")
def f_by_norm(p: Tensor) -> Tensor:
    """the squared length of both brackets"""
    x, y = p.unbind(-1)
    return torch.stack([x * x + y - 11, x + y * y - 7]).square().sum(0)


@right("f")
def f_by_matrix(p: Tensor) -> Tensor:
    """both brackets from a matrix product, in float64"""
    given, p = p, p.double()
    swap, constants = p.new_tensor([[0, 1], [1, 0]]), p.new_tensor([11, 7])
    return ((p**2 + p @ swap - constants) ** 2).sum(-1).to(given.dtype)


@right("gradient")
def gradient_by_backward(p: Tensor) -> Tensor:
    """backward() on the sum"""
    leaf = p.detach().clone().requires_grad_()
    value(leaf).sum().backward()
    assert leaf.grad is not None
    return leaf.grad


@right("gradient")
def gradient_by_func(p: Tensor) -> Tensor:
    """torch.func, one point at a time"""
    each = torch.func.vmap(torch.func.grad(value))
    return each(p.reshape(-1, 2)).reshape(p.shape)


@right("gradient")
def gradient_written_into(p: Tensor) -> Tensor:
    """the Jacobian of the brackets times twice the brackets, written into an empty tensor"""
    x, y = p.unbind(-1)
    a, b = 2 * (x**2 + y - 11), 2 * (x + y**2 - 7)
    found = torch.empty_like(p)
    found[..., 0] = 2 * x * a + b
    found[..., 1] = a + 2 * y * b
    return found


@right("newton")
def newton_by_func(p0: Tensor, steps: int) -> Tensor:
    """torch.func for gradient and Hessian, one point at a time"""
    grad, second = torch.func.grad(value), torch.func.hessian(value)

    def move(p: Tensor) -> Tensor:
        return torch.linalg.solve(second(p), grad(p))

    each = torch.func.vmap(move)
    path = [p0.clone()]
    for _ in range(steps):
        path.append(path[-1] - each(path[-1].reshape(-1, 2)).reshape(p0.shape))
    return torch.stack(path)


@right("newton")
def newton_by_cramer(p0: Tensor, steps: int) -> Tensor:
    """the inverse of a 2 × 2 matrix written out"""
    path = p0.new_empty(steps + 1, *p0.shape)
    path[0] = p0
    for t in range(steps):
        g, h = slopes(path[t]).unbind(-1)
        (a, b), (_, d) = hessian(path[t]).movedim((-2, -1), (0, 1))
        det = a * d - b * b
        path[t + 1, ..., 0] = path[t, ..., 0] - (d * g - b * h) / det
        path[t + 1, ..., 1] = path[t, ..., 1] - (a * h - b * g) / det
    return path


@right("newton")
def newton_by_inverse(p0: Tensor, steps: int) -> Tensor:
    """the inverse, in float64"""
    p = p0.double()
    path = [p]
    for _ in range(steps):
        p = p - torch.einsum("...ij,...j->...i", torch.linalg.inv(hessian(p)), slopes(p))
        path.append(p)
    return torch.stack(path).to(p0.dtype)


@right("descend")
def descend_by_torch(p0: Tensor, lr: float, steps: int) -> Tensor:
    """torch's own function, and autograd"""
    p, m, s, t = p0.clone(), torch.zeros_like(p0), torch.zeros_like(p0), torch.tensor(0.0)
    path = [p0.clone()]
    for _ in range(steps):
        torch_step(p, slopes(p), m, s, t, lr)
        path.append(p.clone())
    return torch.stack(path)


@right("descend")
def descend_in_place(p0: Tensor, lr: float, steps: int) -> Tensor:
    """buffers made before the loop, and torch's order of operations"""
    path = p0.new_empty(steps + 1, *p0.shape)
    path[0] = p0
    m, s = torch.zeros_like(p0), torch.zeros_like(p0)
    for t in range(1, steps + 1):
        g = slopes(path[t - 1])
        m.mul_(BETA1).add_(g, alpha=1 - BETA1)
        s.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        below = s.sqrt() / (1 - BETA2**t) ** 0.5 + EPS
        path[t] = path[t - 1] - lr / (1 - BETA1**t) * m / below
    return path


@right("grid")
def grid_by_numpy(low: float, high: float, spacing: float) -> Tensor:
    """numpy's arange and meshgrid, as the source has it"""
    t = np.arange(low, high, spacing)
    return torch.from_numpy(np.stack(np.meshgrid(t, t), axis=-1))


@right("grid")
def grid_by_broadcasting(low: float, high: float, spacing: float) -> Tensor:
    """one row of ticks, written into both coordinates"""
    t = torch.arange(low, high, spacing, dtype=torch.float64)
    points = torch.empty(len(t), len(t), 2, dtype=torch.float64)
    points[..., 0] = t
    points[..., 1] = t[:, None]
    return points


@right("basins")
def basins_by_cdist(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """torch.cdist on a flat list"""
    ends = descend_in_place(starts.reshape(-1, 2), lr, steps)[-1]
    return torch.cdist(ends, minima).argmin(1).reshape(starts.shape[:-1])


@right("basins")
def basins_by_tournament(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """a loop over the minima, which keeps the best so far"""
    ends = descend_by_torch(starts, lr, steps)[-1]
    labels = starts.new_zeros(starts.shape[:-1], dtype=torch.int64)
    best = (ends - minima[0]).norm(dim=-1)
    for row, minimum in enumerate(minima):
        away = (ends - minimum).norm(dim=-1)
        labels = torch.where(away < best, row, labels)
        best = torch.minimum(best, away)
    return labels


@mistaken("f", known_as="rows_for_coordinates")
def f_as_the_source_has_it(p: Tensor) -> Tensor:
    """the source's line, which is right for one point, or for coordinates that come first"""
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


@mistaken("gradient", known_as="half_the_gradient")
def gradient_of_half_f(p: Tensor) -> Tensor:
    """autograd on f / 2"""
    return slopes(p) * 0.5


@mistaken("newton", known_as="hessian_of_the_start")
def inverse_kept(p0: Tensor, steps: int) -> Tensor:
    """the inverse, worked out once before the loop"""
    inverse = torch.linalg.inv(hessian(p0))
    path = [p0]
    for _ in range(steps):
        path.append(path[-1] - (inverse @ slopes(path[-1])[..., None])[..., 0])
    return torch.stack(path)


@mistaken("newton", known_as="second_derivatives_without_brackets")
def towards_brackets_of_0(p0: Tensor, steps: int) -> Tensor:
    """Newton's steps for two equations, the brackets = 0"""
    path = [p0]
    for _ in range(steps):
        x, y = path[-1].unbind(-1)
        both = torch.stack([x * x + y - 11, x + y * y - 7], dim=-1)
        rows = torch.stack([2 * x, torch.ones_like(x), torch.ones_like(x), 2 * y], dim=-1)
        move = torch.linalg.solve(rows.reshape(*p0.shape, 2), both[..., None])
        path.append(path[-1] - move[..., 0])
    return torch.stack(path)


@mistaken("newton", known_as="diagonal_only")
def curvatures_alone(p0: Tensor, steps: int) -> Tensor:
    """each slope divided by its own second derivative"""
    p, path = p0, [p0]
    for _ in range(steps):
        x, y = p.unbind(-1)
        curvature = torch.stack([12 * x * x + 4 * y - 42, 4 * x + 12 * y * y - 26], dim=-1)
        p = p - slopes(p) / curvature
        path.append(p)
    return torch.stack(path)


@mistaken("descend", known_as="gradient_never_cleared")
def backward_in_a_loop(p0: Tensor, lr: float, steps: int) -> Tensor:
    """torch's own Adam, and a .grad that nobody clears"""
    p, m, s = p0.detach().clone().requires_grad_(), torch.zeros_like(p0), torch.zeros_like(p0)
    t, path = torch.tensor(0.0), [p0.clone()]
    for _ in range(steps):
        value(p).sum().backward()
        assert p.grad is not None
        torch_step(p, p.grad, m, s, t, lr)
        path.append(p.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="gradient_of_the_mean")
def backward_of_the_mean(p0: Tensor, lr: float, steps: int) -> Tensor:
    """autograd on the mean"""
    p, m, s = p0.detach().clone().requires_grad_(), torch.zeros_like(p0), torch.zeros_like(p0)
    t, path = torch.tensor(0.0), [p0.clone()]
    for _ in range(steps):
        torch_step(p, torch.autograd.grad(value(p).mean(), p)[0], m, s, t, lr)
        path.append(p.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="one_tensor_after_the_start")
def detached_and_stored(p0: Tensor, lr: float, steps: int) -> Tensor:
    """.detach() without .clone()"""
    p, m, s = p0.detach().clone().requires_grad_(), torch.zeros_like(p0), torch.zeros_like(p0)
    t, path = torch.tensor(0.0), [p0]
    for _ in range(steps):
        torch_step(p, torch.autograd.grad(value(p).sum(), p)[0], m, s, t, lr)
        path.append(p.detach())
    return torch.stack(path)


@mistaken("descend", known_as="counted_from_zero")
def enumerated(p0: Tensor, lr: float, steps: int) -> Tensor:
    """range(steps) for t"""
    p, path, m, s = p0, [p0], torch.zeros_like(p0), torch.zeros_like(p0)
    for t in range(steps):
        g = slopes(p)
        m, s = BETA1 * m + (1 - BETA1) * g, BETA2 * s + (1 - BETA2) * g * g
        below = torch.sqrt(s / (1 - BETA2**t) if t else s / torch.zeros_like(s)) + EPS
        p = p - lr * (m / torch.full_like(m, 1 - BETA1**t)) / below
        path.append(p)
    return torch.stack(path)


@mistaken("descend", known_as="never_corrected")
def without_t(p0: Tensor, lr: float, steps: int) -> Tensor:
    """lerp, in place, and no t"""
    p, m, s = p0.clone(), torch.zeros_like(p0), torch.zeros_like(p0)
    path = [p0.clone()]
    for _ in range(steps):
        g = slopes(p)
        m.lerp_(g, 1 - BETA1)
        s.lerp_(g**2, 1 - BETA2)
        p = p - lr * m / (s**0.5 + EPS)
        path.append(p)
    return torch.stack(path)


@mistaken("descend", known_as="one_tensor_for_both_averages")
def two_names(p0: Tensor, lr: float, steps: int) -> Tensor:
    """m = s = zeros, and in place"""
    p, path = p0, [p0]
    m = s = torch.zeros_like(p0)
    for t in range(1, steps + 1):
        g = slopes(p)
        m *= BETA1
        m += (1 - BETA1) * g
        s *= BETA2
        s += (1 - BETA2) * g**2
        p = p - lr * (m / (1 - BETA1**t)) / ((s / (1 - BETA2**t)).sqrt() + EPS)
        path.append(p)
    return torch.stack(path)


@mistaken("descend", known_as="memory_lost")
def averages_in_the_loop(p0: Tensor, lr: float, steps: int) -> Tensor:
    """new zeros in every step, and t that counts on: it cancels, for both are new"""
    p, path = p0, [p0]
    for _ in range(steps):
        m, s, t = torch.zeros_like(p0), torch.zeros_like(p0), torch.tensor(0.0)
        p = p.clone()
        torch_step(p, slopes(p), m, s, t, lr)
        path.append(p)
    return torch.stack(path)


@mistaken("grid", known_as="x_down_the_rows")
def loops_the_other_way(low: float, high: float, spacing: float) -> Tensor:
    """two loops, the outer one over x"""
    t = torch.arange(low, high, spacing, dtype=torch.float64).tolist()
    return torch.tensor([[[x, y] for y in t] for x in t], dtype=torch.float64)


@mistaken("basins", known_as="nearest_to_the_start")
def labels_of_row_0(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the path's first row taken for its last"""
    path = descend_in_place(starts, lr, steps)
    return torch.linalg.vector_norm(path[0].unsqueeze(-2) - minima, dim=-1).argmin(-1)


@mistaken("basins", known_as="one_step_short")
def labels_of_the_last_but_one(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """range(1, steps), which ends one step early"""
    ends = descend_by_torch(starts, lr, len(range(1, steps)))[-1]
    return (ends.unsqueeze(-2) - minima).pow(2).sum(-1).argmin(-1)


@mistaken("gradient", known_as="inner_derivatives_of_one")
def brackets_twice(p: Tensor) -> Tensor:
    """the sum of both brackets, doubled and spread over x and y"""
    q = p**2 + p.flip(-1) - torch.tensor([11, 7], dtype=p.dtype, device=p.device)
    return 2 * q.sum(-1, keepdim=True).expand_as(p).clone()


@mistaken("gradient", known_as="divided_by_the_points")
def gradient_of_a_mean(p: Tensor) -> Tensor:
    """autograd of the mean"""
    q = p.detach().clone().requires_grad_()
    x, y = q[..., 0], q[..., 1]
    ((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2).mean().backward()
    assert q.grad is not None
    return q.grad


@mistaken("newton", known_as="inverted_elementwise")
def reciprocal_of_the_matrix(p0: Tensor, steps: int) -> Tensor:
    """H.reciprocal()"""
    path = [p0]
    for _ in range(steps):
        p = path[-1]
        path.append(p - torch.einsum("...ij,...j->...i", hessian(p).reciprocal(), slopes(p)))
    return torch.stack(path)


@mistaken("newton", known_as="newtons_one_tensor")
def subtracted_in_place(p0: Tensor, steps: int) -> Tensor:
    """p -= … after p was appended"""
    p = p0.clone()
    path = [p]
    for _ in range(steps):
        p -= (torch.linalg.inv(hessian(p)) @ slopes(p)[..., None])[..., 0]
        path.append(p)
    return torch.stack(path)


@mistaken("descend", known_as="only_m_corrected")
def one_correction(p0: Tensor, lr: float, steps: int) -> Tensor:
    """the correction of s forgotten"""
    m, s, path = torch.zeros_like(p0), torch.zeros_like(p0), [p0]
    for t in range(1, steps + 1):
        g = slopes(path[-1])
        m, s = m.lerp(g, 0.1), 0.999 * s + 0.001 * g * g
        path.append(path[-1] - lr / (1 - 0.9**t) * m / (s**0.5 + 1e-8))
    return torch.stack(path)


@mistaken("descend", known_as="eps_inside_the_root")
def root_of_a_sum(p0: Tensor, lr: float, steps: int) -> Tensor:
    """eps added before the root"""
    m, s, path = torch.zeros_like(p0), torch.zeros_like(p0), [p0]
    for t in range(1, steps + 1):
        g = slopes(path[-1])
        m, s = m.lerp(g, 0.1), 0.999 * s + 0.001 * g * g
        root = torch.sqrt(1e-8 + s / (1 - 0.999**t))
        path.append(path[-1] - lr / (1 - 0.9**t) * m / root)
    return torch.stack(path)


@mistaken("descend", known_as="betas_swapped")
def betas_in_the_wrong_order(p0: Tensor, lr: float, steps: int) -> Tensor:
    """0.999 for m, 0.9 for s"""
    b1, b2 = 0.999, 0.9
    m, s, path = torch.zeros_like(p0), torch.zeros_like(p0), [p0]
    for t in range(1, steps + 1):
        g = slopes(path[-1])
        m, s = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g * g
        path.append(path[-1] - lr * m / (1 - b1**t) / ((s / (1 - b2**t)) ** 0.5 + 1e-8))
    return torch.stack(path)


@mistaken("descend", known_as="memory_lost_but_t")
def zeros_inside_the_loop(p0: Tensor, lr: float, steps: int) -> Tensor:
    """m and s made inside the loop"""
    path = [p0]
    for t in range(1, steps + 1):
        m, s, g = torch.zeros_like(p0), torch.zeros_like(p0), slopes(path[-1])
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        path.append(path[-1] - lr * m / (1 - 0.9**t) / ((s / (1 - 0.999**t)) ** 0.5 + 1e-8))
    return torch.stack(path)


@mistaken("basins", known_as="by_least_differences")
def sums_compared(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """x + y of the end less x + y of each minimum"""
    ends = descend_by_torch(starts, lr, steps)[-1]
    return (ends.sum(-1, keepdim=True) - minima.sum(-1)).argmin(-1)


@muddled("f")
def half_and_swapped(p: Tensor) -> Tensor:
    """two mistakes at once"""
    return value(p.flip(-1)) / 2


@muddled("gradient")
def half_and_downhill(p: Tensor) -> Tensor:
    """two mistakes at once"""
    return -slopes(p) / 2


@muddled("newton")
def diagonal_and_uphill(p0: Tensor, steps: int) -> Tensor:
    """two mistakes at once"""
    path = [p0]
    for _ in range(steps):
        p = path[-1]
        path.append(p + slopes(p) / hessian(p).diagonal(dim1=-2, dim2=-1))
    return torch.stack(path)


@muddled("descend")
def uncorrected_and_uphill(p0: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    return without_t(p0, -lr, steps)


@muddled("grid")
def turned_and_late(low: float, high: float, spacing: float) -> Tensor:
    """two mistakes at once"""
    return loops_the_other_way(low, high, spacing) + spacing


@muddled("basins")
def start_counted_from_one(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    return torch.cdist(starts.reshape(-1, 2), minima).argmin(1).reshape(starts.shape[:-1]) + 1
