"""The functions of a leaf, and monomials of its coordinates on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..numerics.oscillator import position_power

Powers = tuple[tuple[int, int], ...]  # (mode, power), modes rising; a power of 0 is N
NUMBER = 0


class Leaf:
    """All products of the oscillator functions of some modes: `quanta` (n_functions, n_modes)."""

    def __init__(self, modes: tuple[int, ...], levels: Sequence[int]) -> None:
        self.modes = modes
        self.levels = tuple(levels[m] for m in modes)
        self.quanta = np.indices(self.levels).reshape(len(modes), -1).T

    @property
    def size(self) -> int:
        """Number of functions."""
        return len(self.quanta)

    def monomial(self, powers: Powers) -> np.ndarray:
        """The matrix of a product of powers of coordinates, or of the number of quanta,
        (n_functions, n_functions).
        """
        wanted: Mapping[int, int] = dict(powers)
        found = np.ones((1, 1))
        for mode, n in zip(self.modes, self.levels, strict=True):
            found = np.kron(found, _one_mode(n, wanted.get(mode)))
        return found


def _one_mode(n: int, power: int | None) -> np.ndarray:
    if power is None:
        return np.eye(n)
    if power == NUMBER:
        return np.diag(np.arange(n, dtype=float))
    return position_power(n, power)
