"""The lines of one mode of one state, and products of such progressions."""

from __future__ import annotations

import numpy as np

from ..hamiltonian import VibronicHamiltonian
from ..numerics import position_power

EQUAL = 1e-9  # eV; lines closer than this are one
AT_ONCE = 10_000_000  # products made at a time


def multiplied(
    energies: np.ndarray,
    intensities: np.ndarray,
    shifts: np.ndarray,
    weights: np.ndarray,
    threshold: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Every line with every member of an independent progression; products weaker than `threshold`
    are left out, equal energies added.
    """
    parts = []
    pieces = max(1, energies.size * shifts.size // AT_ONCE)
    for part in np.array_split(np.arange(energies.size), pieces):
        sums = (energies[part, None] + shifts).ravel()
        products = (intensities[part, None] * weights).ravel()
        keep = products > threshold
        parts.append((sums[keep], products[keep]))
    return _added(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _added(energies: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines of equal energy as one, rising."""
    order = np.argsort(energies, kind="stable")
    energies = energies[order]
    weights = weights[order]
    group = np.concatenate([[0], np.cumsum(np.diff(energies) > EQUAL)])[: energies.size]
    total = np.bincount(group, weights)
    return np.bincount(group, weights * energies) / total, total


def progression(
    alone: VibronicHamiltonian, mode: int, populated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Line shifts and weights of one mode of a single state from levels `populated` (n_levels,),
    on a basis doubled until its end is empty.
    """
    frequency = alone.frequencies[mode]
    terms = [(p[mode], float(a[0, 0])) for p, a in alone.terms() if set(p) == {mode}]
    if not terms:
        return np.zeros(1), np.ones(1)

    size = max(32, 2 * populated.size)
    while True:
        h = np.diag(frequency * np.arange(size, dtype=float))
        for power, value in terms:
            h += value * position_power(size, power)
        values, vectors = np.linalg.eigh(h)
        weights = populated[:, None] * vectors[: populated.size] ** 2
        if (weights @ (vectors[-size // 10 :] ** 2).sum(axis=0)).sum() < 1e-10 or size >= 1024:
            shifts = values - frequency * np.arange(populated.size)[:, None]
            keep = weights > 1e-12
            return _added(shifts[keep], weights[keep])
        size *= 2
