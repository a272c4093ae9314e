"""Kata 15, least squares and ridge: what learners get wrong; docstrings end "… the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def refuse_dependent(X: Tensor) -> None:
    """Raise ValueError if the columns of X are dependent."""
    if torch.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError("dependent columns")


def refuse_negative(lam: float) -> None:
    """Raise ValueError if lam is negative."""
    if lam < 0:
        raise ValueError("lam is negative")


def identity(X: Tensor) -> Tensor:
    """Return I, [n, n]."""
    return torch.eye(X.shape[1], dtype=X.dtype, device=X.device)


def solved(X: Tensor, y: Tensor, added: Tensor | float) -> Tensor:
    """Return the solution of (XᵀX + added) w = Xᵀy."""
    return torch.linalg.solve(X.T @ X + added, X.T @ y)


def path_by(
    X: Tensor, y: Tensor, lams: Tensor, factor: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Return V diag(factor(σ, λ)) Uᵀy for every λ, [k, n, 1]."""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    return (factor(sigma, lams.unsqueeze(1)) * (U.T @ y).T @ Vh).unsqueeze(2)


def shrunk(sigma: Tensor, lam: Tensor) -> Tensor:
    """Return the right factor, σ / (σ² + λ)."""
    return sigma / (sigma**2 + lam)


def walk(X: Tensor, y: Tensor, steps: int, step: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return the path of w ← step(w, gradient of SSE / 2m), from w = 0."""
    path = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        w = path[-1]
        path.append(step(w, X.T @ (X @ w - y) / len(X)))
    return torch.stack(path)


def decayed(X: Tensor, y: Tensor, weight_decay: float, lr: float, steps: int) -> Tensor:
    """Return the path of a descent with this weight decay."""
    return walk(X, y, steps, lambda w, g: w - lr * (g + weight_decay * w))


@mistake("normal_equations")
def right_side_alone(X: Tensor, y: Tensor) -> Tensor:
    """Xᵀy, the right side of the equations: they are still to be solved"""
    refuse_dependent(X)
    return X.T @ y


@mistake("normal_equations")
def inverted_elementwise(X: Tensor, y: Tensor) -> Tensor:
    """1/(XᵀX) entry by entry, times Xᵀy: the inverse of a matrix is not that of its entries"""
    refuse_dependent(X)
    return (1 / (X.T @ X)) @ (X.T @ y)


@mistake("normal_equations")
def divided_by_the_diagonal(X: Tensor, y: Tensor) -> Tensor:
    """Xᵀy divided by the diagonal of XᵀX, each weight as if it were the only one"""
    refuse_dependent(X)
    return X.T @ y / (X.T @ X).diagonal().unsqueeze(1)


@mistake("normal_equations")
def one_side_divided(X: Tensor, y: Tensor) -> Tensor:
    """weights m times too large: XᵀX is divided by m and Xᵀy is not"""
    refuse_dependent(X)
    return torch.linalg.solve(X.T @ X / len(X), X.T @ y)


@mistake("normal_equations")
def gram_of_the_rows(X: Tensor, y: Tensor) -> Tensor:
    """XXᵀ, [m, m], where XᵀX, [n, n], belongs"""
    refuse_dependent(X)
    return torch.linalg.solve(X @ X.T, X.T @ y)


@mistake("normal_equations")
def never_refused(X: Tensor, y: Tensor) -> Tensor:
    """weights for dependent columns, one choice of many: raise a ValueError instead"""
    return torch.linalg.pinv(X) @ y


@mistake("normal_equations")
def solver_trusted(X: Tensor, y: Tensor) -> Tensor:
    """a refusal that is left to the solver: rounding hides from it that XᵀX is singular"""
    try:
        return solved(X, y, 0.0)
    except torch.linalg.LinAlgError as error:
        raise ValueError("singular") from error


@mistake("by_qr")
def q_not_transposed(X: Tensor, y: Tensor) -> Tensor:
    """Q y where Qᵀy belongs"""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, Q @ y, upper=True)


@mistake("by_qr")
def q_left_out(X: Tensor, y: Tensor) -> Tensor:
    """R w = Xᵀy, with Xᵀ where Qᵀ belongs: on the right stands Qᵀy"""
    R = torch.linalg.qr(X).R
    return torch.linalg.solve_triangular(R, X.T @ y, upper=True)


@mistake("by_qr")
def r_not_solved(X: Tensor, y: Tensor) -> Tensor:
    """R Qᵀy: solve R w = Qᵀy for w, do not multiply with R"""
    Q, R = torch.linalg.qr(X)
    return R @ (Q.T @ y)


@mistake("by_qr")
def r_transposed(X: Tensor, y: Tensor) -> Tensor:
    """Rᵀw = Qᵀy, solved: the equations are R w = Qᵀy"""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R.T, Q.T @ y, upper=False)


@mistake("by_qr")
def wrong_triangle(X: Tensor, y: Tensor) -> Tensor:
    """a solver that looks in the empty triangle, and finds the diagonal alone (R is upper, Rᵀ
    lower)"""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, Q.T @ y, upper=False)


@mistake("by_qr")
def gram_factored(X: Tensor, y: Tensor) -> Tensor:
    """Q and R of XᵀX: right on paper, but XᵀX loses half of the digits; take Q and R of X itself"""
    Q, R = torch.linalg.qr(X.T @ X)
    return torch.linalg.solve_triangular(R, Q.T @ (X.T @ y), upper=True)


@mistake("by_qr")
def projection_alone(X: Tensor, y: Tensor) -> Tensor:
    """Qᵀy, the weights for the columns of Q: R leads from them to those for X"""
    Q, _ = torch.linalg.qr(X)
    return Q.T @ y


@mistake("minimum_norm")
def superfluous_left_out(X: Tensor, y: Tensor) -> Tensor:
    """0 for each column that the ones before it make superfluous: it fits as well, but is longer"""
    chosen = list[int]()
    for j in range(X.shape[1]):
        if torch.linalg.matrix_rank(X[:, [*chosen, j]]) > len(chosen):
            chosen.append(j)
    w = X.new_zeros(X.shape[1], 1)
    w[chosen] = torch.linalg.pinv(X[:, chosen]) @ y
    return w


@mistake("minimum_norm")
def formula_for_independent(X: Tensor, y: Tensor) -> Tensor:
    """(XᵀX)⁻¹Xᵀy, which needs independent columns"""
    return solved(X, y, 0.0)


@mistake("minimum_norm")
def formula_by_shape(X: Tensor, y: Tensor) -> Tensor:
    """(XᵀX)⁻¹Xᵀy or, where X is wide, Xᵀ(XXᵀ)⁻¹y: dependent columns or rows fit neither"""
    if X.shape[0] >= X.shape[1]:
        return solved(X, y, 0.0)
    return X.T @ torch.linalg.solve(X @ X.T, y)


@mistake("minimum_norm")
def pseudoinverse_of_the_square(X: Tensor, y: Tensor) -> Tensor:
    """(XᵀX)⁺Xᵀy: right on paper, but XᵀX loses digits, and X⁺y needs no XᵀX"""
    return torch.linalg.pinv(X.T @ X) @ (X.T @ y)


@mistake("minimum_norm")
def a_little_ridge(X: Tensor, y: Tensor) -> Tensor:
    """ridge with λ = 1e-6: it is near the shortest w, not at it"""
    return solved(X, y, 1e-6 * identity(X))


@mistake("minimum_norm")
def transpose_for_inverse(X: Tensor, y: Tensor) -> Tensor:
    """Xᵀy: the pseudoinverse is the transpose only if the columns are orthonormal"""
    return X.T @ y


@mistake("ridge")
def lambda_forgotten(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """least squares: λ is not used"""
    refuse_negative(lam)
    return solved(X, y, 0.0)


@mistake("ridge")
def lambda_everywhere(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """λ added to every entry of XᵀX: λI has it on the diagonal only"""
    refuse_negative(lam)
    return solved(X, y, lam)


@mistake("ridge")
def m_times_lambda(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """m · λ where λ belongs: that would go with a loss divided by m"""
    refuse_negative(lam)
    return solved(X, y, len(X) * lam * identity(X))


@mistake("ridge")
def lambda_over_m(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """λ / m where λ belongs: XᵀX is not divided by m either"""
    refuse_negative(lam)
    return solved(X, y, lam / len(X) * identity(X))


@mistake("ridge")
def twice_lambda(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """2λ where λ belongs: the slopes of both squares have a 2, and it cancels"""
    refuse_negative(lam)
    return solved(X, y, 2 * lam * identity(X))


@mistake("ridge")
def half_lambda(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """λ/2 where λ belongs: the slopes of both squares have a 2, and it cancels"""
    refuse_negative(lam)
    return solved(X, y, lam / 2 * identity(X))


@mistake("ridge")
def lambda_squared(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """λ² where λ belongs (under X you stack √λ·I, not λI)"""
    refuse_negative(lam)
    return solved(X, y, lam**2 * identity(X))


@mistake("ridge")
def lambda_subtracted(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """XᵀX − λI, which makes the weights longer: λI is added"""
    refuse_negative(lam)
    return solved(X, y, -lam * identity(X))


@mistake("ridge")
def intercept_spared(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """a λ that spares the last weight: many books do so, here λI has n entries"""
    refuse_negative(lam)
    spared = identity(X)
    spared[-1, -1] = 0
    return solved(X, y, lam * spared)


@mistake("ridge")
def negative_lambda_taken(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """weights for a negative λ, which are no minimum: raise a ValueError instead"""
    return solved(X, y, lam * identity(X))


@mistake("ridge_path")
def share_for_weight(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """σ²/(σ² + λ), the share that is left: the factor has one σ less, σ/(σ² + λ)"""
    return path_by(X, y, lams, lambda sigma, lam: sigma**2 / (sigma**2 + lam))


@mistake("ridge_path")
def sigma_left_out(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """1/(σ² + λ), without the σ above: the factor is σ/(σ² + λ)"""
    return path_by(X, y, lams, lambda sigma, lam: 1 / (sigma**2 + lam))


@mistake("ridge_path")
def sigma_not_squared_below(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """σ/(σ + λ): the σ below is squared, σ/(σ² + λ)"""
    return path_by(X, y, lams, lambda sigma, lam: sigma / (sigma + lam))


@mistake("ridge_path")
def sigma_not_squared(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """1/(σ + λ): the factor is σ/(σ² + λ)"""
    return path_by(X, y, lams, lambda sigma, lam: 1 / (sigma + lam))


@mistake("ridge_path")
def lambda_squared_below(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """σ/(σ² + λ²): λ is not squared"""
    return path_by(X, y, lams, lambda sigma, lam: sigma / (sigma**2 + lam**2))


@mistake("ridge_path")
def first_lambda_for_all(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """rows that all use the first λ: row i belongs to lams[i]"""
    return path_by(X, y, lams[:1].expand_as(lams), shrunk)


@mistake("ridge_path")
def sorted_by_lambda(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """rows in the order of growing λ: row i belongs to lams[i]"""
    return path_by(X, y, lams.sort().values, shrunk)


@mistake("ridge_path")
def v_not_transposed(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """Vᵀ where V belongs: linalg.svd returns Vᵀ, so V is its transpose"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    return (shrunk(sigma, lams.unsqueeze(1)) * (U.T @ y).T @ Vh.T).unsqueeze(2)


@mistake("ridge_path")
def lambdas_over_m(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """λ / m where λ belongs: X is not divided by anything either"""
    return path_by(X, y, lams / len(X), shrunk)


@mistake("descend")
def decay_is_lambda(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a weight decay of λ: with SSE / 2m it has to be λ / m"""
    return decayed(X, y, lam, lr, steps)


@mistake("descend")
def decay_is_twice(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a weight decay of 2λ / m: the 2 of w² is divided away, as that of SSE is"""
    return decayed(X, y, 2 * lam / len(X), lr, steps)


@mistake("descend")
def decay_is_half(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a weight decay of λ / 2m: the slope of w² brings a 2, which takes that half away"""
    return decayed(X, y, lam / (2 * len(X)), lr, steps)


@mistake("descend")
def decay_over_n(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a weight decay of λ / n: m counts the samples, n the weights"""
    return decayed(X, y, lam / X.shape[1], lr, steps)


@mistake("descend")
def no_decay(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a descent without weight decay: it ends at least squares"""
    return decayed(X, y, 0.0, lr, steps)


@mistake("descend")
def growth_for_decay(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """weights that are pushed away from 0: the decay has the wrong sign"""
    return decayed(X, y, -lam / len(X), lr, steps)


@mistake("descend")
def decay_without_lr(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a decay that lr does not multiply: then the end depends on lr"""
    return walk(X, y, steps, lambda w, g: w - lr * g - lam / len(X) * w)


@mistake("descend")
def intercept_not_decayed(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a decay that spares the last weight: λI does not"""
    spared = X.new_ones(X.shape[1], 1)
    spared[-1] = 0
    return walk(X, y, steps, lambda w, g: w - lr * (g + lam / len(X) * spared * w))


@mistake("descend")
def decay_of_the_moved(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a decay of the w that has moved already: gradient and decay belong to the same w"""

    def step(w: Tensor, g: Tensor) -> Tensor:
        moved = w - lr * g
        return moved - lr * lam / len(X) * moved

    return walk(X, y, steps, step)


@mistake("descend")
def constant_decay(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a decay of λ/m · sign(w), the slope of |w|: that of w² grows with w"""
    return walk(X, y, steps, lambda w, g: w - lr * (g + lam / len(X) * w.sign()))


@mistake("descend")
def gradient_not_divided(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a gradient that is not divided by m, beside a decay that is"""
    return walk(X, y, steps, lambda w, g: w - lr * (len(X) * g + lam / len(X) * w))


@mistake("descend")
def nothing_divided_by_m(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """the gradient Xᵀ(Xw − y) + λw, which is not divided by m: it is that of SSE / 2m"""
    return walk(X, y, steps, lambda w, g: w - lr * (len(X) * g + lam * w))


@mistake("descend")
def steps_doubled(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """steps twice too long: the 2 in SSE / 2m takes the 2 of the square away"""
    return decayed(X, y, lam / len(X), 2 * lr, steps)


@mistake("descend")
def gradient_of_the_decayed(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a gradient at the w that has decayed already: gradient and decay belong to the same w"""
    path = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        w = path[-1] - lr * lam / len(X) * path[-1]
        path.append(w - lr * (X.T @ (X @ w - y)) / len(X))
    return torch.stack(path)


@mistake("descend")
def one_tensor_stored(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored"""
    path = decayed(X, y, lam / len(X), lr, steps)
    return path[-1:].repeat(steps + 1, 1, 1)
