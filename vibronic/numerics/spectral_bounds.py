"""Where the spectrum of a matrix lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from .krylov import LanczosRecursion


def spectral_bounds(
    operator: Any, size: int, *, n_steps: int = 40, margin: float = 0.01, is_real: bool = True
) -> tuple[float, float]:
    """Lower and upper bound of the spectrum: extreme Ritz values with their residuals, and a
    margin of the range.

    A Hermitian matrix with imaginary elements needs `is_real=False`.
    """
    start = np.random.default_rng(1).standard_normal(size) + (0 if is_real else 0j)
    recursion = LanczosRecursion(operator, start).extend(min(n_steps, size))
    values, vectors = recursion.ritz()
    residual = recursion.beta[-1] * np.abs(vectors[-1, [0, -1]])
    low = values[0] - residual[0]
    high = values[-1] + residual[1]
    slack = margin * (high - low) + 1e-12 * max(abs(low), abs(high), 1e-300)
    return float(low - slack), float(high + slack)
