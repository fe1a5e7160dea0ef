"""What tells whether a propagation can be trusted: the energy, and the edge of the basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..propagators.state import State
from .observable import Observable


@dataclass(frozen=True)
class Energy(Observable):
    """<psi|H|psi>: gives energies (n_t,), eV."""

    needs = ("energy",)

    def measured(self, state: State, k: int) -> tuple[float]:
        """eV."""
        return (state.energy(),)

    def result(self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]) -> np.ndarray:
        """The readings."""
        return columns[0]


@dataclass(frozen=True)
class UppermostOccupation(Observable):
    """Population of the outermost functions that are kept: gives an array (n_t,)."""

    needs = ("uppermost_occupation",)

    def measured(self, state: State, k: int) -> tuple[float]:
        """Of all states."""
        return (state.uppermost_occupation(),)

    def result(self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]) -> np.ndarray:
        """The readings."""
        return columns[0]
