"""Kata 09, direction and step: answers written another way, for the contract tests."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def sse(point: Tensor) -> Tensor:
    """Return SSE of a point."""
    a, b = point
    return (2 - a - b) ** 2 + (4 - 3 * a - b) ** 2


def gradient(point: Tensor) -> Tensor:
    """Return SSE's gradient, multiplied out."""
    a, b = point
    return torch.stack([20 * a + 8 * b - 28, 8 * a + 4 * b - 12])


def of_line(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return Σ(y − w·x)²."""
    return ((y - w * x) ** 2).sum()


# ---- right


@right("value_and_gradient")
def by_matrices(point: Tensor) -> tuple[Tensor, Tensor]:
    """Xᵀ times the residuals"""
    X, y = point.new_tensor([[1.0, 1.0], [3.0, 1.0]]), point.new_tensor([2.0, 4.0])
    missing = X @ point - y
    return missing @ missing, 2 * X.T @ missing


@right("value_and_gradient")
def by_backward(point: Tensor) -> tuple[Tensor, Tensor]:
    """two leaves, and backward()"""
    a, b = (v.clone().requires_grad_() for v in point.detach())
    value = torch.pow(2 - a - b, 2) + torch.pow(4 - 3 * a - b, 2)
    value.backward()
    assert a.grad is not None
    assert b.grad is not None
    return value.detach(), torch.stack([a.grad, b.grad])


@right("value_and_gradient")
def by_func(point: Tensor) -> tuple[Tensor, Tensor]:
    """torch.func, value and gradient at once"""
    slopes, value = torch.func.grad_and_value(sse)(point)
    return value, slopes


@right("direction")
def by_normalize(grad: Tensor) -> Tensor:
    """torch's normalize, after a look for zeros"""
    if not grad.any():
        raise ValueError("all zeros")
    return torch.nn.functional.normalize(-grad, dim=0, eps=0.0)


@right("direction")
def largest_divided_out_first(grad: Tensor) -> Tensor:
    """no square can overflow"""
    largest = grad.abs().max()
    if largest == 0:
        raise ValueError("all zeros")
    small = grad / largest
    return -small / small.square().sum().sqrt()


@right("exact_line_search")
def by_the_hessian(point: Tensor) -> Tensor:
    """gᵀg / gᵀHg, with H from autograd"""
    hessian = torch.autograd.functional.hessian(sse, point.detach())
    slopes = gradient(point)
    return slopes @ slopes / (slopes @ hessian @ slopes)


@right("exact_line_search")
def by_three_values(point: Tensor) -> Tensor:
    """the lowest place of the parabola through three values, in float64"""
    p = point.double()
    slopes, h = gradient(p), 0.05
    start, middle, end = (sse(p - k * h * slopes) for k in range(3))
    bend = (end - 2 * middle + start) / (2 * h**2)
    slope = (middle - start) / h - bend * h
    return (-slope / (2 * bend)).to(point.dtype)


@right("exact_line_search")
def by_bisection(point: Tensor) -> Tensor:
    """where the next gradient is at right angles to this one, by halving, in float64"""
    p = point.double()
    slopes = gradient(p)
    low, high = 0.0, 2.0
    for _ in range(100):
        middle = (low + high) / 2
        if gradient(p - middle * slopes) @ slopes > 0:
            low = middle
        else:
            high = middle
    return torch.full((), high, dtype=point.dtype, device=point.device)


@right("descend_until")
def one_leaf_in_place(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """one leaf, changed in place, with a copy of each point"""
    point = point0.detach().clone().requires_grad_()
    path = [point0.detach().clone()]
    for _ in range(most):
        point.grad = None
        sse(point).backward()
        assert point.grad is not None
        move = lr * point.grad
        with torch.no_grad():
            point -= move
        path.append(point.detach().clone())
        if move.abs().max().item() < tolerance:
            break
    return torch.stack(path)


@right("descend_until")
def two_points_compared(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """while, and the difference of two points, in float64"""
    path = [point0.double()]
    while len(path) <= most:
        path.append(path[-1] - lr * gradient(path[-1]))
        if torch.all(torch.abs(path[-1] - path[-2]) < tolerance):
            break
    return torch.stack(path).to(point0.dtype)


@right("parabola")
def term_by_term(x: Tensor, y: Tensor) -> Tensor:
    """the three terms of each point, added up"""
    return torch.stack([x**2, -2 * x * y, y**2], dim=1).sum(dim=0)


@right("parabola")
def through_three_values(x: Tensor, y: Tensor) -> Tensor:
    """the parabola through the losses at −1, 0 and 1, in float64"""
    one, other = x.double(), y.double()
    left, middle, right_ = (of_line(one, other, one.new_tensor(w)) for w in (-1.0, 0.0, 1.0))
    return torch.stack([(left + right_) / 2 - middle, (right_ - left) / 2, middle]).to(x.dtype)


@right("descend_scaled")
def in_closed_form(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """w* + (w0 − w*)(1 − alpha)ⁿ, in float64"""
    if not x.any():
        raise ValueError("all zeros")
    one, other = x.double(), y.double()
    best = one @ other / (one @ one)
    n = torch.arange(steps + 1, dtype=torch.float64, device=x.device)
    return (best + (w0 - best) * (1 - alpha) ** n).to(x.dtype)


@right("descend_scaled")
def by_the_best_w(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """w − w* is the scaled slope"""
    if (x == 0).all():
        raise ValueError("all zeros")
    best = (x * y).sum() / (x * x).sum()
    w = torch.full_like(best, w0)
    path = [w]
    for _ in range(steps):
        path.append(torch.lerp(path[-1], best, alpha))
    return torch.stack(path)


@right("descend_scaled")
def by_autograd_twice(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """slope and curvature from autograd, in every step"""
    if x.abs().max() == 0:
        raise ValueError("all zeros")
    w = torch.full_like(x[0], w0).requires_grad_()
    path = [w.detach().clone()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(of_line(x, y, w), w, create_graph=True)
        (curvature,) = torch.autograd.grad(slope, w)
        with torch.no_grad():
            w -= alpha * slope / curvature
        path.append(w.detach().clone())
    return torch.stack(path)


# ---- mistaken


@mistaken("value_and_gradient", known_as="inner_three_forgotten")
def matrix_of_ones(point: Tensor) -> tuple[Tensor, Tensor]:
    """the residuals multiplied by 1 and 1"""
    X, y = point.new_tensor([[1.0, 1.0], [3.0, 1.0]]), point.new_tensor([2.0, 4.0])
    missing = X @ point - y
    return missing @ missing, 2 * torch.ones_like(X).T @ missing


@mistaken("value_and_gradient", known_as="inner_sign_forgotten")
def turned_residuals(point: Tensor) -> tuple[Tensor, Tensor]:
    """y − X·point in the value, and in the gradient too"""
    X, y = point.new_tensor([[1.0, 1.0], [3.0, 1.0]]), point.new_tensor([2.0, 4.0])
    missing = y - X @ point
    return missing @ missing, 2 * X.T @ missing


@mistaken("value_and_gradient", known_as="mean_of_squares")
def mse_by_autograd(point: Tensor) -> tuple[Tensor, Tensor]:
    """mse_loss, and its gradient"""
    leaf = point.detach().clone().requires_grad_()
    X, y = leaf.new_tensor([[1.0, 1.0], [3.0, 1.0]]), leaf.new_tensor([2.0, 4.0])
    loss = torch.nn.functional.mse_loss(X @ leaf, y)
    loss.backward()
    assert leaf.grad is not None
    return loss.detach(), leaf.grad


@mistaken("value_and_gradient", known_as="slopes_swapped")
def b_before_a(point: Tensor) -> tuple[Tensor, Tensor]:
    """two leaves, and the gradient of the second one first"""
    a, b = (v.clone().requires_grad_() for v in point.detach())
    value = (2 - a - b) ** 2 + (4 - 3 * a - b) ** 2
    along_b, along_a = torch.autograd.grad(value, [b, a])
    return value.detach(), torch.stack([along_b, along_a])


@mistaken("value_and_gradient", known_as="a_and_b_exchanged")
def b_unpacked_first(point: Tensor) -> tuple[Tensor, Tensor]:
    """b, a = point"""
    b, a = point
    first, second = 2 - a - b, 4 - 3 * a - b
    return first**2 + second**2, torch.stack([-2 * first - 6 * second, -2 * first - 2 * second])


@mistaken("direction", known_as="by_two_entries")
def length_in_the_plane(grad: Tensor) -> Tensor:
    """√(g² + h²), as in the lesson's example"""
    if not grad.any():
        raise ValueError("zeros")
    return -grad / sum(entry**2 for entry in grad[:2]) ** 0.5


@mistaken("direction", known_as="steepest_ascent")
def ascent_by_normalize(grad: Tensor) -> Tensor:
    """torch's normalize, and no minus"""
    if not grad.any():
        raise ValueError("all zeros")
    return torch.nn.functional.normalize(grad, dim=0)


@mistaken("direction", known_as="by_the_largest")
def by_the_infinity_norm(grad: Tensor) -> Tensor:
    """the wrong norm"""
    if not grad.any():
        raise ValueError("all zeros")
    return grad / -torch.linalg.vector_norm(grad, float("inf"))


@mistaken("direction", known_as="by_the_sum")
def by_the_one_norm(grad: Tensor) -> Tensor:
    """the wrong norm"""
    if not grad.any():
        raise ValueError("all zeros")
    return grad / -torch.linalg.vector_norm(grad, 1)


@mistaken("direction", known_as="divided_by_zero")
def unchecked(grad: Tensor) -> Tensor:
    """squares, their sum, its root, and no check"""
    return -grad / grad.square().sum().sqrt()


@mistaken("direction", known_as="zero_for_a_direction")
def a_little_added(grad: Tensor) -> Tensor:
    """a length that cannot be 0"""
    return -grad / torch.linalg.vector_norm(grad).clamp_min(1e-12)


@mistaken("exact_line_search", known_as="twice_the_rate")
def slope_without_its_two(point: Tensor) -> Tensor:
    """−b/c of the parabola in the rate"""
    a, b = gradient(point)
    return (a**2 + b**2) / ((a + b) ** 2 + (3 * a + b) ** 2)


@mistaken("exact_line_search", known_as="sign_lost")
def slope_over_curvature(point: Tensor) -> Tensor:
    """slope/curvature, with the minus of the slope and without that of the formula"""
    a, b = point
    r, s = 2 - a - b, 4 - 3 * a - b
    g, h = -2 * r - 6 * s, -2 * r - 2 * s
    return -(g**2 + h**2) / (20 * g**2 + 16 * g * h + 4 * h**2)


@mistaken("exact_line_search", known_as="point_for_gradient")
def unpacked_point(point: Tensor) -> Tensor:
    """g, h = point"""
    g, h = point
    return (g**2 + h**2) / (2 * (g + h) ** 2 + 2 * (3 * g + h) ** 2)


@mistaken("exact_line_search", known_as="stability_limit")
def limit_by_the_formula(point: Tensor) -> Tensor:
    """the larger root of λ² − 24λ + 16, worked out"""
    return 2 / (12 + point.new_tensor(128.0).sqrt())


@mistaken("exact_line_search", known_as="along_the_unit_vector")
def way_by_unit_vector(point: Tensor) -> Tensor:
    """the parabola along −gradient/‖gradient‖"""
    slopes = gradient(point)
    a, b = slopes / slopes.norm()
    return slopes.norm() / (2 * (a + b) ** 2 + 2 * (3 * a + b) ** 2)


@mistaken("descend_until", known_as="any_for_all")
def smallest_move(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """the smallest move for the largest"""
    path = [point0]
    for _ in range(most):
        move = lr * gradient(path[-1])
        path.append(path[-1] - move)
        if move.abs().min() < tolerance:
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="length_for_each")
def norm_of_the_move(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """the distance of two points"""
    path = [point0]
    for _ in range(most):
        path.append(path[-1] - lr * gradient(path[-1]))
        if torch.dist(path[-1], path[-2]) < tolerance:
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="last_step_left_out")
def breaks_before_appending(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """break, and append behind it"""
    path = [point0]
    for _ in range(most):
        move = lr * gradient(path[-1])
        if bool((move.abs() < tolerance).all()):
            break
        path.append(path[-1] - move)
    return torch.stack(path)


@mistaken("descend_until", known_as="never_cleared")
def backward_without_zero(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """one leaf, and its gradient left where it is"""
    point = point0.detach().clone().requires_grad_()
    path = [point0.detach().clone()]
    for _ in range(most):
        sse(point).backward()
        assert point.grad is not None
        move = lr * point.grad
        point.data.sub_(move)
        path.append(point.detach().clone())
        if bool((move.abs() < tolerance).all()):
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="one_after_the_other")
def two_weights_in_turn(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a is moved, and then b, by formulas that look at both"""
    a, b = point0
    path = [point0]
    for _ in range(most):
        old = path[-1]
        a = a - lr * (20 * a + 8 * b - 28)
        b = b - lr * (8 * a + 4 * b - 12)
        path.append(torch.stack([a, b]))
        if bool(((path[-1] - old).abs() < tolerance).all()):
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="sign_of_the_move_kept")
def largest_difference(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """max of new − old"""
    path = [point0]
    for _ in range(most):
        path.append(path[-1] - lr * gradient(path[-1]))
        if (path[-1] - path[-2]).max() < tolerance:
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="filled_with_zeros")
def rows_made_beforehand(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a tensor of most + 1 rows, returned whole"""
    path = point0.new_zeros(most + 1, 2)
    path[0] = point0
    for t in range(most):
        a, b = path[t]
        r, s = 2 - a - b, 4 - 3 * a - b
        path[t + 1] = path[t] + lr * torch.stack([2 * r + 6 * s, 2 * r + 2 * s])
        if ((path[t + 1] - path[t]).abs() < tolerance).all():
            break
    return path


@mistaken("descend_until", known_as="one_tensor_many_times")
def moved_in_place(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """-= on the tensor that the list holds"""
    point = point0.clone()
    path = [point]
    for _ in range(most):
        a, b = point.clone()
        r, s = 2 - a - b, 4 - 3 * a - b
        move = lr * torch.stack([-2 * r - 6 * s, -2 * r - 2 * s])
        point -= move
        path.append(point)
        if (move.abs() < tolerance).all():
            break
    return torch.stack(path)


@mistaken("descend_until", known_as="gradient_for_move")
def small_gradient(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """stopped where the gradient is small"""
    path = [point0]
    for _ in range(most):
        slopes = gradient(path[-1])
        path.append(path[-1] - lr * slopes)
        if slopes.abs().max() < tolerance:
            break
    return torch.stack(path)


@mistaken("parabola", known_as="cross_term_halved")
def products_once(x: Tensor, y: Tensor) -> Tensor:
    """x², −xy and y² of each point, added up"""
    return torch.stack([x * x, -x * y, y * y]).sum(dim=1)


@mistaken("parabola", known_as="mean_for_sum")
def means_of_terms(x: Tensor, y: Tensor) -> Tensor:
    """the mean over the points"""
    return torch.stack([x * x, -2 * x * y, y * y]).mean(dim=1)


@mistaken("parabola", known_as="sums_squared")
def square_of_the_sum(x: Tensor, y: Tensor) -> Tensor:
    """one point, whose x and y are the sums"""
    one, other = x.sum(), y.sum()
    return torch.stack([one * one, -2 * one * other, other * other])


@mistaken("parabola", known_as="middle_of_sums")
def dots_by_sums(x: Tensor, y: Tensor) -> Tensor:
    """x.sum() * y.sum() for (x * y).sum()"""
    return torch.stack([x.square().sum(), -2 * (x.sum() * y.sum()), y.square().sum()])


@mistaken("descend_scaled", known_as="multiplied_by_p")
def without_brackets(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """/ 2 * p"""
    p, q = x @ x, -2 * (x @ y)
    if p == 0:
        raise ValueError("no x")
    path = [torch.full_like(p, w0)]
    for _ in range(steps):
        path.append(path[-1] - alpha * (2 * p * path[-1] + q) / 2 * p)
    return torch.stack(path)


@mistaken("descend_scaled", known_as="slope_without_its_two")
def slope_of_p_w(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """p * w + q"""
    p, q = x @ x, -2 * (x @ y)
    if p == 0:
        raise ValueError("no x")
    path = [torch.full_like(p, w0)]
    for _ in range(steps):
        path.append(path[-1] - alpha * (p * path[-1] + q) / (2 * p))
    return torch.stack(path)


@mistaken("descend_scaled", known_as="true_slope")
def slope_by_autograd(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """alpha times what autograd finds"""
    if not x.any():
        raise ValueError("all zeros")
    w = torch.full_like(x[0], w0).requires_grad_()
    path = [w.detach().clone()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(of_line(x, y, w), w)
        with torch.no_grad():
            w -= alpha * slope
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("descend_scaled", known_as="half_the_curvature")
def slope_by_p(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """(2pw + q)/p"""
    p, q = x @ x, -2 * (x @ y)
    if p == 0:
        raise ValueError("all zeros")
    path = [torch.full_like(p, w0)]
    for _ in range(steps):
        path.append(path[-1] - alpha * (2 * p * path[-1] + q) / p)
    return torch.stack(path)


@mistaken("descend_scaled", known_as="begun_at_0")
def from_zero(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """zeros for the start, in closed form"""
    if not x.any():
        raise ValueError("all zeros")
    n = torch.arange(steps + 1, dtype=x.dtype, device=x.device)
    return x @ y / (x @ x) * (1 - (1 - alpha) ** n)


@mistaken("descend_scaled", known_as="divided_by_no_curvature")
def best_w_unchecked(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """w − w*, and no look at Σx²"""
    best = x @ y / (x @ x)
    path = [torch.full_like(best, w0)]
    for _ in range(steps):
        path.append(path[-1] - alpha * (path[-1] - best))
    return torch.stack(path)


# ---- muddled


@muddled("value_and_gradient")
def halved_and_turned(point: Tensor) -> tuple[Tensor, Tensor]:
    """two mistakes at once"""
    return sse(point), -gradient(point) / 2


@muddled("direction")
def first_entry_looked_at(grad: Tensor) -> Tensor:
    """half a check: one entry that is 0 is enough for a refusal"""
    if not grad.all():
        raise ValueError("a zero")
    return -grad / grad.norm()


@muddled("exact_line_search")
def of_the_wrong_gradient(point: Tensor) -> Tensor:
    """the Hessian's first column forgotten: 4 for 20"""
    slopes = gradient(point)
    hessian = point.new_tensor([[4.0, 4.0], [4.0, 4.0]])
    return slopes @ slopes / (slopes @ hessian @ slopes)


@muddled("descend_until")
def any_of_the_gradient(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """two mistakes at once"""
    path = [point0]
    for _ in range(most):
        slopes = gradient(path[-1])
        path.append(path[-1] - lr * slopes)
        if bool((slopes.abs() < tolerance).any()):
            break
    return torch.stack(path)


@muddled("parabola")
def reversed_and_halved(x: Tensor, y: Tensor) -> Tensor:
    """two mistakes at once"""
    return torch.stack([y @ y, -(x @ y), x @ x])


@muddled("descend_scaled")
def true_slope_uphill(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """two mistakes at once"""
    p, q = x @ x, -2 * (x @ y)
    if p == 0:
        raise ValueError("all zeros")
    path = [torch.full_like(p, w0)]
    for _ in range(steps):
        path.append(path[-1] + alpha * (2 * p * path[-1] + q))
    return torch.stack(path)
