"""Kata 15, least squares and ridge: right and wrong answers written another way."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.optim.sgd import sgd

from dojo.feedback.mistakes import mistaken, muddled, right


def refuse(X: Tensor) -> None:
    """Raise ValueError unless the smallest singular value is above rounding."""
    sigma = torch.linalg.svdvals(X)
    if len(sigma) < X.shape[1] or sigma[-1] <= sigma[0] * len(X) * torch.finfo(X.dtype).eps:
        raise ValueError("X has dependent columns")


def refuse_lam(lam: float) -> None:
    """Raise ValueError if lam is negative."""
    if not lam >= 0:
        raise ValueError(f"lam = {lam}")


def stacked(X: Tensor, y: Tensor, under: float | Tensor) -> Tensor:
    """Return the least squares of X with a diagonal under it, and zeros under y."""
    n = X.shape[1]
    diagonal = under * torch.eye(n, dtype=X.dtype, device=X.device)
    A, b = torch.cat([X, diagonal]), torch.cat([y, y.new_zeros(n, 1)])
    return torch.linalg.lstsq(A, b).solution


def by_autograd(X: Tensor, lr: float, steps: int, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of a descent on any loss, by backward()."""
    w = X.new_zeros(X.shape[1], 1).requires_grad_()
    path = [w.detach().clone()]
    for _ in range(steps):
        loss(w).backward()
        assert w.grad is not None
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
        path.append(w.detach().clone())
    return torch.stack(path)


def by_sgd(X: Tensor, y: Tensor, weight_decay: float, lr: float, steps: int) -> Tensor:
    """Return the path of torch's own SGD with this weight decay."""
    w = X.new_zeros(X.shape[1], 1)
    path = [w.clone()]
    for _ in range(steps):
        grad = X.T @ (X @ w - y) / len(X)
        sgd(
            [w], [grad], [None], lr=lr, weight_decay=weight_decay,
            momentum=0.0, dampening=0.0, nesterov=False, maximize=False,
        )  # fmt: skip
        path.append(w.clone())
    return torch.stack(path)


def half_mse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return SSE / 2m."""
    return torch.nn.functional.mse_loss(X @ w, y) / 2


@right("normal_equations")
def by_cholesky(X: Tensor, y: Tensor) -> Tensor:
    """Cholesky, after a look at the singular values"""
    refuse(X)
    return torch.cholesky_solve(X.T @ y, torch.linalg.cholesky(X.T @ X))


@right("normal_equations")
def by_inverse(X: Tensor, y: Tensor) -> Tensor:
    """the formula of the document as it stands, after a look at the condition"""
    if len(X) < X.shape[1] or torch.linalg.cond(X) > 0.1 / torch.finfo(X.dtype).eps:
        raise ValueError("dependent")
    return torch.linalg.inv(X.T @ X) @ X.T @ y


@right("by_qr")
def by_lstsq(X: Tensor, y: Tensor) -> Tensor:
    """torch's own least squares"""
    return torch.linalg.lstsq(X, y).solution


@right("by_qr")
def by_back_substitution(X: Tensor, y: Tensor) -> Tensor:
    """the last weight first, each from those after it"""
    Q, R = torch.linalg.qr(X)
    right_side, w = Q.T @ y, X.new_zeros(X.shape[1], 1)
    for i in range(len(w) - 1, -1, -1):
        w[i] = (right_side[i] - R[i] @ w) / R[i, i]
    return w


@right("minimum_norm")
def by_svd(X: Tensor, y: Tensor) -> Tensor:
    """the singular values that are above rounding, inverted"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    kept = sigma > sigma[0] * max(X.shape) * torch.finfo(X.dtype).eps
    return Vh[kept].T @ ((U.T @ y)[kept] / sigma[kept].unsqueeze(1))


@right("ridge")
def ridge_by_stacking(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """least squares with √λ·I under X"""
    refuse_lam(lam)
    return stacked(X, y, lam**0.5)


@right("ridge")
def ridge_by_svd(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """along each singular direction"""
    refuse_lam(lam)
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh.T @ ((sigma / (sigma**2 + lam)).unsqueeze(1) * (U.T @ y))


@right("ridge_path")
def path_by_batch(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """one batched solve"""
    identity = torch.eye(X.shape[1], dtype=X.dtype, device=X.device)
    return torch.linalg.solve(X.T @ X + lams.reshape(-1, 1, 1) * identity, X.T @ y)


@right("ridge_path")
def path_by_eigh(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """the eigenvectors of XᵀX"""
    values, V = torch.linalg.eigh(X.T @ X)
    return V @ ((V.T @ X.T @ y) / (values.unsqueeze(1) + lams.reshape(-1, 1, 1)))


@right("descend")
def descend_by_sgd(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """torch's own SGD"""
    return by_sgd(X, y, lam / len(X), lr, steps)


@right("descend")
def descend_by_autograd(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from (SSE + λ wᵀw) / 2m"""
    return by_autograd(
        X, lr, steps, lambda w: (((X @ w - y) ** 2).sum() + lam * (w**2).sum()) / (2 * len(X))
    )


@right("descend")
def descend_by_products(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """w multiplied by 1 − lr·λ/m first, XᵀX and Xᵀy made once"""
    m, n = X.shape
    A, b, keep = X.T @ X / m, X.T @ y / m, 1 - lr * lam / m
    path = X.new_zeros(steps + 1, n, 1)
    for t in range(steps):
        path[t + 1] = keep * path[t] - lr * (A @ path[t] - b)
    return path


@mistaken("normal_equations", known_as="right_side_alone")
def columns_times_y(X: Tensor, y: Tensor) -> Tensor:
    """each column times y, summed"""
    refuse(X)
    return (X * y).sum(dim=0).unsqueeze(1)


@mistaken("normal_equations", known_as="inverted_elementwise")
def power_of_minus_one(X: Tensor, y: Tensor) -> Tensor:
    """** -1, as on paper"""
    refuse(X)
    return (X.T @ X) ** -1 @ X.T @ y


@mistaken("normal_equations", known_as="divided_by_the_diagonal")
def each_weight_alone(X: Tensor, y: Tensor) -> Tensor:
    """a line through the origin for each column"""
    refuse(X)
    return torch.stack([(x @ y) / (x @ x) for x in X.T])


@mistaken("normal_equations", known_as="one_side_divided")
def mean_and_sum(X: Tensor, y: Tensor) -> Tensor:
    """m times too large at the end"""
    refuse(X)
    return len(y) * torch.linalg.lstsq(X, y).solution


@mistaken("normal_equations", known_as="gram_of_the_rows")
def inverse_of_the_wrong_gram(X: Tensor, y: Tensor) -> Tensor:
    """the transpose on the wrong factor"""
    refuse(X)
    return torch.linalg.solve(torch.mm(X, X.t()), torch.mm(X.t(), y))


@mistaken("normal_equations", known_as="never_refused")
def lstsq_never_complains(X: Tensor, y: Tensor) -> Tensor:
    """torch's own least squares, for any rank"""
    return torch.linalg.lstsq(X, y, driver="gelsd").solution


@mistaken("normal_equations", known_as="solver_trusted")
def asked_by_info(X: Tensor, y: Tensor) -> Tensor:
    """solve_ex, whose info is nonzero for an exact zero"""
    w, info = torch.linalg.solve_ex(X.T @ X, X.T @ y)
    if info:
        raise ValueError("singular")
    return w


@mistaken("by_qr", known_as="q_not_transposed")
def q_as_it_is(X: Tensor, y: Tensor) -> Tensor:
    """R inverted, Q as it is"""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, torch.mm(Q, y), upper=True)


@mistaken("by_qr", known_as="r_not_solved")
def product_of_all(X: Tensor, y: Tensor) -> Tensor:
    """the product from left to right"""
    Q, R = torch.linalg.qr(X)
    return R @ Q.mT @ y


@mistaken("by_qr", known_as="r_transposed")
def left_for_right(X: Tensor, y: Tensor) -> Tensor:
    """wᵀR = (Qᵀy)ᵀ solved, from the other side"""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, (Q.T @ y).T, upper=True, left=False).T.contiguous()


@mistaken("by_qr", known_as="wrong_triangle")
def diagonal_of_r(X: Tensor, y: Tensor) -> Tensor:
    """divided by the diagonal of R"""
    Q, R = torch.linalg.qr(X)
    return Q.T @ y / R.diagonal().unsqueeze(1)


@mistaken("by_qr", known_as="projection_alone")
def scores_on_q(X: Tensor, y: Tensor) -> Tensor:
    """each column of Q times y"""
    return (torch.linalg.qr(X).Q * y).sum(dim=0).unsqueeze(1)


@mistaken("minimum_norm", known_as="superfluous_left_out")
def basic_solution(X: Tensor, y: Tensor) -> Tensor:
    """the first rank(X) columns alone (they are independent in every case here)"""
    rank = int(torch.linalg.matrix_rank(X))
    w = torch.linalg.lstsq(X[:, :rank], y, driver="gelsd").solution
    return torch.cat([w, w.new_zeros(X.shape[1] - rank, 1)])


@mistaken("minimum_norm", known_as="formula_for_independent")
def formula_as_it_stands(X: Tensor, y: Tensor) -> Tensor:
    """the normal equations, unasked"""
    return torch.linalg.solve(torch.mm(X.t(), X), torch.mm(X.t(), y))


@mistaken("minimum_norm", known_as="pseudoinverse_of_the_square")
def shortest_for_normal_equations(X: Tensor, y: Tensor) -> Tensor:
    """torch's own shortest solution, of the normal equations"""
    return torch.linalg.lstsq(X.T @ X, X.T @ y, driver="gelsd").solution


@mistaken("minimum_norm", known_as="a_little_ridge")
def stacked_a_little(X: Tensor, y: Tensor) -> Tensor:
    """a thousandth under X"""
    return stacked(X, y, 1e-3)


@mistaken("minimum_norm", known_as="transpose_for_inverse")
def columns_times_y_again(X: Tensor, y: Tensor) -> Tensor:
    """each column times y"""
    return torch.einsum("mn,mk->nk", X, y)


@mistaken("ridge", known_as="lambda_forgotten")
def least_squares_again(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """torch's own least squares"""
    refuse_lam(lam)
    return torch.linalg.lstsq(X, y, driver="gelsd").solution


@mistaken("ridge", known_as="lambda_everywhere")
def ones_for_identity(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """a table of ones for I"""
    refuse_lam(lam)
    n = X.shape[1]
    return torch.linalg.solve(X.T @ X + lam * X.new_ones(n, n), X.T @ y)


@mistaken("ridge", known_as="m_times_lambda")
def ridge_of_the_mean(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """the minimum of SSE / m + λ wᵀw"""
    refuse_lam(lam)
    return stacked(X / len(X) ** 0.5, y / len(X) ** 0.5, lam**0.5)


@mistaken("ridge", known_as="lambda_over_m")
def penalty_averaged(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """the minimum of SSE + λ wᵀw / m"""
    refuse_lam(lam)
    return stacked(X, y, (lam / len(X)) ** 0.5)


@mistaken("ridge", known_as="twice_lambda")
def half_the_squares(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """the minimum of SSE / 2 + λ wᵀw"""
    refuse_lam(lam)
    return stacked(X / 2**0.5, y / 2**0.5, lam**0.5)


@mistaken("ridge", known_as="half_lambda")
def half_the_penalty(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """the minimum of SSE + λ wᵀw / 2"""
    refuse_lam(lam)
    return stacked(X, y, (lam / 2) ** 0.5)


@mistaken("ridge", known_as="lambda_squared")
def lambda_stacked(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """λI under X, where √λ·I belongs"""
    refuse_lam(lam)
    return stacked(X, y, lam)


@mistaken("ridge", known_as="lambda_subtracted")
def shifted_the_wrong_way(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """eigenvalues less λ"""
    refuse_lam(lam)
    values, V = torch.linalg.eigh(X.T @ X)
    return V @ (V.T @ X.T @ y / (values - lam).unsqueeze(1))


@mistaken("ridge", known_as="intercept_spared")
def last_not_stacked(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """a 0 under the last column"""
    refuse_lam(lam)
    under = X.new_full((X.shape[1],), lam**0.5)
    under[-1] = 0
    return stacked(X, y, under)


@mistaken("ridge", known_as="negative_lambda_taken")
def unasked(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """the equations, whatever lam is"""
    A = torch.mm(X.t(), X)
    A.diagonal().add_(lam)
    return torch.linalg.solve(A, torch.mm(X.t(), y))


@mistaken("ridge_path", known_as="share_for_weight")
def shares(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """1 / (1 + λ/σ²)"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    share = 1 / (1 + lams.unsqueeze(1) / sigma**2)
    return torch.einsum("ki,i,in->kn", share, (U.T @ y)[:, 0], Vh).unsqueeze(2)


@mistaken("ridge_path", known_as="sigma_not_squared")
def inverse_shifted(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """1/σ with λ added below"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    factor = (sigma + lams.unsqueeze(1)).reciprocal()
    return torch.einsum("ki,i,in->kn", factor, (U.T @ y)[:, 0], Vh).unsqueeze(2)


@mistaken("ridge_path", known_as="lambda_squared_below")
def lams_stacked(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """a batch with λ² on the diagonal"""
    return path_by_batch(X, y, lams**2)


@mistaken("ridge_path", known_as="first_lambda_for_all")
def one_row_repeated(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """one solution, repeated"""
    return path_by_batch(X, y, lams[:1]).repeat(len(lams), 1, 1)


@mistaken("ridge_path", known_as="sorted_by_lambda")
def smallest_first(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """right rows, put in order"""
    return path_by_batch(X, y, lams)[lams.argsort()]


@mistaken("ridge_path", known_as="v_not_transposed")
def vh_taken_for_v(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """Vh called V, as in numpy's older books"""
    U, sigma, V = torch.linalg.svd(X, full_matrices=False)
    factor = sigma / (sigma**2 + lams.unsqueeze(1))
    return V @ (factor.unsqueeze(2) * (U.T @ y))


@mistaken("ridge_path", known_as="lambdas_over_m")
def penalties_averaged(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """a batch with λ / m on the diagonal"""
    return path_by_batch(X, y, lams / X.shape[0])


@mistaken("descend", known_as="decay_is_lambda")
def lambda_given_to_sgd(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """torch's own SGD, weight_decay = lam"""
    return by_sgd(X, y, lam, lr, steps)


@mistaken("descend", known_as="decay_is_twice")
def penalty_not_halved(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from SSE / 2m + λ/m · wᵀw"""
    return by_autograd(X, lr, steps, lambda w: half_mse(X, y, w) + lam / len(X) * (w**2).sum())


@mistaken("descend", known_as="decay_is_half")
def half_given_to_sgd(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """torch's own SGD, weight_decay = lam / 2m"""
    return by_sgd(X, y, lam / 2 / len(y), lr, steps)


@mistaken("descend", known_as="decay_over_n")
def mean_of_the_squares(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from SSE / 2m + λ/2 · the mean of w²"""
    return by_autograd(X, lr, steps, lambda w: half_mse(X, y, w) + lam / 2 * (w**2).mean())


@mistaken("descend", known_as="no_decay")
def kata_06(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from SSE / 2m alone"""
    return by_autograd(X, lr, steps, lambda w: half_mse(X, y, w))


@mistaken("descend", known_as="growth_for_decay")
def penalty_subtracted(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from (SSE − λ wᵀw) / 2m"""
    return by_autograd(
        X, lr, steps, lambda w: half_mse(X, y, w) - lam / (2 * len(X)) * (w**2).sum()
    )


@mistaken("descend", known_as="decay_without_lr")
def shrunk_before_the_step(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """w times 1 − λ/m, less the step"""
    m, n = X.shape
    path = X.new_zeros(steps + 1, n, 1)
    for t in range(steps):
        path[t + 1] = (1 - lam / m) * path[t] - lr * X.T @ (X @ path[t] - y) / m
    return path


@mistaken("descend", known_as="intercept_not_decayed")
def intercept_left_out(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() with a penalty on w[:-1]"""
    return by_autograd(
        X, lr, steps, lambda w: half_mse(X, y, w) + lam / (2 * len(X)) * (w[:-1] ** 2).sum()
    )


@mistaken("descend", known_as="decay_of_the_moved")
def two_steps_in_place(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """the gradient's step, then the decay's, both in place"""
    m, n = X.shape
    w = X.new_zeros(n, 1)
    path = [w.clone()]
    for _ in range(steps):
        w -= lr * (X.T @ (X @ w - y)) / m
        w *= 1 - lr * lam / m
        path.append(w.clone())
    return torch.stack(path)


@mistaken("descend", known_as="constant_decay")
def lasso(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() with a penalty of λ/m · |w|"""
    return by_autograd(X, lr, steps, lambda w: half_mse(X, y, w) + lam / len(X) * w.abs().sum())


@mistaken("descend", known_as="gradient_not_divided")
def half_the_sum(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """backward() from SSE / 2 and a decay that is divided by m"""
    m = len(X)
    return by_autograd(X, lr, steps, lambda w: m * half_mse(X, y, w) + lam / (2 * m) * (w**2).sum())


@mistaken("by_qr", known_as="q_left_out")
def right_side_kept(X: Tensor, y: Tensor) -> Tensor:
    """Xᵀy kept from the normal equations"""
    return torch.linalg.solve(torch.linalg.qr(X).R, X.T @ y)


@mistaken("ridge_path", known_as="sigma_left_out")
def divided_by_the_square(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """Uᵀy over σ² + λ"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh.T @ ((U.T @ y) / (sigma**2 + lams[:, None]).unsqueeze(2))


@mistaken("ridge_path", known_as="sigma_not_squared_below")
def square_forgotten(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """σ over σ + λ"""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh.T @ ((sigma / (sigma + lams[:, None])).unsqueeze(2) * (U.T @ y))


@mistaken("descend", known_as="nothing_divided_by_m")
def gradient_of_the_half_sum(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """autograd of half the ridge sum"""
    path = [torch.zeros_like(X[0]).unsqueeze(1)]
    for _ in range(steps):
        w = path[-1].clone().requires_grad_()
        loss = (((X @ w - y) ** 2).sum() + lam * (w**2).sum()) / 2
        path.append(path[-1] - lr * torch.autograd.grad(loss, w)[0])
    return torch.stack(path)


@mistaken("descend", known_as="steps_doubled")
def gradient_of_the_mean(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """autograd of the ridge sum over m"""
    path = [torch.zeros_like(X[0]).unsqueeze(1)]
    for _ in range(steps):
        w = path[-1].clone().requires_grad_()
        loss = (((X @ w - y) ** 2).sum() + lam * (w**2).sum()) / len(X)
        path.append(path[-1] - lr * torch.autograd.grad(loss, w)[0])
    return torch.stack(path)


@mistaken("descend", known_as="gradient_of_the_decayed")
def decay_then_gradient(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """w shrunk by a factor first"""
    w = torch.zeros_like(X[0]).unsqueeze(1)
    path = [w]
    for _ in range(steps):
        w = (1 - lr * lam / len(X)) * w
        w = w - lr * torch.einsum("mi,mj->ij", X, X @ w - y) / len(X)
        path.append(w)
    return torch.stack(path)


@mistaken("descend", known_as="one_tensor_stored")
def changed_in_place(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """w -= … after w was appended"""
    w = torch.zeros_like(X[0]).unsqueeze(1)
    path = [w]
    for _ in range(steps):
        w -= lr * (X.T @ (X @ w - y) + lam * w) / len(X)
        path.append(w)
    return torch.stack(path)


@muddled("normal_equations")
def wide_only_refused(X: Tensor, y: Tensor) -> Tensor:
    """half a check: the shape alone"""
    if X.shape[0] < X.shape[1]:
        raise ValueError("wide")
    return torch.linalg.pinv(X) @ y


@muddled("normal_equations")
def determinant_for_rank(X: Tensor, y: Tensor) -> Tensor:
    """a determinant held against a fixed small number: it depends on the units of X"""
    if torch.linalg.det(X.T @ X).abs() < 1e-8:
        raise ValueError("singular")
    return torch.linalg.solve(X.T @ X, X.T @ y)


@muddled("by_qr")
def q_and_r_as_they_are(X: Tensor, y: Tensor) -> Tensor:
    """two mistakes at once"""
    Q, R = torch.linalg.qr(X)
    return R @ Q @ y


@muddled("minimum_norm")
def formula_for_wide(X: Tensor, y: Tensor) -> Tensor:
    """right where the rows are independent"""
    return X.T @ torch.linalg.inv(X @ X.T) @ y


@muddled("ridge")
def spared_and_times_m(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """two mistakes at once"""
    refuse_lam(lam)
    under = X.new_full((X.shape[1],), (lam * len(X)) ** 0.5)
    under[-1] = 0
    return stacked(X, y, under)


@muddled("ridge")
def zero_refused(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """a refusal of 0, too"""
    if lam <= 0:
        raise ValueError("lam")
    return stacked(X, y, lam**0.5)


@muddled("ridge_path")
def sorted_and_squared(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """two mistakes at once"""
    return path_by_batch(X, y, lams.sort().values ** 2)


@muddled("descend")
def twice_and_uphill(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    return by_sgd(X, y, 2 * lam / len(X), -lr, steps)
