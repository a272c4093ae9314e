"""Kata 15, least squares and ridge: the reference answer."""

import torch
from torch import Tensor


def normal_equations(X: Tensor, y: Tensor) -> Tensor:
    """Return the w with the smallest SSE: solve XᵀX w = Xᵀy."""
    if torch.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError("the columns of X are dependent: many w have the smallest SSE")
    return torch.linalg.solve(X.T @ X, X.T @ y)


def by_qr(X: Tensor, y: Tensor) -> Tensor:
    """Return the same w from X = QR, without XᵀX: as exact as X allows."""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, Q.T @ y, upper=True)


def minimum_norm(X: Tensor, y: Tensor) -> Tensor:
    """Return, of all w with the smallest SSE, the shortest one, for any X."""
    return torch.linalg.pinv(X) @ y


def ridge(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """Return the w with the smallest SSE + λ wᵀw: solve (XᵀX + λI) w = Xᵀy."""
    if lam < 0:
        raise ValueError(f"lam must not be negative, it is {lam}")
    identity = torch.eye(X.shape[1], dtype=X.dtype, device=X.device)
    return torch.linalg.solve(X.T @ X + lam * identity, X.T @ y)


def ridge_path(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """Return ridge's w for every λ in lams."""
    U, sigma, Vh = torch.linalg.svd(X, full_matrices=False)
    lengths = sigma / (sigma**2 + lams.unsqueeze(1)) * (U.T @ y).T  # along each row of Vᵀ, [k, n]
    return (lengths @ Vh).unsqueeze(2)


def descend(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of kata 06 with weight decay, from w = 0, and return every w."""
    m, n = X.shape
    path = [X.new_zeros(n, 1)]
    for _ in range(steps):
        w = path[-1]
        gradient = X.T @ (X @ w - y) / m
        path.append(w - lr * (gradient + lam / m * w))
    return torch.stack(path)
