"""Symmetric matrices over the electronic states as sums of a few channels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

NOTHING = 1e-14  # eV


@dataclass(frozen=True)
class Channels:
    """The identity, the projectors on all states but the first, and the exchanges of two states:
    n (n + 1) / 2 matrices of which every symmetric one is a sum.
    """

    n_states: int

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The states that each exchange joins."""
        return list(combinations(range(self.n_states), 2))

    @property
    def matrices(self) -> np.ndarray:
        """(n_channels, n_states, n_states)."""
        n = self.n_states
        identity = np.eye(n)
        projectors = [np.diag(identity[i]) for i in range(1, n)]
        exchanges = [
            np.outer(identity[i], identity[j]) + np.outer(identity[j], identity[i])
            for i, j in self.pairs
        ]
        return np.array([identity, *projectors, *exchanges])

    def coefficients(self, matrix: np.ndarray) -> np.ndarray:
        """Those of a symmetric matrix, (n_channels,)."""
        diagonal = np.diag(matrix)
        exchanged = [matrix[i, j] for i, j in self.pairs]
        found: np.ndarray = np.array([diagonal[0], *(diagonal[1:] - diagonal[0]), *exchanged])
        found[np.abs(found) < NOTHING] = 0.0
        return found
