"""One-mode matrices in the harmonic-oscillator basis."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def position_power(n_levels: int, power: int) -> np.ndarray:
    """Matrix (n_levels, n_levels) of q^power, q = (a + a^+)/sqrt(2), exact in the infinite basis
    and then cut.
    """
    size = n_levels + power
    off = np.sqrt(np.arange(1, size) / 2)
    q = np.diag(off, 1) + np.diag(off, -1)
    matrix = np.linalg.matrix_power(q, power)[:n_levels, :n_levels]
    values: np.ndarray = (matrix + matrix.T) / 2
    return values


def oscillator_dvr(n_levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n_levels,) at which q is diagonal, and the points as columns of levels (n_levels,
    n_levels), positive in the ground level.
    """
    points, transform = np.linalg.eigh(position_power(n_levels, 1))
    return points, transform * np.sign(transform[0])


@lru_cache(maxsize=4096)
def transition_elements(n_levels: int, power: int, shift: int) -> np.ndarray:
    """<n| q^power |n + shift> for n = 0 ... n_levels - 1, zero where n + shift is no level,
    (n_levels,).
    """
    found = np.zeros(n_levels)
    n = np.arange(max(0, -shift), min(n_levels, n_levels - shift))
    found[n] = position_power(n_levels, power)[n, n + shift]
    found.setflags(write=False)
    return found
