"""Ritz vectors without stored Krylov vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .in_place import in_place
from .krylov import ROWS, LanczosRecursion


def ritz_vectors(
    operator: Any, start: np.ndarray, recursion: LanczosRecursion, columns: np.ndarray
) -> np.ndarray:
    """Ritz vectors (n, n_lines), normalised: the recursion is run again, so that no Krylov vector
    need be stored.
    """
    again = in_place(operator)
    result = np.zeros((columns.shape[1], start.size))
    previous = np.zeros_like(start)
    current = start / start.dtype.type(np.linalg.norm(start))

    held = np.empty((ROWS, start.size), start.dtype)
    for k in range(recursion.steps):
        held[k % ROWS] = current
        if k % ROWS == ROWS - 1 or k == recursion.steps - 1:
            first = k - k % ROWS
            result += columns[first : k + 1].T @ held[: k + 1 - first]
        if k < recursion.steps - 1:
            last = recursion.beta[k - 1] if k else 0.0
            again.apply(current, previous, 1.0, recursion.alpha[k], -last)
            previous *= 1 / recursion.beta[k]
            previous, current = current, previous

    normalised: np.ndarray = result / np.linalg.norm(result, axis=1)[:, None]
    return normalised.T
