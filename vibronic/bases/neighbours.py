"""Which functions of a basis H connects: its changes of quanta, and where each of them leads."""

from __future__ import annotations

from collections import defaultdict
from itertools import product as combinations
from math import prod

import numpy as np

from ..basis import VibronicBasis
from ..door import public
from ..hamiltonian import VibronicHamiltonian

QuantaChange = tuple[tuple[int, int], ...]  # ((mode, change of its quanta), ...)
Powers = dict[int, int]  # {mode: power of q}


@public
def quanta_changes(
    model: VibronicHamiltonian,
) -> dict[QuantaChange, list[tuple[Powers, np.ndarray]]]:
    """Every change of quanta that H makes, with the monomials that make it, as {change: [({mode:
    power}, matrix)]}; the empty change is that of the diagonal.
    """
    found: dict[QuantaChange, list[tuple[Powers, np.ndarray]]] = defaultdict(list)
    found[()] = []

    for powers, matrix in model.terms():
        ranges = (range(-p, p + 1, 2) for p in powers.values())
        for steps in combinations(*ranges):
            change = tuple((m, d) for m, d in zip(powers, steps, strict=True) if d)
            found[change].append((powers, matrix))

    return dict(found)


class NeighbourTable:
    """The vibrational functions of a basis, and where a change of quanta leads."""

    def __init__(self, basis: VibronicBasis) -> None:
        self.levels = np.array(basis.levels, dtype=np.int64)
        self.quanta = basis.quanta
        self.exact = prod(basis.levels) < 2**62
        self.strides = _strides(basis.levels) if self.exact else _random_strides(basis.levels)
        self.codes: np.ndarray = self.quanta.astype(np.int64) @ self.strides
        self.order = None if self.exact else np.argsort(self.codes)
        self.sorted = self.codes if self.order is None else self.codes[self.order]

    def neighbours(self, first: int, last: int, change: QuantaChange) -> np.ndarray:
        """Index of the function reached from each of first..last - 1, or -1, (n,)."""
        if not change:
            return np.arange(first, last)

        valid = np.ones(last - first, dtype=bool)
        step = np.zeros(self.levels.size, dtype=np.int64)
        for m, d in change:
            step[m] = d
            target = self.quanta[first:last, m] + d
            valid &= (target >= 0) & (target < self.levels[m])

        wanted = self.codes[first:last][valid] + step @ self.strides
        at = np.minimum(np.searchsorted(self.sorted, wanted), self.sorted.size - 1)
        index = at if self.order is None else self.order[at]
        same = self.sorted[at] == wanted
        if not self.exact:
            same &= (self.quanta[index] == self.quanta[first:last][valid] + step).all(axis=1)

        found = np.full(last - first, -1)
        found[valid] = np.where(same, index, -1)
        return found


def _strides(levels: tuple[int, ...]) -> np.ndarray:
    """Steps in the direct product of one quantum in every mode."""
    strides = [prod(levels[m + 1 :]) for m in range(len(levels))]
    return np.array(strides, dtype=np.int64)


def _random_strides(levels: tuple[int, ...]) -> np.ndarray:
    """Random steps, modulo 2^64, for a direct product that no integer counts: two of a million
    functions share their code with a probability of 1e-7.
    """
    rng = np.random.default_rng(1)
    return rng.integers(-(2**63), 2**63 - 1, size=len(levels), dtype=np.int64) | 1
