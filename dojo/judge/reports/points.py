"""Points as learning platforms want them: whole ones, which add up exactly, in any arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence

KATA = 1000  # what a kata is worth


def shares(worths: Sequence[float], whole: int = KATA) -> list[int]:
    """Part `whole` points among tests by what they are worth: whole points, which add up to it.

    Where they do not go up, those with the largest rest get one more, the first of them first.
    """
    exact = [whole * worth / (math.fsum(worths) or 1.0) for worth in worths]
    parts = [math.floor(share) for share in exact]
    left = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in left[: whole - sum(parts)]:
        parts[i] += 1
    return parts
