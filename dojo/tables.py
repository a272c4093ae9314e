"""The table of a failure in the numbers: what was wanted beside what came."""

from __future__ import annotations

from torch import Tensor

ROWS = 5  # of a table of differences that are shown


def differences(
    got: Tensor, want: Tensor, near: Tensor, row: str, column: str, digits: int | None
) -> list[str]:
    """Write the rows around the first difference, wanted beside yours."""
    if not got.dim():
        shown, mine = _distinct(want.reshape(1), got.reshape(1), digits)
        return [f"  {column}: {shown}", f"  yours: {mine}"]
    flat = [t.reshape(len(t), -1) for t in (got, want, near)]
    first = int((~flat[2].all(dim=1)).nonzero()[0, 0])
    start = max(0, min(first - 2, len(got) - ROWS))
    lines = []
    for i in range(start, min(start + ROWS, len(got))):
        if bool(flat[2][i].all()):  # near enough: its last digits are of no interest
            shown, mine = _row(flat[1][i], flat[0][i], _digits(digits))
        else:
            shown, mine = _distinct(flat[1][i], flat[0][i], digits)
        lines.append((str(i), shown, mine, "   ← first difference" if i == first else ""))
    widths = [
        max(map(len, c)) for c in zip((row, column, "yours"), *(x[:3] for x in lines), strict=True)
    ]
    head = f"  {row:>{widths[0]}}   {column:>{widths[1]}}   {'yours':>{widths[2]}}"
    return [head] + [
        f"  {n:>{widths[0]}}   {w:>{widths[1]}}   {m:>{widths[2]}}{mark}" for n, w, m, mark in lines
    ]


def _distinct(want: Tensor, got: Tensor, digits: int | None) -> tuple[str, str]:
    """Format both with as many digits as it takes to tell them apart where they differ."""
    pairs = [_row(want, got, spec) for spec in (_digits(digits), ".7g", ".12g", ".17g")]
    return next((p for p in pairs if p[0] != p[1]), pairs[0])


def _digits(digits: int | None) -> str:
    return f".{digits}f" if digits is not None else ".7g"


def _row(want: Tensor, got: Tensor, spec: str) -> tuple[str, str]:
    shown = [[format(v, spec) for v in t.tolist()[:4]] for t in (want, got)]
    more = ", …" if want.numel() > 4 else ""
    if want.numel() == 1:
        return shown[0][0], shown[1][0]
    return f"[{', '.join(shown[0])}{more}]", f"[{', '.join(shown[1])}{more}]"
