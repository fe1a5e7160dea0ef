"""Chebyshev series of a Hermitian matrix: exp(-iHt) on a vector, and the moments of its
spectrum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import jv

from .in_place import in_place

HELD = 32  # vectors gathered before they are added to all outputs at once


def chebyshev_exponential(
    operator: Any,
    vector: np.ndarray,
    times: Any,
    bounds: tuple[float, float],
    *,
    tolerance: float = 1e-8,
) -> np.ndarray:
    """exp(-iHt) `vector` for every t of `times`, (n_times, n), from one recursion to the longest
    time.

    exp(-iHt) = exp(-ibt) sum_k (2 - delta_k0) (-i)^k J_k(at) T_k((H - b)/a), with a the half-width
    and b the centre of `bounds`, which must enclose the spectrum. Terms below `tolerance` are left
    out. The recursion of a real symmetric matrix keeps a real vector real: even terms make the
    real part, odd ones the imaginary part, before the common phase.

    H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984), doi:10.1063/1.448136
    """
    half = (bounds[1] - bounds[0]) / 2
    centre = (bounds[1] + bounds[0]) / 2
    times = np.atleast_1d(np.asarray(times, dtype=float))
    series = _series(half * times, tolerance)
    vector = np.ascontiguousarray(vector, dtype=complex if np.iscomplexobj(vector) else float)

    sums = np.zeros((2, times.size, vector.view(float).size))
    held = np.empty((2, HELD // 2, vector.view(float).size))
    for k, term in enumerate(_terms(operator, vector, half, centre, len(series))):
        held[k % 2, k % HELD // 2] = term.view(float)
        if k % HELD == HELD - 1 or k == len(series) - 1:
            first = k - k % HELD
            for odd in range(2):
                part = series[first + odd : k + 1 : 2]
                sums[odd] += part.T @ held[odd, : len(part)]

    result = np.empty((times.size, vector.size), complex)
    if np.iscomplexobj(vector):
        result[:] = sums[0].view(complex) - 1j * sums[1].view(complex)
    else:
        result.real = sums[0]
        result.imag = -sums[1]

    result *= np.exp(-1j * centre * times)[:, None]
    return result


def _series(phases: np.ndarray, tolerance: float) -> np.ndarray:
    """Real coefficients (n_terms, n_times) with the signs of (-1)^(k//2), cut where all are below
    `tolerance`.
    """
    reach = float(np.abs(phases).max(initial=0.0))
    orders = np.arange(int(reach + 12 * max(reach, 1.0) ** (1 / 3) + 40))
    series = 2 * jv(orders[:, None], phases) * np.where(orders % 4 < 2, 1, -1)[:, None]
    series[0] /= 2
    values: np.ndarray = series[
        : int(np.flatnonzero(np.abs(series).max(axis=1) > tolerance)[-1]) + 1
    ]
    return values


def _terms(operator: Any, vector: np.ndarray, half: float, centre: float, count: int) -> Any:
    """T_k((H - centre)/half) vector for k = 0 ... count - 1; each is overwritten two steps
    later.
    """
    matrix = in_place(operator)
    previous = vector.copy()
    current = np.empty_like(vector)
    yield previous
    if count > 1:
        yield matrix.apply(previous, current, 1 / half, centre, 0.0)
    for _ in range(2, count):
        matrix.apply(current, previous, 2 / half, centre, -1.0)
        previous, current = current, previous
        yield current


def chebyshev_moments(
    operator: Any, starts: np.ndarray, bounds: tuple[float, float], count: int
) -> np.ndarray:
    """mu_k = <start_a| T_k((H - b)/a) |start_b>, k = 0 ... 2 count, for real vectors (n_starts,
    n): (2 count + 1, n_starts, n_starts).

    Half the products: mu_2k = 2 <t_k|t_k> - mu_0 and mu_2k+1 = 2 <t_k+1|t_k> - mu_1, with t_k =
    T_k start. For one start (n,) the result is (2 count + 1,).

    A. Weiße, G. Wellein, A. Alvermann, H. Fehske, Rev. Mod. Phys. 78, 275 (2006),
    doi:10.1103/RevModPhys.78.275
    """
    half = (bounds[1] - bounds[0]) / 2
    centre = (bounds[1] + bounds[0]) / 2
    rows = np.atleast_2d(np.asarray(starts, dtype=float))

    moments = np.empty((2 * count + 1, len(rows), len(rows)))
    last: np.ndarray | None = None
    for k, terms in enumerate(
        zip(*[_terms(operator, row, half, centre, count + 1) for row in rows], strict=True)
    ):
        now = np.array(terms)
        if k == 0:
            moments[0] = now @ now.T
        else:
            assert last is not None
            cross = now @ last.T
            if k == 1:
                moments[1] = (cross + cross.T) / 2
            else:
                moments[2 * k - 1] = cross + cross.T - moments[1]
            moments[2 * k] = 2 * now @ now.T - moments[0]
        last = now

    return moments[:, 0, 0] if np.ndim(starts) == 1 else moments


def moments_autocorrelation(
    moments: np.ndarray, times: Any, bounds: tuple[float, float]
) -> np.ndarray:
    """<start_a| exp(-iHt) |start_b> from Chebyshev moments, (n_times, ...); right while half-width
    x time stays below their number.
    """
    half = (bounds[1] - bounds[0]) / 2
    centre = (bounds[1] + bounds[0]) / 2
    times = np.atleast_1d(np.asarray(times, dtype=float))
    orders = np.arange(len(moments))
    series = 2 * jv(orders, half * times[:, None]) * ((-1j) ** (orders % 4))
    series[:, 0] /= 2
    values: np.ndarray = np.tensordot(series, moments, 1) * np.exp(-1j * centre * times).reshape(
        (-1,) + (1,) * (moments.ndim - 1)
    )
    return values
