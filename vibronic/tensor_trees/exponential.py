"""exp(z A) of a small tensor, by a short Krylov space."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..checks import CalculationError

LONGEST = 40  # vectors


def exponential(
    apply: Callable[[np.ndarray], np.ndarray],
    tensor: np.ndarray,
    factor: complex,
    tolerance: float,
) -> np.ndarray:
    """exp(factor A) `tensor` for a Hermitian A, to `tolerance` of its norm.

    T. J. Park, J. C. Light, J. Chem. Phys. 85, 5870 (1986), doi:10.1063/1.451548
    """
    norm = float(np.linalg.norm(tensor))
    if norm == 0:
        return tensor

    vectors = [tensor / norm]
    diagonal: list[float] = []
    off: list[float] = []
    error = 1.0

    for k in range(min(LONGEST, tensor.size)):
        new = apply(vectors[k])
        diagonal.append(float(np.vdot(vectors[k], new).real))
        new = new - diagonal[k] * vectors[k]
        if k:
            new -= off[k - 1] * vectors[k - 1]
        length = float(np.linalg.norm(new))

        error *= abs(factor) * length / (k + 1)
        if error < tolerance or length < 1e-12 or k + 1 == tensor.size:
            return _summed(vectors, _coefficients(diagonal, off, factor), norm)
        off.append(length)
        vectors.append(new / length)

    if error > 100 * tolerance:
        raise CalculationError(
            f"A step of a tree tensor network did not converge in {LONGEST} Krylov vectors (an "
            f"error of {error:.0e} is left). Take shorter steps (`step=`)."
        )
    return _summed(vectors[:-1], _coefficients(diagonal, off[:-1], factor), norm)


def _coefficients(diagonal: list[float], off: list[float], factor: complex) -> list[complex]:
    n = len(diagonal)
    matrix = np.diag(diagonal) + np.diag(off[: n - 1], 1) + np.diag(off[: n - 1], -1)
    energies, states = np.linalg.eigh(matrix)
    found: list[complex] = ((states * np.exp(factor * energies)) @ states[0]).tolist()
    return found


def _summed(vectors: list[np.ndarray], coefficients: list[complex], norm: float) -> np.ndarray:
    total = norm * coefficients[0] * vectors[0]
    for c, vector in zip(coefficients[1:], vectors[1:], strict=True):
        total = total + norm * c * vector
    return total
