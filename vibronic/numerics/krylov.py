"""The Lanczos recursion of a symmetric or Hermitian matrix: Ritz values and vectors, exp(-iHt)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal, get_blas_funcs

from .in_place import in_place

ROWS = 64  # vectors kept in one array
COLUMNS = 8192  # elements of the vectors combined at a time
# of states made at a time: small enough for the allocator to use the same memory again
BLOCK_BYTES = 2**24


class LanczosRecursion:
    """Three-term recursion started at a real or complex vector; `extend` it as far as convergence
    asks.

    `keep` (a precision such as `np.float32`) keeps all vectors (the first `keep_most`), for
    `combined`. Without reorthogonalisation copies of converged eigenvalues share the weight of the
    original, so spectra and exp(-iHt) stay right (C. C. Paige, IMA J. Appl. Math. 18, 341 (1976));
    `lines` merges the copies. `orthogonal=True` keeps the vectors in full precision and makes each
    new one orthogonal to all others as soon as the recurrence that predicts their overlaps passes
    the square root of the rounding error.

    H. D. Simon, Math. Comput. 42, 115 (1984), doi:10.1090/S0025-5718-1984-0725988-X
    """

    def __init__(
        self,
        operator: Any,
        start: np.ndarray,
        *,
        keep: Any = None,
        keep_most: float = np.inf,
        orthogonal: bool = False,
    ) -> None:
        self.operator = in_place(operator)
        self.orthogonal = orthogonal
        start = np.ascontiguousarray(start)
        if orthogonal and keep is None:
            keep = start.real.dtype
        self.strength = float(np.vdot(start, start).real)
        self.alpha: list[float] = []
        self.beta: list[float] = []
        self._keep = None if keep is None else np.dtype(keep)
        self._blocks: list[np.ndarray] = []
        self._most = keep_most
        self._previous = np.zeros_like(start)
        self._current = start / start.real.dtype.type(np.sqrt(self.strength))
        self._axpy, self._scal = get_blas_funcs(("axpy", "scal"), (start,))
        # predicted overlaps of the last two vectors with the earlier ones
        self._overlaps = [np.zeros(0), np.zeros(1)]
        self._twice = False
        self._ritz: tuple[int, Any] = (-1, None)
        self._store()

    @property
    def steps(self) -> int:
        """Steps taken: the dimension of the Krylov space."""
        return len(self.alpha)

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
            w = self._previous
            self.operator.apply(self._current, w, 1.0, 0.0, -last)
            self.alpha.append(float(np.vdot(self._current, w).real))
            self._axpy(self._current, w, a=-self.alpha[-1])
            if self.orthogonal:
                self._purify(w)
            self.beta.append(float(np.linalg.norm(w)))

            if not self.exhausted:
                self._scal(1 / self.beta[-1], w)
                self._previous = self._current
                self._current = w
                self._store()

        return self

    def _store(self) -> None:
        n = len(self.alpha)
        if self._keep is None or n >= self._most:
            return
        if n % ROWS == 0:
            kind = (
                np.result_type(self._keep, np.complex64)
                if np.iscomplexobj(self._current)
                else self._keep
            )
            self._blocks.append(np.empty((ROWS, self._current.size), kind))
        self._blocks[-1][n % ROWS] = self._current

    def _purify(self, w: np.ndarray) -> None:
        """Simon's recurrence for the overlaps with earlier vectors; orthogonalise when they have
        grown.
        """
        k = len(self.alpha) - 1
        norm = float(np.linalg.norm(w))
        before, now = self._overlaps
        b = np.array([0.0, *self.beta[:k]])
        a = np.array(self.alpha)

        following = np.zeros(k + 1)
        if k > 0:
            wide = np.append(now[:k], 1.0)
            old = np.append(before[: k - 1], [1.0, 0.0])[:k]
            following[:k] = (
                b[1 : k + 1] * wide[1:]
                + (a[:k] - a[k]) * now[:k]
                + b[:k] * np.append(0.0, now[: k - 1])
                - b[k] * old
            ) / norm

        scale = np.finfo(w.real.dtype).eps
        following += scale * np.sqrt(w.size) * np.sign(following + scale)

        if self._twice or np.abs(following).max() > np.sqrt(scale):
            for block in self._blocks:
                kept = block if block is not self._blocks[-1] else block[: k % ROWS + 1]
                w -= kept.T @ (kept.conj() @ w)
            following[:] = scale
            self._twice = not self._twice

        self._overlaps = [np.append(now, 1.0)[: k + 1], np.append(following, 0.0)]

    def forget(self) -> None:
        """Let go of the vectors that were kept."""
        self._blocks = []
        self._keep = None

    def ritz(self) -> tuple[np.ndarray, np.ndarray]:
        """Ritz values, and the eigenvectors of the tridiagonal matrix as columns."""
        if self._ritz[0] != self.steps:
            alpha = np.array(self.alpha)
            beta = np.array(self.beta[:-1])
            self._ritz = (self.steps, eigh_tridiagonal(alpha, beta, lapack_driver="stevd"))
        found: tuple[np.ndarray, np.ndarray] = self._ritz[1]
        return found

    def exponential(self, times: Any) -> np.ndarray:
        """Coefficients (steps, n_times) of exp(-iHt) start in the Krylov space."""
        values, vectors = self.ritz()
        phases = np.exp(-1j * np.outer(values, times))
        coefficients: np.ndarray = vectors @ (vectors[0][:, None] * phases)
        found: np.ndarray = np.sqrt(self.strength) * coefficients
        return found

    def autocorrelation(self, times: Any) -> np.ndarray:
        """<start| exp(-iHt) |start>, (n_times,): exact to twice the time that `exponential`
        reaches.
        """
        values, vectors = self.ritz()
        overlaps: np.ndarray = np.exp(-1j * np.outer(times, values)) @ vectors[0] ** 2
        return self.strength * overlaps

    def escape(self, time: float) -> float:
        """Upper bound of the error of `exponential` at `time`: what has left the Krylov space,
        beta int |c_last| dt.
        """
        if self.exhausted:
            return 0.0
        values, vectors = self.ritz()
        grid = (np.arange(12) + 0.5) / 12 * time
        last = (vectors[-1] * vectors[0]) @ np.exp(-1j * np.outer(values, grid))
        return float(np.sqrt(self.strength) * self.beta[-1] * abs(time) * np.abs(last).mean())

    def reach(
        self,
        time: float,
        tolerance: float,
        max_steps: float = np.inf,
        report: Callable[[float], None] | None = None,
    ) -> float:
        """Extend until the space holds exp(-iHt) start for all t <= `time`, to `tolerance`; return
        the time reached.

        With `max_steps` steps the time may be shorter, and so is its share of `tolerance`.
        """
        wanted = min(max_steps, 24)
        while True:
            while self.steps < wanted and not self.exhausted:
                self.extend(int(min(wanted - self.steps, 32)))
                if report is not None and wanted > 24:
                    report(time * self.steps / (1.05 * wanted))
            if self.escape(time) <= tolerance or self.exhausted:
                return time
            if self.steps >= max_steps:
                break
            values, _ = self.ritz()
            predicted = int(0.75 * (values[-1] - values[0]) / 2 * time) + 20
            wanted = min(max_steps, max(predicted, int(1.1 * self.steps) + 8))

        low = 0.0
        high = time

        for _ in range(30):
            middle = (low + high) / 2
            if self.escape(middle) <= tolerance * middle / time:
                low = middle
            else:
                high = middle

        return low

    def combined(self, coefficients: np.ndarray) -> np.ndarray:
        """sum_k coefficients[k] v_k, (n_columns, n), in the precision kept; needs `keep`."""
        if np.iscomplexobj(coefficients) and not np.iscomplexobj(self._current):
            return self.combined(coefficients.real) + 1j * self.combined(coefficients.imag)

        total = np.zeros((coefficients.shape[1], self._current.size), self._blocks[0].dtype)
        needed = np.flatnonzero(
            np.abs(coefficients).max(axis=1) > np.finfo(total.real.dtype).eps * 1e-2
        )
        rows = np.ascontiguousarray(coefficients[: needed[-1] + 1 if needed.size else 0].T).astype(
            total.dtype
        )

        for first in range(0, total.shape[1], COLUMNS):  # sums that stay in the processor's cache
            part = total[:, first : first + COLUMNS]
            for k, block in enumerate(self._blocks[: -(-rows.shape[1] // ROWS)]):
                some = rows[:, k * ROWS : (k + 1) * ROWS]
                part += some @ block[: some.shape[1], first : first + COLUMNS]

        return total

    def states(self, times: Any) -> Iterator[np.ndarray]:
        """exp(-iHt) start for each of `times`, (n,) complex; a few at a time, so that memory is
        used again; needs `keep`.
        """
        times = np.atleast_1d(times)
        block = int(
            np.clip(BLOCK_BYTES / (2 * self._blocks[0].itemsize * self._current.size), 1, 64)
        )

        for first in range(0, times.size, block):
            coefficients = self.exponential(times[first : first + block])
            n = coefficients.shape[1]
            if np.iscomplexobj(self._current):
                yield from self.combined(coefficients).astype(complex)
                continue
            parts = self.combined(np.concatenate([coefficients.real, coefficients.imag], axis=1))
            for k in range(n):
                psi = np.empty(self._current.size, complex)
                psi.real = parts[k]
                psi.imag = parts[n + k]
                yield psi

    def lines(
        self, *, merge: float, threshold: float = 1e-10
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies, intensities, and for each line the tridiagonal eigenvector of its largest copy
        (columns).

        Values closer than `merge` are copies of one line; lines below `threshold` of the strength
        are left out.
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
