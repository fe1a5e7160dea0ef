"""The Lanczos recursion of a real symmetric matrix, its Ritz values and vectors, and spectral bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh_tridiagonal

Matvec = Callable[[np.ndarray], np.ndarray]


class LanczosRecursion:
    """Three-term recursion started at a real vector; `extend` it as far as convergence asks.

    No reorthogonalisation: copies of converged eigenvalues share the weight of the original, so spectra stay right
    (C. C. Paige, IMA J. Appl. Math. 18, 341 (1976)); `lines` merges the copies.
    """

    def __init__(self, matvec: Matvec, start: np.ndarray) -> None:
        self.matvec = matvec
        self.strength = float(start @ start)
        self.alpha: list[float] = []
        self.beta: list[float] = []
        self._previous, self._current = np.zeros_like(start), start / np.sqrt(self.strength)

    @property
    def exhausted(self) -> bool:
        """True when the Krylov space is closed: the lines are exact eigenvalues."""
        return bool(self.beta) and self.beta[-1] < 1e-10

    def extend(self, n_steps: int) -> LanczosRecursion:
        """Take up to `n_steps` further steps."""
        for _ in range(n_steps):
            if self.exhausted:
                break
            last = self.beta[-1] if self.beta else 0.0
            w = self.matvec(self._current) - last * self._previous
            self.alpha.append(float(self._current @ w))
            w -= self.alpha[-1] * self._current
            self.beta.append(float(np.linalg.norm(w)))
            if not self.exhausted:
                self._previous, self._current = self._current, w / self.beta[-1]
        return self

    def ritz(self) -> tuple[np.ndarray, np.ndarray]:
        """Ritz values, and the eigenvectors of the tridiagonal matrix as columns."""
        return eigh_tridiagonal(np.array(self.alpha), np.array(self.beta[:-1]))

    def lines(self, *, merge: float, threshold: float = 1e-10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies, intensities, and for each line the tridiagonal eigenvector of its largest copy (columns).

        Values closer than `merge` are copies of one line; lines below `threshold` of the strength are left out.
        """
        values, vectors = self.ritz()
        weights = self.strength * vectors[0] ** 2
        group = np.concatenate([[0], np.cumsum(np.diff(values) > merge)])
        total = np.bincount(group, weights)
        centre = np.bincount(group, weights * values) / np.where(total > 0, total, 1)
        order = np.lexsort((-weights, group))
        best = order[np.unique(group[order], return_index=True)[1]]
        keep = total > threshold * self.strength
        return centre[keep], total[keep], vectors[:, best[keep]]


def ritz_vectors(matvec: Matvec, start: np.ndarray, recursion: LanczosRecursion, columns: np.ndarray,
                 *, block: int = 32) -> np.ndarray:
    """Ritz vectors (n, n_lines), normalised: the recursion is run again, so that no Krylov vector need be stored."""
    result = np.zeros((start.size, columns.shape[1]))
    previous, current = np.zeros_like(start), start / np.linalg.norm(start)
    held: list[np.ndarray] = []
    steps = len(recursion.alpha)
    for k in range(steps):
        held.append(current)
        if len(held) == block or k == steps - 1:
            result += np.column_stack(held) @ columns[k + 1 - len(held) : k + 1]
            held = []
        if k < steps - 1:
            last = recursion.beta[k - 1] if k else 0.0
            w = matvec(current) - last * previous - recursion.alpha[k] * current
            previous, current = current, w / recursion.beta[k]
    return result / np.linalg.norm(result, axis=0)


def spectral_bounds(matvec: Matvec, size: int, *, n_steps: int = 40, margin: float = 0.01) -> tuple[float, float]:
    """Lower and upper bound of the spectrum: extreme Ritz values with their residuals, and a margin of the range."""
    start = np.random.default_rng(1).standard_normal(size)
    recursion = LanczosRecursion(matvec, start).extend(min(n_steps, size))
    values, vectors = recursion.ritz()
    residual = recursion.beta[-1] * np.abs(vectors[-1, [0, -1]])
    low, high = values[0] - residual[0], values[-1] + residual[1]
    slack = margin * (high - low) + 1e-12 * max(abs(low), abs(high), 1e-300)
    return float(low - slack), float(high + slack)
