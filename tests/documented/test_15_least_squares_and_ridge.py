"""What document 004 says of XᵀX, and no function of kata 15 can show."""

from __future__ import annotations

import pytest
import torch

SAME = [[1.0, 1.0], [2.0, 2.0]]  # dependent columns; XᵀX has the eigenvalues 0 and 10


@pytest.mark.documented("m004-full-rank")
def test_the_formula_needs_full_rank() -> None:
    """inv and solve raise where XᵀX is singular."""
    X, y = torch.tensor(SAME), torch.tensor([[2.0], [4.0]])
    with pytest.raises(torch.linalg.LinAlgError, match="singular"):
        torch.linalg.inv(X.T @ X)
    with pytest.raises(torch.linalg.LinAlgError, match="singular"):
        torch.linalg.solve(X.T @ X, X.T @ y)


@pytest.mark.documented("m004-full-rank", "m004-no-optimum")
def test_only_the_formula_needs_full_rank() -> None:
    """pinv and lstsq give the shortest of the solutions, and its SSE is 0."""
    X, y = torch.tensor(SAME), torch.tensor([[2.0], [4.0]])
    for w in (torch.linalg.pinv(X) @ y, torch.linalg.lstsq(X, y, driver="gelsd").solution):
        assert w.flatten().tolist() == pytest.approx([1, 1], abs=1e-5)
        assert float(((X @ w - y) ** 2).sum()) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("lam", [-10.0, 1e-8, 0.0])
@pytest.mark.documented("m004-ridge-invertible")
def test_a_ridge_may_be_too_low(lam: float) -> None:
    """XᵀX + λI is singular for λ minus an eigenvalue, and for one below the rounding of XᵀX."""
    gram, identity = torch.tensor(SAME).T @ torch.tensor(SAME), torch.eye(2)
    with pytest.raises(torch.linalg.LinAlgError, match="singular"):
        torch.linalg.inv(gram + lam * identity)
    torch.linalg.inv(gram + 1e-3 * identity)


@pytest.mark.documented("m004-full-rank")
def test_the_gram_matrix_forgets() -> None:
    """X has rank 2 with the columns (1, e, 0) and (1, 0, e); e² is lost in XᵀX."""
    e = 1e-8
    X = torch.tensor([[1.0, 1.0], [e, 0.0], [0.0, e]], dtype=torch.float64)
    assert (X.T @ X).tolist() == [[1, 1], [1, 1]]
    assert torch.linalg.matrix_rank(X) == 2
