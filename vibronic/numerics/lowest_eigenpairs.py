"""The lowest eigenvalues of a symmetric or Hermitian matrix, and their vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.linalg import eigsh

SMALL = (
    400  # up to this size, and for a third of all eigenvalues, the matrix is diagonalised whole
)
TOLERANCE = 1e-10  # of the residuals, relative to the eigenvalues


def lowest_eigenpairs(
    operator: Any, count: int, *, start: np.ndarray | None = None, tolerance: float = TOLERANCE
) -> tuple[np.ndarray, np.ndarray]:
    """The `count` lowest eigenvalues, rising, and eigenvectors as columns, of a sparse matrix or
    of an operator that can be stored as one (`tosparse`).

    `start` is a guess of the lowest vector; without it the search starts at random.
    """
    if operator.shape[0] <= max(SMALL, 3 * count):
        matrix = operator.tosparse() if hasattr(operator, "tosparse") else operator
        energies, vectors = np.linalg.eigh(matrix.toarray())
    else:
        energies, vectors = restarted_lanczos(
            operator, count, "SA", start=start, tolerance=tolerance
        )
    order = np.argsort(energies)[:count]
    return energies[order], vectors[:, order]


def restarted_lanczos(
    operator: Any,
    count: int,
    which: str,
    *,
    iterations: int | None = None,
    start: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues at one end of the spectrum ("SA" or "LA") and their vectors, by implicitly
    restarted Lanczos (ARPACK), unordered.
    """
    size = operator.shape[0]
    if start is None:
        start = np.random.default_rng(3).standard_normal(size)
    subspace = min(size - 1, 2 * count + 20)
    energies, vectors = eigsh(
        operator, k=count, which=which, v0=start, tol=tolerance, maxiter=iterations, ncv=subspace
    )
    return energies, vectors
