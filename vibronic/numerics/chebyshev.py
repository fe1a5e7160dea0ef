"""exp(-iHt) on a vector as a Chebyshev series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg.blas import zaxpy
from scipy.special import jv


def chebyshev_exponential(matvec: Callable[[np.ndarray], np.ndarray], vector: np.ndarray, times: Any,
                          bounds: tuple[float, float], *, tolerance: float = 1e-8) -> np.ndarray:
    """exp(-iHt) `vector` for every t of `times`, (n_times, n), from one recursion to the longest time.

    exp(-iHt) = exp(-ibt) sum_k (2 - delta_k0) (-i)^k J_k(at) T_k((H - b)/a), with a the half-width and b the centre of
    `bounds`, which must enclose the spectrum. Terms below `tolerance` are left out.

    H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984), doi:10.1063/1.448136
    """
    half, centre = (bounds[1] - bounds[0]) / 2, (bounds[1] + bounds[0]) / 2
    times = np.asarray(times, dtype=float)
    reach = half * np.abs(times).max()
    orders = np.arange(int(reach + 12 * max(reach, 1.0) ** (1 / 3) + 40))
    series = jv(orders[:, None], half * times) * ((-1j) ** (orders % 4))[:, None]
    series[1:] *= 2
    count = int(np.flatnonzero(np.abs(series).max(axis=1) > tolerance)[-1]) + 1
    vector = np.asarray(vector, dtype=complex)
    previous, current = vector, (matvec(vector) - centre * vector) / half
    result = series[0][:, None] * previous
    for k in range(1, count):
        for j in np.flatnonzero(np.abs(series[k]) > 0.01 * tolerance):
            zaxpy(current, result[j], a=series[k, j])  # in place
        if k < count - 1:
            previous, current = current, (2 / half) * (matvec(current) - centre * current) - previous
    return result * np.exp(-1j * centre * times)[:, None]
