"""The overlap of a packet with its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...propagation import Autocorrelation
from ..propagators.state import State
from .observable import Observable


@dataclass(frozen=True)
class AutocorrelationFunction(Observable):
    """C(t) = <psi(0)|psi(t)>, or for a real start C(2t) = <psi(t)*|psi(t)>: gives
    Autocorrelation.

    V. Engel, Chem. Phys. Lett. 189, 76 (1992), doi:10.1016/0009-2614(92)85155-4
    """

    needs = ("overlap",)

    def measured(self, state: State, k: int) -> tuple[complex]:
        """C at t, or at 2t."""
        if doubled(state.start):
            return (state.conjugate_overlap(),)
        return (state.overlap(state.start),)

    def result(
        self, start: State, times: np.ndarray, columns: Sequence[np.ndarray]
    ) -> Autocorrelation:
        """The readings, as Autocorrelation."""
        reached = 2 * times if doubled(start) else times
        return Autocorrelation(reached, columns[0], start.model.zero_point_energy)


def doubled(start: State) -> bool:
    """True when the packet gives C at twice the time."""
    return start.is_real() and start.answers("conjugate_overlap")
